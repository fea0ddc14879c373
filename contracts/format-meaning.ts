import { saidType, typesOfKey } from './format-type.ts'
import { isElementPath, isRecordsPath, wrongPattern } from './patterns.ts'
import type { Reading } from './reading.ts'

/** What of `format` does not go together. */
export function formatKeys(reading: Reading): void {
  const { format } = reading.yaml
  if (format === undefined || !reading.isWhole || !reading.sound(['format', 'type']) || !reading.sound(['match']))
    return
  const { type } = saidType(reading.yaml)
  const tell = (key: string, message: string, part: 'key' | 'value' = 'value') => {
    if (reading.sound(['format', key])) reading.tell(['format', key], message, null, part)
  }
  for (const [key, types] of typesOfKey)
    if (format[key] !== undefined && type !== null && !types.includes(type))
      tell(key, `is for ${oneOf(types)}, and this is ${type}`, 'key')
  const { path, quote, delimiter, record_end } = format
  if (path !== undefined && type === 'json' && !isRecordsPath(path))
    tell('path', `is ${JSON.stringify(path)}, not a path to records such as data[] or result.items[]`)
  if (path !== undefined && type === 'xml' && !isElementPath(path))
    tell('path', `is ${JSON.stringify(path)}, not a path of elements such as Document/Stmt/Ntry or //Ntry`)
  for (const key of ['footer', 'end'] as const) {
    const wrong = format[key] === undefined ? undefined : wrongPattern(format[key])
    if (wrong !== undefined) tell(key, wrong)
  }
  if (typeof quote === 'string' && (delimiter ?? ',').includes(quote)) tell('quote', 'is the delimiter too')
  if (record_end !== undefined && delimiter !== undefined && record_end.includes(delimiter))
    tell('record_end', 'has the delimiter in it')
}

const oneOf = (types: readonly string[]): string =>
  types.length < 2 ? types.join('') : `${types.slice(0, -1).join(', ')} or ${types.at(-1)}`
