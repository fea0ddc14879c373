import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { packageRoot } from '../project/package-root.ts'
import { bazaar } from './generate/bazaar.ts'
import { fileSink } from './generate/file-sink.ts'
import { momo } from './generate/momo.ts'
import { paystackCsv } from './generate/paystack-csv.ts'
import { type Random, seeded } from './generate/random.ts'
import { rowDirt } from './generate/row-dirt.ts'
import type { Dirt, Money, Shape } from './generate/shape.ts'
import { sslcommerz } from './generate/sslcommerz.ts'
import { type Total, tally } from './generate/tally.ts'
import { days } from './generate/text.ts'

/** The layouts that files can be made in, by name; each has a committed contract. */
export const shapes: Readonly<Record<string, Shape>> = { paystack_csv: paystackCsv, momo, bazaar, sslcommerz }

/** Where the shape's contract is, and its YAML. */
export function contractOf(shape: Shape): { path: string; text: string } {
  const path = join(packageRoot, 'regions', shape.region, 'sources', `${shape.source}.yaml`)
  return { path, text: readFileSync(path, 'utf8') }
}

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

/**
 * Write a file of `rows` records and say what must become of them. The same options give the same bytes.
 *
 * Runs in constant memory and blocks until the file is in place.
 */
export function generateFile(options: GenerateOptions): Expected {
  const shape = shapes[options.shape]
  if (shape === undefined) throw new RangeError(`no shape ${options.shape}: one of ${Object.keys(shapes).join(', ')}`)
  mkdirSync(dirname(resolve(options.path)), { recursive: true })
  const sink = fileSink(options.path)
  try {
    const expected = writeRows(shape, options, sink)
    sink.finish()
    return expected
  } catch (error) {
    sink.abandon()
    throw error
  }
}

/** A valid row written before, for duplicates of it. */
interface Saved {
  readonly cells: readonly string[]
  readonly tail: string
}

const savedRows = 64

function writeRows(shape: Shape, options: GenerateOptions, sink: ReturnType<typeof fileSink>): Expected {
  const { rows, seed, dirtyShare = 0.01, columns = shape.columns.length } = options
  if (columns < shape.columns.length) throw new RangeError(`${shape.name} has ${shape.columns.length} columns at least`)
  const random = seeded(seed)
  const { delimiter, lineEnd, textColumn } = shape
  const tails = fillers(columns - shape.columns.length, delimiter, seeded(seed + 1))
  const kinds = dirtKinds(shape, options.without ?? [])
  const firstId = (seed % 1000) * 10_000_000
  const dirtyBelow = Math.round(dirtyShare * 1_000_000)
  const sums = tally()
  const reasons: Record<string, number> = {}
  const dirty: Record<string, number> = {}
  const cells: string[] = []
  const money: Money = { currency: '', counted: false, gross: 0, fee: null, tax: 0 }
  const saved: Saved[] = []
  let loaded = 0
  let duplicate = 0
  let line = 1
  let turn = 0

  const put = (text: string) => {
    sink.write(text)
    if (text.includes('\n')) line += newlines(text)
  }
  put(shape.columns.concat(fillerNames(columns - shape.columns.length)).join(delimiter) + lineEnd)
  const reject = (kind: string, reason: string) => {
    reasons[reason] = (reasons[reason] ?? 0) + 1
    options.onReject?.(line, [reason], kind)
  }

  for (let row = 0; row < rows; row++) {
    shape.fill(cells, money, firstId + row, Math.floor((row * days.length) / rows), random)
    if (options.singleLine && cells[textColumn]?.includes('\n')) cells[textColumn] = 'one line'
    const tail = tails[row & (tails.length - 1)] ?? ''
    const isLast = row === rows - 1
    const isDirty = kinds.length > 0 && saved.length > 0 && random.below(1_000_000) < dirtyBelow
    if (isLast && dirtyBelow > 0 && !options.without?.includes('unclosed_quote') && saved.length > 0) {
      dirty.unclosed_quote = 1
      reject('unclosed_quote', rowDirt.unclosed_quote)
      cells[textColumn] = '"no end'
      put(cells.slice(0, textColumn + 1).join(delimiter))
    } else if (!isDirty) {
      loaded += 1
      sums.add(money)
      if (saved.length < savedRows) saved.push({ cells: [...cells], tail })
      else if (row % 997 === 0) saved[row % savedRows] = { cells: [...cells], tail }
      put(cells.join(delimiter) + tail + lineEnd)
    } else {
      const dirt = kinds[turn++ % kinds.length] as Dirt
      dirty[dirt.kind] = (dirty[dirt.kind] ?? 0) + 1
      if (dirt.kind === 'identical_duplicate') duplicate += 1
      else reject(dirt.kind, dirt.reason)
      put(spoil(dirt, shape, cells, tail, random.pick(saved)) + lineEnd)
    }
  }
  const rejected = Object.values(reasons).reduce((a, b) => a + b, 0)
  return {
    rows,
    read: rows + 1,
    loaded,
    duplicate,
    rejected,
    ignored: 1,
    reasons: sorted(reasons),
    kinds: sorted(dirty),
    totals: sums.totals(),
    bytes: sink.bytes(),
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
    case 'identical_duplicate':
      return earlier.cells.join(delimiter) + earlier.tail
    case 'conflicting_duplicate':
      return earlier.cells.with(conflict.column, conflict.value).join(delimiter) + earlier.tail
    default:
      for (const [column, value] of dirt.cells) cells[column] = value
  }
  return cells.join(delimiter) + tail
}

function dirtKinds(shape: Shape, without: readonly string[]): readonly Dirt[] {
  const whole = Object.entries(rowDirt)
    .filter(([kind]) => kind !== 'unclosed_quote')
    .map(([kind, reason]) => ({ kind, reason: reason ?? '', cells: new Map<number, string>() }))
  return [...shape.dirt, ...whole].filter(({ kind }) => !without.includes(kind))
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

function main(): void {
  const { values } = parseArgs({
    options: {
      shape: { type: 'string', default: 'paystack_csv' },
      rows: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      columns: { type: 'string' },
      dirty: { type: 'string', default: '0.01' },
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help || values.out === undefined) {
    const list = Object.values(shapes).map(({ name, region, description }) => `  ${name} (${region}): ${description}`)
    process.stdout.write(`${usage}${list.join('\n')}\n`)
    process.exitCode = values.help ? 0 : 2
    return
  }
  const expected = generateFile({
    path: values.out,
    shape: values.shape,
    rows: wholeNumber('--rows', values.rows),
    seed: wholeNumber('--seed', values.seed),
    dirtyShare: Number(values.dirty),
    ...(values.columns === undefined ? {} : { columns: wholeNumber('--columns', values.columns) }),
  })
  process.stdout.write(`${JSON.stringify(expected, null, 1)}\n`)
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new RangeError(`${name} ${JSON.stringify(text)} is not a whole number`)
  return Number(text)
}

const usage = `Write a file of invented records and print what must become of them.

  node dist/scripts/generate.js --shape paystack_csv --rows 1000000 --seed 1 --out FILE
    [--columns 200] [--dirty 0.01]     FILE may end in .gz

shapes:
`

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) main()
