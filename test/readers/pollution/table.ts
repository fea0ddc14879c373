import type { Random } from '../../../scripts/generate/random.ts'
import { type Column, columnOf, type Kind } from './columns.ts'
import { between, chance, shuffled } from './dice.ts'
import { type Voice, voices } from './voices.ts'

export interface MadeTable {
  readonly columns: readonly Column[]
  readonly header: string[]
  readonly rows: string[][]
  readonly voice: Voice
  /** Columns of which no cell is empty; at least two of them typed. */
  readonly full: ReadonlySet<number>
}

export interface Wish {
  readonly rows?: readonly [from: number, to: number]
  readonly columns?: readonly [from: number, to: number]
  readonly voice?: Voice
  /** Phrases in quotes, and inches; default yes. */
  readonly quotes?: boolean
  /** Cells of several lines; default yes, in some tables. */
  readonly breaks?: boolean
}

const typed: readonly Kind[] = ['id', 'code', 'date', 'time', 'count', 'amount', 'price', 'rate']
const others: readonly Kind[] = ['word', 'person', 'sentence', 'remark', 'email', 'url', 'flag']

/**
 * A table as people keep them. Two typed columns at least have a value in every row: a table of words alone shows no
 * reader where its header ends, nor that it has one.
 */
export function makeTable(random: Random, wish: Wish = {}): MadeTable {
  const voice = wish.voice ?? random.pick(voices)
  const width = between(random, ...(wish.columns ?? [3, 12]))
  const count = rowCount(random, ...(wish.rows ?? [1, 80]))
  const columns = pickKinds(random, width).map((kind) => columnOf(kind, voice, random))
  const full = new Set<number>()
  for (const [at, { isTyped }] of shuffled(random, [...columns.entries()]))
    if (isTyped && (full.size < 2 || chance(random, 60))) full.add(at)
  const holes = columns.map((_, at) => (full.has(at) ? 0 : random.pick([0, 0, 5, 30])))
  const lineEnd = (wish.breaks ?? true) && chance(random, 25) ? random.pick(['\n', '\n', '\r\n']) : null
  const cellOf = ({ kind, cell }: Column, at: number, row: number) => {
    if (chance(random, holes[at] as number)) return ''
    let text = cell(row)
    if (!(wish.quotes ?? true)) text = text.replaceAll('"', '')
    if (lineEnd !== null && kind === 'sentence' && chance(random, 30)) text = text.replace(', ', `,${lineEnd}`)
    return text
  }
  const rows = Array.from({ length: count }, (_, row) => columns.map((column, at) => cellOf(column, at, row)))
  return { columns, header: columns.map(({ name }) => name), rows, voice, full }
}

/** Small tables are as common as long ones. */
function rowCount(random: Random, from: number, to: number): number {
  return between(random, from, random.pick([Math.min(to, from + 5), Math.min(to, from + 25), to]))
}

/** Two typed ones first, no kind twice, in any order. */
function pickKinds(random: Random, width: number): Kind[] {
  const [first, second, ...rest] = shuffled(random, typed) as [Kind, Kind, ...Kind[]]
  return shuffled(random, [first, second, ...shuffled(random, [...rest, ...others]).slice(0, width - 2)])
}
