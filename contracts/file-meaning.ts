import { basename } from 'node:path'
import { nearest } from '../models/nearest.ts'
import { wordsOf } from './lookup-meaning.ts'
import { placeholders, wrongMatch } from './patterns.ts'
import type { Path } from './problem.ts'
import { asList, given, paramNames, type Reading } from './reading.ts'

export function sourceName(reading: Reading): void {
  if (!given(reading, 'source')) return
  const name = basename(reading.source.file).replace(/\.ya?ml$/, '')
  if (reading.yaml.source !== name)
    reading.tell(['source'], `is ${reading.yaml.source}, but the file is named ${basename(reading.source.file)}`, name)
}

export function patterns(reading: Reading): void {
  if (!given(reading, 'match')) return
  const { match } = reading.yaml
  for (const [i, pattern] of asList(match).entries()) {
    const wrong = wrongMatch(pattern)
    if (wrong !== undefined) reading.tell(Array.isArray(match) ? ['match', i] : ['match'], wrong)
  }
}

export function params(reading: Reading): void {
  const { yaml, tell } = reading
  if (!reading.isWhole || !reading.sound(['params']) || !reading.sound(['match'])) return
  const names = paramNames(yaml)
  const captured = asList(yaml.match).map(placeholders)
  const at = (name: string): Path => ['params', Array.isArray(yaml.params) ? yaml.params.indexOf(name) : name]
  for (const [i, name] of names.entries()) {
    const values = Array.isArray(yaml.params) ? undefined : yaml.params
    const byPath = captured.some((some) => some.includes(name))
    if (!/^[a-z][a-z0-9_]*$/.test(name)) tell(at(name), 'is a word of lower-case letters, digits and _', null, 'key')
    else if (names.indexOf(name) < i) tell(['params', i], `is ${name} again`)
    else if (byPath && values !== undefined)
      tell(at(name), 'has a value here and is taken from the path by match too', null, 'key')
    else if (byPath && !captured.every((some) => some.includes(name)))
      tell(at(name), 'is not in every pattern of match', null, 'key')
  }
  for (const [i, some] of captured.entries())
    for (const name of some)
      if (!names.includes(name))
        tell(
          Array.isArray(yaml.match) ? ['match', i] : ['match'],
          `has {${name}}, which is not among params`,
          nearest(name, names),
        )
  const own = yaml.direction?.own
  if (own === undefined || !reading.sound(['direction', 'own'])) return
  if (typeof own === 'object' && 'lookup' in own) {
    wordsOf(reading, ['direction', 'own', 'lookup'], own.lookup)
    return
  }
  for (const [i, name] of asList(own).entries()) {
    const place = ['direction', 'own', ...(Array.isArray(own) ? [i] : [])]
    if (asList(own).indexOf(name) < i) tell(place, `is ${name} again`)
    else if (!names.includes(name)) tell(place, `is ${name}, which is not among params`, nearest(name, names))
  }
}
