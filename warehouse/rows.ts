import {
  type DuckDBResultReader,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTypeId,
  type DuckDBValueConverter,
  type Json,
  JsonDuckDBValueConverter,
} from '@duckdb/node-api'

/** One row of an answer, by column name; a name that repeats gets a number, as in DuckDB's own clients. */
export type JsonRow = Record<string, Json>

/**
 * The rows read so far as plain JSON, at most `maxRows` of them.
 *
 * Decimals and integers of 64 bits or more are text, so that nothing passes through a float; smaller integers are
 * numbers. A TIMESTAMPTZ is ISO 8601 in UTC (`2026-07-01T09:30:00Z`) whatever zone the machine is in, a TIMESTAMP the
 * same without the `Z`, both with as many decimals as they need; a DATE is `YYYY-MM-DD`; infinity and NaN are text.
 */
export const toJsonRows = (reader: DuckDBResultReader, maxRows = Number.POSITIVE_INFINITY): JsonRow[] =>
  reader.convertRowObjects(toJson).slice(0, maxRows)

const withoutZone = new Set<DuckDBTypeId>([
  DuckDBTypeId.TIMESTAMP,
  DuckDBTypeId.TIMESTAMP_S,
  DuckDBTypeId.TIMESTAMP_MS,
  DuckDBTypeId.TIMESTAMP_NS,
])

const toJson: DuckDBValueConverter<Json> = (value, type, converter) => {
  if (value instanceof DuckDBTimestampTZValue) return iso(new DuckDBTimestampValue(value.micros).toString(), 'Z')
  if (value !== null && withoutZone.has(type.typeId)) return iso(String(value), '')
  return JsonDuckDBValueConverter(value, type, converter)
}

/** DuckDB's `2026-07-01 09:30:00` as ISO 8601; `infinity` stays. */
const iso = (text: string, suffix: string): string => (text.includes(' ') ? text.replace(' ', 'T') + suffix : text)
