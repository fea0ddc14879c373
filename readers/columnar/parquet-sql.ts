import {
  type DuckDBArrayType,
  type DuckDBListType,
  type DuckDBMapType,
  type DuckDBStructType,
  type DuckDBType,
  DuckDBTypeId as Id,
} from '@duckdb/node-api'
import { literal } from '../../contracts/sql-text.ts'

/**
 * An expression's value as the text of a cell, exactly: decimals with all their digits, times in ISO 8601 (instants in UTC
 * with Z), bytes in base64, lists, structs and maps as JSON.
 */
export function textSql(type: DuckDBType, value: string): string {
  switch (type.typeId) {
    case Id.VARCHAR:
      return value
    case Id.BLOB:
      return `to_base64(${value})`
    case Id.TIMESTAMP:
    case Id.TIMESTAMP_S:
    case Id.TIMESTAMP_MS:
    case Id.TIMESTAMP_NS:
      return `replace(${value}::varchar, ' ', 'T')`
    case Id.TIMESTAMP_TZ: // as a text it needs the ICU extension
      return `(replace(make_timestamp(epoch_us(${value}))::varchar, ' ', 'T') || 'Z')`
    case Id.STRUCT:
    case Id.LIST:
    case Id.ARRAY:
    case Id.MAP:
      return jsonSql(type, value, 0)
    default:
      return `${value}::varchar`
  }
}

/** Types whose text is JSON as it stands. */
const bare: ReadonlySet<Id> = new Set([
  ...[Id.BOOLEAN, Id.TINYINT, Id.SMALLINT, Id.INTEGER, Id.BIGINT, Id.HUGEINT, Id.UTINYINT, Id.USMALLINT, Id.UINTEGER],
  ...[Id.UBIGINT, Id.UHUGEINT, Id.DECIMAL, Id.FLOAT, Id.DOUBLE, Id.STRUCT, Id.LIST, Id.ARRAY, Id.MAP],
])

/** Whether a cell of this type is JSON as it stands; else it is a JSON string. Infinite numbers are neither. */
export const isBare = (type: DuckDBType): boolean => bare.has(type.typeId)

/** `to_json` makes decimals floating point, so the text is put together here. Null stays null. */
function jsonSql(type: DuckDBType, value: string, depth: number): string {
  const inside = (inner: DuckDBType, item: string) => `coalesce(${jsonSql(inner, item, depth + 1)}, 'null')`
  switch (type.typeId) {
    case Id.STRUCT: {
      const { entryNames, entryTypes } = type as DuckDBStructType
      const fields = entryTypes.map((inner, i) => {
        const name = literal(`${JSON.stringify(entryNames[i])}:`)
        return `${name} || ${inside(inner, `struct_extract_at(${value}, ${i + 1})`)}`
      })
      return `(case when ${value} is not null then '{' || ${fields.join(" || ',' || ")} || '}' end)`
    }
    case Id.LIST:
    case Id.ARRAY: {
      const { valueType } = type as DuckDBListType | DuckDBArrayType
      const items = `list_transform(${value}, lambda v${depth}: ${inside(valueType, `v${depth}`)})`
      return `('[' || array_to_string(${items}, ',') || ']')`
    }
    case Id.MAP: {
      const { keyType, valueType } = type as DuckDBMapType
      const key = `to_json(${textSql(keyType, `v${depth}.key`)})::varchar`
      const entry = `${key} || ':' || ${inside(valueType, `v${depth}.value`)}`
      return `('{' || array_to_string(list_transform(map_entries(${value}), lambda v${depth}: ${entry}), ',') || '}')`
    }
    case Id.FLOAT:
    case Id.DOUBLE:
      return `(case when isfinite(${value}) then ${value}::varchar else '"' || ${value}::varchar || '"' end)`
    default:
      return isBare(type) ? `${value}::varchar` : `to_json(${textSql(type, value)})::varchar`
  }
}
