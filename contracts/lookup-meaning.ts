import { nearest } from '../models/nearest.ts'
import type { Lookup } from './lookup.ts'
import type { Path } from './problem.ts'
import type { Reading } from './reading.ts'

/** The words of a list that a contract takes; undefined, and told, where there is something wrong with it. */
export function wordsOf({ profile, tell }: Reading, path: Path, name: string): Lookup | undefined {
  const { lookups } = profile
  const found = lookups.of(name)
  if (typeof found !== 'string') return found
  const near = lookups.names.includes(name) ? null : nearest(name, lookups.names)
  tell(path, `is ${name}, and lookups/${name}.csv ${found}`, near)
  return undefined
}
