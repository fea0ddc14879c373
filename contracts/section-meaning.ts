import { readExtract } from './extract-pattern.ts'
import { saidType, tables } from './format-type.ts'
import { isTaken } from './join-meaning.ts'
import { given, type Reading } from './reading.ts'

/** What is wrong with the headings of sections. */
export function sections(reading: Reading): void {
  const { yaml, tell, sound } = reading
  if (!given(reading, 'sections') || !sound(['sections'])) return
  const { type } = saidType(yaml)
  if (type !== null && !tables.includes(type))
    tell(['sections'], `are headings among rows of cells, and ${type} has none`, null, 'key')
  for (const [name, pattern] of Object.entries(yaml.sections ?? {})) {
    const path = ['sections', name]
    const read = readExtract(pattern)
    if ('wrong' in read) tell(path, read.wrong)
    if (Object.hasOwn(yaml.join?.parts ?? {}, name) && sound(['join']))
      tell(path, 'is a column that join makes too; give one of them another name', null, 'key')
    else if (!isTaken(reading, name, ['only', 'join'])) tell(path, 'is taken by no field', null, 'key')
  }
}
