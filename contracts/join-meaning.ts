import type { ContractYaml } from './grammar.ts'
import { sourceSql } from './level-meaning.ts'
import { asList, given, type Reading } from './reading.ts'
import { columnsIn } from './source-sql.ts'

/** What is wrong with how lines are joined. */
export function joining(reading: Reading): void {
  const { yaml, tell, sound } = reading
  const { join } = yaml
  if (!given(reading, 'join') || join === undefined || !sound(['join'])) return
  const by = asList(join.by)
  const made = Object.keys(join.parts)
  const at = (i: number) => ['join', 'by', ...(Array.isArray(join.by) ? [i] : [])]
  for (const [i, name] of by.entries()) {
    if (by.indexOf(name) < i) tell(at(i), `is ${JSON.stringify(name)} again`)
    else if (made.includes(name))
      tell(at(i), `is ${JSON.stringify(name)}, which join makes; it goes by columns of the file`)
  }
  if (yaml.key !== undefined && !Array.isArray(yaml.key) && sound(['key']))
    tell(['join'], 'goes by an id, and key.occurrence is for records without one', null, 'key')
  condition(reading, ['join', 'main'], join.main, made)
  if (made.length === 0) tell(['join', 'parts'], 'has none, so there is nothing to join; only leaves lines out')
  for (const [name, { when, from, column }] of Object.entries(join.parts)) {
    const path = ['join', 'parts', name]
    condition(reading, [...path, 'when'], when, made)
    if (when === join.main) tell([...path, 'when'], 'is that of main, which takes every line that this could take')
    if ((from === undefined) === (column === undefined))
      tell(
        path,
        from === undefined ? 'lacks its column: from, or column' : 'has from and column; keep one',
        null,
        'key',
      )
    else if (from !== undefined && made.includes(from))
      tell([...path, 'from'], `is ${JSON.stringify(from)}, which join makes; it goes by columns of the file`)
    if (!isTaken(reading, name)) tell(path, 'is taken by no field', null, 'key')
  }
}

function condition(reading: Reading, path: (string | number)[], sql: string, made: readonly string[]): void {
  sourceSql(reading, path, sql)
  const own = columnsIn(sql).find((name) => made.includes(name))
  if (own !== undefined)
    reading.tell(path, `names ${JSON.stringify(own)}, which join makes; it goes by columns of the file`)
}

const rules = ['fields', 'records', 'entries', 'open', 'sign', 'direction', 'checks', 'values'] as const

/**
 * Whether a column stands anywhere in the rules, or that can not be told: where something is wrong with them.
 *
 * @param more further keys in which it may stand
 */
export const isTaken = (
  { source, sound, isWhole }: Reading,
  name: string,
  more: readonly (keyof ContractYaml)[] = [],
): boolean => {
  const keys = [...rules, ...more]
  if (!isWhole || !keys.every((key) => sound([key]))) return true
  const yaml = source.value as Record<string, unknown>
  return JSON.stringify(keys.map((key) => yaml[key])).includes(JSON.stringify(name).slice(1, -1))
}
