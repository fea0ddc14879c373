import type { fileSink } from './file-sink.ts'
import { type Random, seeded } from './random.ts'
import { rowDirt } from './row-dirt.ts'
import type { Dirt, Money, Shape } from './shape.ts'
import { type Total, tally } from './tally.ts'
import { days } from './text.ts'

export interface GenerateOptions {
  /** Gzip-compressed where it ends in .gz. Its folder is made. */
  readonly path: string
  /** A name in `shapes`. */
  readonly shape: string
  /** Records below the header, spoiled ones and duplicates included. */
  readonly rows: number
  /** Files of two seeds below 1000 share no id, up to 10,000,000 rows each. */
  readonly seed: number
  /** Share of the rows that are spoiled, every kind in turn; 0.01 when absent. */
  readonly dirtyShare?: number
  /** Columns in all; those beyond the shape's own are in no contract. */
  readonly columns?: number
  /** Kinds of dirt to leave out, such as `unclosed_quote`. */
  readonly without?: readonly string[]
  /** Leave out text over two lines. */
  readonly singleLine?: boolean
  /** Called in file order with each reject's first physical line; key conflicts included, duplicates not. */
  readonly onReject?: (line: number, reasons: readonly string[], kind: string) => void
}

/** What reading the file under the shape's contract must come to. */
export interface Expected {
  readonly rows: number
  readonly read: number
  readonly loaded: number
  readonly duplicate: number
  readonly rejected: number
  /** The header. */
  readonly ignored: number
  /** Rejects by reason code; each has one. */
  readonly reasons: Readonly<Record<string, number>>
  /** Spoiled rows by kind, duplicates included. */
  readonly kinds: Readonly<Record<string, number>>
  /** Over counted rows, by currency. */
  readonly totals: Readonly<Record<string, Total>>
  /** Uncompressed. */
  readonly bytes: number
}

/** Write the header and `options.rows` records in `shape` to the sink. */
export function writeRows(shape: Shape, options: GenerateOptions, sink: ReturnType<typeof fileSink>): Expected {
  const { rows, seed, columns = shape.columns.length } = options
  if (columns < shape.columns.length) throw new RangeError(`${shape.name} has ${shape.columns.length} columns at least`)
  const { delimiter, lineEnd, textColumn } = shape
  const extra = columns - shape.columns.length
  const random = seeded(seed)
  const tails = fillers(extra, delimiter, seeded(seed + 1))
  const plan = dirtPlan(shape, options)
  const outcome = newOutcome()
  const firstId = (seed % 1000) * 10_000_000
  const cells: string[] = []
  const money: Money = { currency: '', counted: false, gross: 0, fee: null, tax: 0 }
  const saved: Saved[] = []
  let line = 1

  const put = (text: string) => {
    sink.write(text)
    line += newlines(text)
  }
  put(shape.columns.concat(fillerNames(extra)).join(delimiter) + lineEnd)
  for (let row = 0; row < rows; row++) {
    shape.fill(cells, money, firstId + row, Math.floor((row * days.length) / rows), random)
    if (options.singleLine && cells[textColumn]?.includes('\n')) cells[textColumn] = 'one line'
    const tail = tails[row & (tails.length - 1)] ?? ''
    const dirt = saved.length === 0 ? undefined : plan(row, random)
    if (dirt === undefined) {
      outcome.load(money)
      if (saved.length < savedRows) saved.push({ cells: [...cells], tail })
      else if (row % 997 === 0) saved[row % savedRows] = { cells: [...cells], tail }
      put(cells.join(delimiter) + tail + lineEnd)
    } else {
      outcome.spoil(dirt)
      if (dirt.reason !== null) options.onReject?.(line, [dirt.reason], dirt.kind)
      const text = spoil(dirt, shape, cells, tail, random.pick(saved))
      put(dirt.kind === 'unclosed_quote' ? text : text + lineEnd)
    }
  }
  return outcome.expected(rows, sink.bytes())
}

/** A valid row written before, for duplicates of it. */
interface Saved {
  readonly cells: readonly string[]
  readonly tail: string
}

const savedRows = 64

/** Which dirt, if any, a row gets: every kind in turn, and an open quote at the very end. */
function dirtPlan(shape: Shape, { rows, dirtyShare = 0.01, without = [] }: GenerateOptions) {
  const whole = Object.entries(rowDirt).map(([kind, reason]): Dirt => ({ kind, reason, cells: new Map() }))
  const kinds = [...shape.dirt, ...whole].filter(({ kind }) => !without.includes(kind))
  const last = kinds.find(({ kind }) => kind === 'unclosed_quote')
  const inTurn = kinds.filter((dirt) => dirt !== last)
  const dirtyBelow = Math.round(dirtyShare * 1_000_000)
  let turn = 0
  return (row: number, random: Random): Dirt | undefined => {
    if (dirtyBelow > 0 && row === rows - 1 && last !== undefined) return last
    if (inTurn.length === 0 || random.below(1_000_000) >= dirtyBelow) return undefined
    return inTurn[turn++ % inTurn.length]
  }
}

function newOutcome() {
  const sums = tally()
  const reasons: Record<string, number> = {}
  const kinds: Record<string, number> = {}
  let loaded = 0
  let duplicate = 0
  let rejected = 0
  return {
    load(money: Money): void {
      loaded += 1
      sums.add(money)
    },
    spoil({ kind, reason }: Dirt): void {
      kinds[kind] = (kinds[kind] ?? 0) + 1
      if (reason === null) duplicate += 1
      else {
        rejected += 1
        reasons[reason] = (reasons[reason] ?? 0) + 1
      }
    },
    expected: (rows: number, bytes: number): Expected => ({
      rows,
      read: rows + 1,
      loaded,
      duplicate,
      rejected,
      ignored: 1,
      reasons: sorted(reasons),
      kinds: sorted(kinds),
      totals: sums.totals(),
      bytes,
    }),
  }
}

/** The record's text, spoiled, without its end. */
function spoil(
  dirt: Dirt,
  { delimiter, textColumn, conflict }: Shape,
  cells: string[],
  tail: string,
  earlier: Saved,
): string {
  switch (dirt.kind) {
    case 'too_few_cells':
      return cells.slice(0, -2).join(delimiter)
    case 'too_many_cells':
      return `${cells.join(delimiter)}${tail}${delimiter}one too many`
    case 'invalid_utf8':
      cells[textColumn] = 'caf\xe9 \xff'
      break
    case 'text_after_quote':
      cells[textColumn] = '"quoted"and more'
      break
    case 'unclosed_quote':
      return [...cells.slice(0, textColumn), '"no end'].join(delimiter)
    case 'identical_duplicate':
      return earlier.cells.join(delimiter) + earlier.tail
    case 'conflicting_duplicate':
      return earlier.cells.with(conflict.column, conflict.value).join(delimiter) + earlier.tail
    default:
      for (const [column, value] of dirt.cells) cells[column] = value
  }
  return cells.join(delimiter) + tail
}

const fillerNames = (count: number) => Array.from({ length: count }, (_, i) => `Extra ${i + 1}`)

/** 64 tails of filler cells: empty, short, and of about 20 bytes. */
function fillers(count: number, delimiter: string, random: Random): readonly string[] {
  const cell = () => {
    const size = random.below(5)
    if (size === 0) return ''
    return size === 1 ? String(random.below(100_000)) : `filler ${random.below(1e6)} ${random.below(1e6)}`
  }
  return Array.from({ length: count === 0 ? 1 : 64 }, () =>
    Array.from({ length: count }, () => delimiter + cell()).join(''),
  )
}

function newlines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1
  return count
}

const sorted = (counts: Record<string, number>) =>
  Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)))
