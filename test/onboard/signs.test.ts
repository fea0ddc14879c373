import { expect, test } from 'vitest'
import { readAmount } from '../../contracts/judge-number.ts'
import { valueRule } from '../../contracts/value-rule.ts'
import { readNumbers } from '../../onboard/numbers.ts'
import { profile } from '../../onboard/profile.ts'
import { symbols } from '../../onboard/symbols.ts'
import type { LoadedTable } from '../../onboard/table.ts'
import { Tallies } from '../../onboard/tally.ts'
import { newBatch, type TextColumn } from '../../readers/batch.ts'
import { clearBatch, putText } from '../../readers/views.ts'

const signs = Object.keys(symbols().currencies).filter((sign) => /[^\p{L}\p{M}]/u.test(sign))
const written = signs.flatMap((sign) => (sign.endsWith('.') || !/\p{L}$/u.test(sign) ? [sign] : [sign, `${sign}.`]))

/** A column with these cells. */
function columnOf(name: string, cells: readonly string[]) {
  const batch = newBatch(1)
  clearBatch(batch)
  batch.rows = cells.length
  for (const [row, cell] of cells.entries()) {
    batch.line[row] = BigInt(row + 2)
    putText(batch, batch.columns[0] as TextColumn, row, cell)
  }
  const tallies = new Tallies(1, 100)
  tallies.add(batch, 0)
  const columns = [{ sql: 'c0', name, ref: { name } }]
  const [column] = profile({ columns, tallies, rows: cells.length } as unknown as LoadedTable)
  return column as NonNullable<typeof column>
}

const marks = { decimal: '.', group: ',', grouping: 'western' } as Parameters<typeof readNumbers>[2]

test.each(written)('amounts with %j before or behind them are numbers, to the contract too', (sign) => {
  const forms = [
    (n: string) => `${sign}${n}`,
    (n: string) => `${sign} ${n}`,
    (n: string) => `${n}${sign}`,
    (n: string) => `${n} ${sign}`,
    (n: string) => `+${sign}${n}`,
    (n: string) => `${sign} +${n}`,
  ]
  for (const form of forms) {
    const column = columnOf('Amount', ['110.50', '1,250.75', '99.00', '87.20'].map(form))
    const { accepted, refused, style } = readNumbers(column, 2, marks)
    expect({ look: column.look, accepted, refused, symbols: style.symbols }).toEqual({
      ...{ look: 'number', accepted: 4, refused: 0 },
      symbols: [sign],
    })
    expect(readAmount(form('1,250.75'), { ...valueRule('', 'UTC'), ...style, value: null }, 2)).toEqual({
      ...{ value: 1_250_750_000_000n, reasons: [] },
    })
  }
})
