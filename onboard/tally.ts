import { cleaned } from '../contracts/judge-text.ts'
import type { TextBatch, TextColumn, TextReader } from '../readers/batch.ts'
import { bytesAt } from '../readers/views.ts'
import { CellBytes, TextPlaces } from './cell-bytes.ts'

/** Cells that are written alike: digits as 9 (0 to 9 of any script), letters small, everything else as it is. */
export interface Shape {
  readonly text: string
  readonly count: number
  /** A cell of this shape, the first one's line. */
  readonly example: string
  readonly line: number
  /** Of how many cells the last digits are just so many zeros: none, one, two, …; the last number counts those with more too. */
  readonly zeros: readonly number[]
}

/** What the cells of one column are, counted over the whole file and cleaned as a contract reads them. */
export interface ColumnTally {
  readonly filled: number
  /** False: its cells are in the file as they are read. */
  readonly isUneven: boolean
  /** Every value and how often it stands, the commonest first; null where there are more than `mostWords`. */
  readonly words: ReadonlyMap<string, number> | null
  /** The commonest first; null where they are so many that they tell nothing. */
  readonly shapes: readonly Shape[] | null
  /** Cells from all over the file that are filled: of a thousand records or more, where there are so many. */
  readonly sample: readonly string[]
}

/** So many different values are a choice of words, and are listed. */
export const mostWords = 200
/** Shapes that are told apart. A column of texts soon has so many; of numbers or times only what is mixed in has. */
const mostShapes = 4000
/** Cells of one shape, in the middle, below which many shapes are those of texts. */
const fewCells = 10
const mostSampled = 2000
const mostZeros = 24

/** Digits of the scripts that are read, the latin ones first. */
export const scripts = [
  '0123456789',
  '০১২৩৪৫৬৭৮৯',
  '٠١٢٣٤٥٦٧٨٩',
  '۰۱۲۳۴۵۶۷۸۹',
  '०१२३४५६७८९',
  '０１２３４５６７８９',
] as const
const nines = new Map(scripts.flatMap((script) => [...script].map((digit) => [digit, script.at(-1) as string])))
const anyDigit = new RegExp(`[${scripts.join('')}]`, 'g')
const lastZeros = new RegExp(`([${scripts.map((script) => script[0]).join('')}]+)[^${scripts.join('')}]*$`)

const shapeOf = (cell: string): string => cell.replace(anyDigit, (digit) => nines.get(digit) as string).toLowerCase()

/** The reader; its records are counted on the way. */
export function tallied(reader: TextReader, tallies: Tallies, fromLine: number): TextReader {
  return {
    columns: reader.columns,
    ignored: reader.ignored,
    get position() {
      return reader.position
    },
    next(batch) {
      const rows = reader.next(batch)
      if (rows > 0) tallies.add(batch, fromLine)
      return rows
    },
    close: () => reader.close(),
  }
}

/** Counts the cells of all columns while files are read: some thousand texts a column are held. */
export class Tallies {
  readonly columns: readonly ColumnTally[]
  rows = 0
  /** The line of the last of the first `headRecords` records. */
  headLine = 0
  readonly #columns: readonly Column[]
  readonly #headRecords: number
  #sampled = 0
  #stride = 1

  constructor(columns: number, headRecords: number) {
    this.#columns = Array.from({ length: columns }, () => new Column())
    this.columns = this.#columns
    this.#headRecords = headRecords
  }

  /** @param fromLine the batch's lines are counted from here */
  add(batch: TextBatch, fromLine: number): void {
    const missing = this.#headRecords - this.rows
    if (missing > 0) this.headLine = fromLine + Number(batch.line[Math.min(batch.rows, missing) - 1])
    const lineOf = (row: number) => fromLine + Number(batch.line[row])
    for (const [c, column] of this.#columns.entries()) column.add(batch, batch.columns[c] as TextColumn, lineOf)
    for (let row = 0; row < batch.rows; row++, this.rows++) if (this.rows % this.#stride === 0) this.#sample(batch, row)
  }

  /** Records of the same distance, which doubles whenever there are too many. */
  #sample(batch: TextBatch, row: number): void {
    for (const [c, { sampled }] of this.#columns.entries())
      sampled.push(textOf(bytesAt(batch, batch.columns[c] as TextColumn, row)))
    if (++this.#sampled < mostSampled) return
    this.#stride *= 2
    this.#sampled /= 2
    for (const column of this.#columns) column.sampled = column.sampled.filter((_, i) => i % 2 === 0)
  }
}

const textOf = (bytes: Uint8Array | undefined): string | null =>
  bytes === undefined ? null : cleaned(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString())

/** Of a text or a shape. */
interface Counted {
  count: number
  example: string
  line: number
  readonly zeros: number[]
}

/** Texts with what is counted of each. */
class Counts {
  readonly all: Counted[] = []
  readonly #places: TextPlaces

  constructor(most: number) {
    this.#places = new TextPlaces(most)
  }

  /** Null: it is new, and there is no room. */
  of(text: CellBytes): Counted | null {
    const place = this.#places.of(text)
    if (place === this.all.length)
      this.all.push({ count: 0, example: '', line: 0, zeros: Array(mostZeros + 1).fill(0) })
    return place === -1 ? null : (this.all[place] as Counted)
  }

  get shapes(): Shape[] {
    const shapes = this.all.map((counted, i) => ({ ...counted, text: this.#places.texts[i] as string }))
    return shapes.toSorted((a, b) => b.count - a.count || a.line - b.line)
  }
}

const [cell, masked] = [new CellBytes(), new CellBytes()]
const viewOf = ({ buffer, byteOffset, length }: Uint8Array) => new DataView(buffer, byteOffset, length)

/** Tells words apart while they are few, then shapes. */
class Column implements ColumnTally {
  filled = 0
  isUneven = false
  sampled: (string | null)[] = []
  #words: Counts | null = new Counts(mostWords)
  #shapes: Counts | null = null

  get words(): ReadonlyMap<string, number> | null {
    const words = this.#words?.all.toSorted((a, b) => b.count - a.count || (a.example < b.example ? -1 : 1))
    return words === undefined ? null : new Map(words.map(({ example, count }) => [example, count]))
  }

  get shapes(): readonly Shape[] | null {
    return (this.#words === null ? this.#shapes : shapesOf(this.#words))?.shapes ?? null
  }

  get sample(): readonly string[] {
    return this.sampled.filter((text) => text !== null)
  }

  add(batch: TextBatch, { u32 }: TextColumn, lineOf: (row: number) => number): void {
    const [text, overflow] = [viewOf(batch.text), viewOf(batch.overflow)]
    for (let row = 0; row < batch.rows; row++) {
      const at = row << 2
      const length = u32[at] as number // of null it is 0
      if (length === 0) continue
      if (length <= 12) cell.putInline(u32, at + 1, length)
      else cell.put(u32[at + 2] === 0 ? text : overflow, u32[at + 3] as number, length)
      if (cell.isPadded || !cell.isPlain) {
        this.isUneven = true
        const clean = cleaned(cell.text)
        if (clean === null) continue
        cell.putText(clean)
      }
      this.filled++
      const counted = this.#words === null && this.#shapes === null ? null : this.#counted()
      if (counted !== null && counted.count++ === 0) Object.assign(counted, { example: cell.text, line: lineOf(row) })
    }
  }

  /** Where the cell is counted; null: nowhere, there are too many. */
  #counted(): Counted | null {
    const word = this.#words?.of(cell) ?? null
    if (word !== null) return word
    if (this.#words !== null) {
      const text = cell.text
      this.#shapes = shapesOf(this.#words)
      this.#words = null
      cell.putText(text)
    }
    const shape = this.#shapes === null ? null : shapeIn(this.#shapes, 1)
    if (shape === null && this.filled < mostShapes * fewCells) this.#shapes = null
    return shape
  }
}

/** The shapes of words; makes use of `cell`. */
function shapesOf(words: Counts): Counts {
  const shapes = new Counts(mostShapes)
  for (const { example, line, count } of words.all) {
    cell.putText(example)
    const shape = shapeIn(shapes, count)
    if (shape === null) continue
    if (shape.count === 0 || line < shape.line) Object.assign(shape, { example, line })
    shape.count += count
  }
  return shapes
}

/** The shape of `cell`, which stands for so many. */
function shapeIn(shapes: Counts, cells: number): Counted | null {
  const isPlain = cell.isPlain
  if (isPlain) cell.maskInto(masked)
  else masked.putText(shapeOf(cell.text))
  const zeros = isPlain ? cell.lastZeros : (lastZeros.exec(cell.text)?.[1]?.length ?? 0)
  const shape = shapes.of(masked)
  if (shape !== null) (shape.zeros[Math.min(zeros, mostZeros)] as number) += cells
  return shape
}
