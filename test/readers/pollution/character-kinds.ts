import type { Random } from '../../../scripts/generate/random.ts'
import { type Base, baseWith, commonDelimiters, makeBase, quotedCells, tableOf } from './base.ts'
import { between } from './dice.ts'
import { type Made, madeOf, madeOfLook, type Pollute } from './made.ts'
import { hasQuotes, lookOf } from './page.ts'

const delimiters = [' ', ', ', ';', '\t', '|', '||', '~', '^', ':', '::', '; ', '¦'] as const

/** A cell with any character of the delimiter is quoted: of `a, b` split at `, ` nobody could tell the rest. */
function delimiter(random: Random): Made {
  const changed = random.pick(delimiters)
  return madeOfLook(makeBase(random, { rows: [3, 80], look: lookOf(changed) }), 'delimiter of the file')
}

/** The page as it is, when cells in quotes show which quote it is: two of them, or a whole column. */
function quote(random: Random): Made {
  const inside = random.pick(['doubled', 'doubled', 'none'] as const)
  const look = lookOf(random.pick(commonDelimiters), "'", inside)
  const inner = (base: Base) => base.table.rows.flat().every((text) => !isAtRisk(text, look.delimiter, "'"))
  const base = baseWith(
    random,
    { rows: [3, 80], look, breaks: inside === 'doubled' },
    (made) =>
      quotedCells(made.lines).filter(({ text }) => text !== '').length > 1 && (inside === 'doubled' || inner(made)),
  )
  return madeOfLook(base, `quote ', ${inside} inside`)
}

/** Of a bare quote inside quotes nobody can tell that it closes nothing, when a delimiter or the cell's end is beside it. */
const isAtRisk = (text: string, beside: string, mark: string): boolean =>
  text.startsWith(mark) || text.endsWith(mark) || text.includes(mark + beside) || text.includes(beside + mark)

function escaped(random: Random, inside: 'backslash' | 'none'): Made {
  const look = lookOf(random.pick(commonDelimiters), '"', inside)
  const base = baseWith(random, { rows: [3, 80], look, breaks: false }, ({ lines, table }) => {
    const inner = quotedCells(lines).filter(({ text }) => text.includes('"'))
    const atRisk = table.rows.flat().some((text) => isAtRisk(text, look.delimiter, '"'))
    // A bare cell with a quote is not what this is about; with backslashes it stands in quotes anyway.
    const stray = lines.some((line) =>
      line.cells.some((cell) => cell.text.includes('"') && !hasQuotes(cell, line.look)),
    )
    return inner.length > 0 && (inside === 'backslash' || (!atRisk && !stray))
  })
  return madeOfLook(base, inside === 'none' ? 'quotes inside are not escaped' : 'quotes inside have a backslash')
}

function recordEnd(random: Random): Made {
  const end = random.pick(['\n', '\r', '\r', '\r\n'])
  return madeOfLook(makeBase(random, { rows: [2, 80], end }), 'record end of the file')
}

function mixedEnds(random: Random): Made {
  const base = makeBase(random, { rows: [4, 80] })
  const ends = ['\n', '\r\n', '\r']
  const lines = base.lines.map((line, at) => ({
    ...line,
    end: random.pick(at === 1 ? ends.filter((end) => end !== base.end) : ends),
  }))
  return madeOf(base, 'record ends mixed', { lines })
}

const customEnds = ['\x1e', '\x1e', '|', '~', '@@'] as const

/** No line end anywhere, and cells with a character of the record end are quoted: only the number of cells tells. */
function customEnd(random: Random): Made {
  const end = random.pick(customEnds)
  const others = commonDelimiters.filter((each) => each !== '|' || !end.includes('|'))
  const own = random.pick(others)
  const look = lookOf(own, '"', 'doubled', own + end)
  return madeOfLook(makeBase(random, { rows: [5, 80], end, look, breaks: false }), 'record end of its own')
}

/** One or two cells of a text column with a NUL inside; it is part of the cell. */
function nul(random: Random): Made {
  const base = baseWith(random, { rows: [2, 80], columns: [4, 12] }, ({ table }) =>
    table.rows.some((row) => row.some((text, at) => text.length > 2 && table.columns[at]?.isTyped === false)),
  )
  const { table } = base
  const places = table.rows.flatMap((row, at) =>
    row.flatMap((text, column) =>
      text.length > 2 && table.columns[column]?.isTyped === false ? [[at, column] as const] : [],
    ),
  )
  const rows = table.rows.map((row) => [...row])
  const lines = base.lines.map((line) => ({ ...line, cells: [...line.cells] }))
  for (let left = between(random, 1, 2); left > 0; left--) {
    const [row, column] = random.pick(places)
    const text = table.rows[row]?.[column] as string
    const hurt = `${text.slice(0, 1)}\0${text.slice(1)}`
    ;(rows[row] as string[])[column] = hurt
    const line = lines[row + 1] as (typeof lines)[number]
    line.cells[column] = { ...(line.cells[column] as (typeof line.cells)[number]), text: hurt }
  }
  return madeOf(base, 'NUL in a cell', { lines, truth: { tables: [{ ...tableOf(table), rows }] } })
}

export const characterKinds: Record<string, Pollute> = {
  delimiter,
  quote,
  'escape-backslash': (random) => escaped(random, 'backslash'),
  'escape-none': (random) => escaped(random, 'none'),
  'record-end': recordEnd,
  'record-end-mixed': mixedEnds,
  'record-end-custom': customEnd,
  nul,
}
