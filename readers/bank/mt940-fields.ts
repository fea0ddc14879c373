import type { Limits } from '../../stage/staged.ts'
import type { Source } from '../source/source.ts'
import { LineSpan, linesOf, type TextLine } from '../source/text-lines.ts'

/** A field of a SWIFT message: a line that begins with a tag, and the lines below it that belong to it. */
export interface SwiftField {
  /** `61`, `60F`; '' for a line under no tag; `end` where a message ends. */
  readonly tag: string
  /** Its lines without the tag; blank ones are left out. */
  readonly lines: readonly string[]
  readonly span: LineSpan
}

const tagged = /^:([0-9A-Za-z]{1,4}):/

/** The closing mark of block 4, or the next message's block 1. */
const isEnd = /^-\s*$|^-\}|^\{1:/

/** Blocks 1 to 3 in front of a tag on the same line: `{1:F01…}{2:I940…}{4::20:X`. */
const blocksBefore = /^[^:]*\{1:.*\{4:(?=:)|^\{4:(?=:)/

/** What stands between messages: blocks of the envelope, and a bank's code or message type alone on a line. */
const isEnvelope = /^[{}]|^[A-Z0-9]{3,12}\s*$/

/** Blank, or nothing but control characters: the marks of old lines' transmissions. */
const isBlank = (text: string): boolean => !/[^\0-\x20]/.test(text)

/**
 * The fields of MT messages one behind the other, bare or in their envelopes.
 *
 * @throws Fault "file.record-too-long"
 */
export function* fieldsOf(source: Source, limits: Limits, piece?: number): Generator<SwiftField> {
  let field: { tag: string; lines: string[]; span: LineSpan } | undefined
  const spanOf = (line: TextLine) => new LineSpan(source.name, limits.recordBytes, line)
  for (const line of linesOf(source, limits, piece)) {
    const text = line.text.includes('{4::') ? line.text.replace(blocksBefore, '') : line.text
    const tag = tagged.exec(text)?.[1]
    if (tag === undefined && isBlank(text)) {
      field?.span.skip(line)
      continue
    }
    if (tag === undefined && field !== undefined && !isEnd.test(text)) {
      field.lines.push(text)
      field.span.add(line)
      continue
    }
    if (field !== undefined) yield field
    field = undefined
    if (tag !== undefined) field = { tag, lines: [text.slice(tag.length + 2)], span: spanOf(line) }
    else if (isEnd.test(text)) yield { tag: 'end', lines: [], span: spanOf(line) }
    else if (!isEnvelope.test(text)) yield { tag: '', lines: [text], span: spanOf(line) }
  }
  if (field !== undefined) yield field
}
