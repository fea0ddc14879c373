import type { DuckDBConnection } from '@duckdb/node-api'
import { batchRows, type TextColumn, type TextReader } from '../readers/batch.ts'
import { type BridgeMode, registerBridge, relation } from './bridge.ts'

/**
 * Send every kind of value through the bridge and back. The address mode holds only while DuckDB's string struct is
 * what it was when this was written; where it is not, the element mode takes over.
 *
 * @throws when not even the element mode gives back what went in
 */
export async function bridgeMode(connect: () => Promise<DuckDBConnection>): Promise<BridgeMode> {
  for (const mode of ['address', 'element'] as const) {
    const connection = await connect()
    try {
      if (await roundTrips(connection, mode)) return mode
    } finally {
      connection.closeSync()
    }
  }
  throw new Error('DuckDB does not give back the text that the bridge sends')
}

async function roundTrips(connection: DuckDBConnection, mode: BridgeMode): Promise<boolean> {
  const sample = selfTestReader()
  const bridge = registerBridge(connection, sample.columns.length, mode)
  bridge.feed(sample)
  const result = await connection.runAndReadAll(`select _line, c0, c1, _raw from ${relation} order by _line`)
  const got = result.getRowsJson().map((row) => JSON.stringify(row))
  return got.length === sample.expected.length && got.every((row, i) => row === sample.expected[i])
}

/** Values of every length around the inline limit, of one to four bytes a letter, null, in text and in overflow. */
function selfTestReader(): TextReader & { readonly expected: readonly string[] } {
  const letters = ['a', 'é', '€', '𝄞', 'ব']
  const values = Array.from({ length: 3000 }, (_, i) => (letters[i % 5] as string).repeat(i % 17))
  const encoder = new TextEncoder()
  const expected = values.map((value, i) =>
    JSON.stringify([String(i + 1), value, i % 7 === 0 ? null : `${value}"`, value]),
  )
  let at = 0
  return {
    columns: ['text', 'overflow'],
    expected,
    ignored: { preamble: 0, header: 0, blank: 0 },
    position: 0,
    close() {},
    next(batch) {
      const part = values.slice(at, at + batchRows)
      const [text, overflow] = batch.columns as [TextColumn, TextColumn]
      const source = encoder.encode(part.join('\n'))
      const copies = encoder.encode(part.map((value) => `${value}"`).join(''))
      batch.text = source
      batch.overflow = copies
      batch.overflowLength = copies.length
      for (const column of [text, overflow, batch.raw]) {
        column.hasLong = true
        column.u8.fill(0)
      }
      overflow.hasNull = true
      overflow.validity.fill(255)
      let [from, copied] = [0, 0]
      part.forEach((value, row) => {
        const length = encoder.encode(value).length
        for (const column of [text, batch.raw]) putView(column, row, source, from, from + length, 0)
        if ((at + row) % 7 === 0)
          overflow.validity[row >> 3] = (overflow.validity[row >> 3] as number) & ~(1 << (row & 7))
        else putView(overflow, row, copies, copied, copied + length + 1, 1)
        copied += length + 1
        from += length + 1
        batch.line[row] = BigInt(at + row + 1)
      })
      batch.rows = part.length
      at += part.length
      return part.length
    },
  }
}

/** Write one view; the 16 bytes must be zero before. */
function putView({ u8, u32 }: TextColumn, row: number, source: Uint8Array, from: number, to: number, buffer: number) {
  const length = to - from
  u32[row << 2] = length
  u8.set(source.subarray(from, from + Math.min(length, length <= 12 ? 12 : 4)), (row << 4) + 4)
  if (length <= 12) return
  u32[(row << 2) + 2] = buffer
  u32[(row << 2) + 3] = from
}
