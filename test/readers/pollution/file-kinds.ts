import type { Random } from '../../../scripts/generate/random.ts'
import { type Base, lineOf, linesOf, makeBase, tableOf } from './base.ts'
import { between, chance } from './dice.ts'
import { type Made, madeOf, type Pollute } from './made.ts'
import type { Line } from './page.ts'

function endedBy(base: Base, end: string, note: string): Made {
  const lines = [...base.lines]
  lines[lines.length - 1] = { ...(lines.at(-1) as Line), end }
  return madeOf(base, note, { lines })
}

/** A row above or below the table: alone, or with the delimiters of a whole row. */
function extraLine(base: Base, texts: readonly string[], isPadded: boolean): Line {
  const width = base.table.header.length
  return lineOf(base, isPadded ? [...texts, ...Array(Math.max(0, width - texts.length)).fill('')] : texts)
}

function preamble(random: Random): Made {
  const base = makeBase(random, { rows: [2, 80] })
  const { voice, header } = base.table
  const isPadded = chance(random, 50)
  const isApart = chance(random, 60)
  const count = between(random, 1, 4)
  const lines: Line[] = []
  for (let at = 0; at < count; at++) {
    // A label with its value fills two cells; of three or four columns that would be most of a row.
    const pair = header.length > 4 && chance(random, 20)
    lines.push(
      extraLine(base, pair ? [random.pick(voice.titles), '2024-05-31'] : [random.pick(voice.titles)], isPadded),
    )
  }
  if (isApart) lines.push(extraLine(base, isPadded ? [''] : [], isPadded))
  const note = `${count} lines of preamble, ${isPadded ? 'padded' : 'bare'}, ${isApart ? 'apart' : 'close'}`
  return madeOf(base, note, { lines: [...lines, ...base.lines] })
}

/** A row without a header is one only where typed columns tell, and at least two rows agree on their types. */
function noHeader(random: Random): Made {
  const base = makeBase(random, { rows: [2, 80] })
  const truth = { tables: [{ header: null, rows: base.table.rows }] }
  return madeOf(base, 'no header', { lines: base.lines.slice(1), truth })
}

const groups = ['Sale', 'Customer', 'Payment', 'Shop']
const units: Record<string, string> = {
  date: 'local date',
  time: 'hh:mm',
  amount: 'in thousands',
  price: 'each',
  id: 'key',
}

/** Every cell of every header row is filled: a row with gaps above the names is as well a preamble. */
function headerRows(random: Random): Made {
  const base = makeBase(random, { rows: [3, 80] })
  const { header, columns, rows } = base.table
  const group = random.pick(groups)
  const above = header.map((_, at) => (at < header.length / 2 ? group : 'Other data'))
  const below = columns.map(({ kind }) => units[kind] ?? 'text')
  const all = random.pick([
    [header, header],
    [header, header, header],
    [above, header],
    [header, below],
    [above, header, below],
  ])
  const joined = header.map((_, at) => all.map((row) => row[at]).join(' '))
  const lines = [...linesOf(base, all), ...base.lines.slice(1)]
  return madeOf(base, `${all.length} header rows`, { lines, truth: { tables: [{ header: joined, rows }] } })
}

/**
 * Below the table: totals, notes, or both. Totals name themselves in the first cell and leave a typed column empty that
 * every row fills; notes fill one cell of three or more.
 */
function footer(random: Random): Made {
  const base = makeBase(random, { rows: [3, 80] })
  const { columns, voice, full, rows } = base.table
  const gap = columns.findIndex(({ isNumber, isTyped }, at) => at > 0 && full.has(at) && isTyped && !isNumber)
  const spare = gap >= 0 ? gap : Math.max(...full)
  const sums = columns.map(({ isNumber, kind }, at) =>
    at === 0 ? voice.total : isNumber && at !== spare && kind !== 'id' ? `${between(random, 100, 9_999_999)}` : '',
  )
  const kinds = random.pick([['totals'], ['totals'], ['note'], ['totals', 'note'], ['note', 'note']])
  const notes = [`Total records: ${rows.length}`, 'End of report', random.pick(voice.titles), 'Printed by admin']
  const isPadded = chance(random, 40)
  const lines = kinds.flatMap((kind) => [
    ...(chance(random, 40) ? [extraLine(base, isPadded ? [''] : [], isPadded)] : []),
    kind === 'totals' ? (linesOf(base, [sums])[0] as Line) : extraLine(base, [random.pick(notes)], isPadded),
  ])
  return madeOf(base, `below the table: ${kinds.join(', ')}${isPadded ? ', padded' : ''}`, {
    lines: [...base.lines, ...lines],
  })
}

export const fileKinds: Record<string, Pollute> = {
  plain: (random) => madeOf(makeBase(random), 'nothing'),
  'empty-file': (random) => ({ ...madeOf(makeBase(random), ''), content: '', truth: { tables: [] }, note: '0 bytes' }),
  'header-only': (random) => {
    const base = makeBase(random)
    const truth = { tables: [{ ...tableOf(base.table), rows: [] }] }
    return madeOf(base, 'only its header', { lines: base.lines.slice(0, 1), truth })
  },
  'one-data-row': (random) => madeOf(makeBase(random, { rows: [1, 1] }), 'one row of data'),
  'no-final-newline': (random) => endedBy(makeBase(random), '', 'no final newline'),
  'double-final-newline': (random) => {
    const base = makeBase(random)
    return endedBy(base, base.end.repeat(2), 'two final newlines')
  },
  preamble,
  'no-header': noHeader,
  'header-rows': headerRows,
  footer,
}
