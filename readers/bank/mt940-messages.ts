import type { Limits } from '../../stage/staged.ts'
import { recordTooLong } from '../faults.ts'
import type { Source } from '../source/source.ts'
import type { LineSpan } from '../source/text-lines.ts'
import { fieldsOf, type SwiftField } from './mt940-fields.ts'
import { entryValues, statementValues, type Values } from './mt940-values.ts'

export type Part =
  | { readonly kind: 'entry'; readonly values: Values; readonly span: LineSpan; readonly isMalformed: boolean }
  /** Stands where nothing is expected, or has a tag that MT940 and MT942 have not. */
  | { readonly kind: 'stray'; readonly span: LineSpan }
  /** Comes behind the entries of its message. */
  | { readonly kind: 'statement'; readonly values: Values }

/** Entries and statements of all messages, in order. */
export function* partsOfMessages(source: Source, limits: Limits, piece?: number): Generator<Part> {
  let statement: Values | undefined
  let entry: (Part & { kind: 'entry' }) | undefined
  const append = (values: Values, name: string, text: string, { span }: SwiftField) => {
    const before = values.get(name)
    const joined = before === undefined ? text : `${before}\n${text}`
    if (joined.length > limits.recordBytes)
      throw recordTooLong(`${source.name} line ${span.place.line}`, span.place.line, limits.recordBytes)
    values.set(name, joined)
  }
  for (const field of fieldsOf(source, limits, piece)) {
    const { tag, lines, span } = field
    const belongs = entry !== undefined && (tag === '86' || others.has(tag))
    if (entry !== undefined && !belongs) {
      yield entry
      entry = undefined
    }
    const isNext = tag === 'end' || tag === '20' || (opening.has(tag) && statement?.has('closing_balance') === true)
    if (isNext && statement !== undefined) {
      yield ended(statement)
      statement = undefined
    }
    if (tag === 'end') continue
    if (tag === '61') {
      const values = entryValues(lines)
      entry = { kind: 'entry', values, span, isMalformed: statement === undefined || !values.has('amount') }
      statement ??= new Map()
    } else if (belongs && entry !== undefined) {
      append(entry.values, tag === '86' ? 'information' : 'other', textOf(field), field)
      entry.span.append(span)
    } else if (!tags.has(tag) || (tag === '86' && statement === undefined)) yield { kind: 'stray', span }
    else {
      statement ??= new Map()
      const found = tag === '86' ? [['statement_information', textOf(field)] as const] : statementValues(tag, lines)
      const isNew =
        found.length > 0 && (tag === '86' || tag === '34F' || found.every(([name]) => !statement?.has(name)))
      for (const [name, text] of isNew ? found : [['statement_other', textOf(field)] as const])
        append(statement, name, text, field)
    }
  }
  if (entry !== undefined) yield entry
  if (statement !== undefined) yield ended(statement)
}

function ended(values: Values): Part {
  const currency =
    values.get('opening_currency') ??
    /^[A-Z]{3}/.exec(values.get('floor_limit') ?? '')?.[0] ??
    values.get('closing_currency')
  if (currency !== undefined) values.set('currency', currency)
  return { kind: 'statement', values }
}

/** Tags that begin a statement where the one before has its closing balance. */
const opening = new Set(['21', '25', '25P', '28', '28C', '60F', '60M'])

/** Kept with their tag; `NS` is of German banks. */
const others = new Set(['NS'])

const tags = new Set('13 13D 20 21 25 25P 28 28C 34F 60F 60M 61 62F 62M 64 65 86 90C 90D'.split(' ').concat(...others))

/** Lines joined by line feeds; with the tag where the name that it goes under does not tell it. */
function textOf({ tag, lines }: SwiftField): string {
  return tag === '86' ? lines.join('\n') : `:${tag}:${lines.join('\n')}`
}
