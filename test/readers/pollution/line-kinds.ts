import type { Random } from '../../../scripts/generate/random.ts'
import { type Base, lineOf, makeBase } from './base.ts'
import { between, chance } from './dice.ts'
import { type Made, madeOf, type Pollute } from './made.ts'
import type { Line } from './page.ts'

/** Lines put between the rows, at places drawn for each. */
function insert(random: Random, base: Base, from: number, make: () => Line): Line[] {
  const lines = [...base.lines]
  for (let left = between(random, 1, 5); left > 0; left--)
    lines.splice(between(random, from, lines.length - 1), 0, make())
  return lines
}

/** Lines without anything, of spaces, or of delimiters, below the header. */
function blankLines(random: Random): Made {
  const base = makeBase(random, { rows: [3, 80] })
  const nothing = Array(base.table.header.length).fill('')
  const make = () => lineOf(base, random.pick([[], [], ['   '], nothing]))
  return madeOf(base, 'blank lines between the rows', { lines: insert(random, base, 1, make) })
}

const remarks = [
  'exported by the till',
  'see ticket 4411',
  'page two, rows follow',
  'corrected by hand; ask Musa',
  'v2',
]

/** All begin with one mark, which no cell of the table begins with. */
function comments(random: Random): Made {
  const base = makeBase(random, { rows: [3, 80] })
  const mark = random.pick(['# ', '# ', '#', '// ', '-- '])
  const onTop = chance(random, 30) ? 0 : 1
  const make = (): Line => ({
    cells: [{ text: '', isQuoted: false, hurt: mark + random.pick(remarks) }],
    look: base.look,
    end: base.end,
  })
  return madeOf(base, `comments that begin with ${mark}`, { lines: insert(random, base, onTop, make) })
}

export const lineKinds: Record<string, Pollute> = { 'blank-lines': blankLines, comments }
