import type { Limits } from '../../stage/staged.ts'
import { type RecordFile, RecordWriter, type Spooled } from '../record-file.ts'
import { type Row, rowsOf } from '../records.ts'

/** What an element around records says of them, told when it ends: some of it may stand behind them. */
export interface Enclosing {
  /** How many elements are around it. */
  readonly level: number
  /** The first record in it, counted from 0; the last one is the last that was put. */
  readonly first: number
  readonly cells: readonly (string | null | undefined)[]
  readonly start?: number
  readonly length?: number
  readonly raw?: string
  readonly fault?: number
}

/**
 * The final form of one record.
 *
 * @param record as it was put; `index` counts from 0
 * @param around by level, what was told of the elements around it
 * @returns null: it is none
 */
export type Join = (record: Row, index: number, around: readonly (Row | undefined)[]) => Spooled | null

/**
 * Records of a document that belong to enclosing elements, in files: memory is bounded for any number of either. Elements
 * of one level follow each other in the order of their records, so the files are read side by side.
 */
export class EnclosedRecords {
  readonly #tempDir: string
  readonly #where: string
  readonly #limits: Limits
  readonly #records: RecordWriter
  readonly #levels: (RecordWriter | undefined)[] = []
  #count = 0

  constructor(tempDir: string, where: string, limits: Limits) {
    this.#tempDir = tempDir
    this.#where = where
    this.#limits = limits
    this.#records = new RecordWriter(tempDir, where, limits)
  }

  /** Records put so far. */
  get count(): number {
    return this.#count
  }

  put(record: Spooled): void {
    this.#records.put(record)
    this.#count++
  }

  /** Elements of one level are told in the order of their ends; one without records is left out. */
  enclose({ level, first, cells, start = 0, length = 0, raw = '', fault = 0 }: Enclosing): void {
    if (first === this.#count) return
    const writer = this.#levels[level] ?? this.#writer()
    this.#levels[level] = writer
    // Its first record stands as `line`, the one behind its last as `start`, and its own place as cells.
    writer.put({ line: first, start: this.#count, length, raw, fault, cells: [String(start), ...cells] })
  }

  /** The records as `join` makes them; everything else is left behind. */
  join(join: Join): RecordFile {
    const records = this.#records.end()
    const levels = this.#levels.map((writer) => writer?.end())
    const joined = this.#writer()
    try {
      const around = levels.map((file) => (file === undefined ? undefined : new Around(file)))
      let index = 0
      for (const record of rowsOf(records)) {
        const final = join(
          record,
          index,
          around.map((level) => level?.at(index)),
        )
        if (final !== null) joined.put(final)
        index++
      }
      return joined.end()
    } catch (error) {
      joined.abandon()
      throw error
    } finally {
      for (const file of [records, ...levels]) file?.close()
    }
  }

  /** The records as they were put; what was told of enclosing elements is left behind. */
  end(): RecordFile {
    for (const writer of this.#levels) writer?.abandon()
    return this.#records.end()
  }

  /** Leave everything: an error ended the reading. */
  abandon(): void {
    for (const writer of [this.#records, ...this.#levels]) writer?.abandon()
  }

  #writer(): RecordWriter {
    return new RecordWriter(this.#tempDir, this.#where, this.#limits)
  }
}

/** The elements of one level, one after the other. */
class Around {
  readonly #rows: Iterator<Row>
  #row: Row | undefined
  #element: Row | undefined

  constructor(file: RecordFile) {
    this.#rows = rowsOf(file)
    this.#next()
  }

  /** The element that encloses this record; asked in order. */
  at(index: number): Row | undefined {
    while (this.#row !== undefined && this.#row.start <= index) this.#next()
    return this.#row !== undefined && this.#row.line <= index ? this.#element : undefined
  }

  #next(): void {
    const { done, value } = this.#rows.next()
    this.#row = done === true ? undefined : value
    if (this.#row === undefined) return
    const [start, ...cells] = this.#row.cells
    this.#element = { ...this.#row, start: Number(start), cells }
  }
}
