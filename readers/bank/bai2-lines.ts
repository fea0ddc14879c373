import type { Limits } from '../../stage/staged.ts'
import type { Source } from '../source/source.ts'
import { LineSpan, linesOf } from '../source/text-lines.ts'

/** A BAI2 record with its continuations. */
export interface Bai2Record {
  /** `01`, `16`, …; '' for a line that is no record; `88` for a continuation of nothing. */
  readonly code: string
  /** Fields of the record and of its 88 records, in order: where one line ends and the next begins, a field ends. */
  readonly fields: Bai2Fields
  /** Physical records: this one and its continuations. */
  readonly count: number
  readonly span: LineSpan
}

/**
 * Records of a BAI2 file, continuations (88) joined.
 *
 * @throws Fault "file.record-too-long"
 */
export function* bai2Records(source: Source, limits: Limits, piece?: number): Generator<Bai2Record> {
  let record: { code: string; lines: string[]; span: LineSpan } | undefined
  const whole = ({ code, lines, span }: { code: string; lines: string[]; span: LineSpan }): Bai2Record => ({
    code,
    fields: new Bai2Fields(lines),
    count: lines.length,
    span,
  })
  for (const line of linesOf(source, limits, piece)) {
    if (!/[^\0-\x20]/.test(line.text)) {
      record?.span.skip(line)
      continue
    }
    const [, code = '', rest = line.text] = /^\s*(\d\d)(?:,|(?=\/?\s*$))(.*)$/.exec(line.text) ?? []
    // A slash ends a record; blanks behind it fill up records of fixed length.
    const text = rest.replace(/\/\s*$/, '')
    if (code === '88' && record !== undefined && record.code !== '') {
      record.lines.push(text)
      record.span.add(line)
      continue
    }
    if (record !== undefined) yield whole(record)
    record = { code, lines: [text], span: new LineSpan(source.name, limits.recordBytes, line) }
  }
  if (record !== undefined) yield whole(record)
}

/** Takes fields from the front. */
export class Bai2Fields {
  readonly #text: string
  #at = 0

  /** @param lines each without its code and its final slash */
  constructor(lines: readonly string[]) {
    this.#text = lines.join('\n')
  }

  get isEnd(): boolean {
    return this.#at > this.#text.length
  }

  /** The next field; undefined behind the last one. */
  next(): string | undefined {
    if (this.isEnd) return undefined
    let end = this.#at
    while (end < this.#text.length && this.#text[end] !== ',' && this.#text[end] !== '\n') end++
    const field = this.#text.slice(this.#at, end)
    this.#at = end + 1
    return field
  }

  /** All that is left, commas and all, lines joined by line feeds; undefined behind the last field. */
  rest(): string | undefined {
    if (this.isEnd) return undefined
    const text = this.#text.slice(this.#at)
    this.#at = this.#text.length + 1
    return text
  }
}
