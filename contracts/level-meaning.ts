import { nearest } from '../models/nearest.ts'
import { isZone } from '../models/zone.ts'
import { timeLanguages } from './calendars.ts'
import type { ContractYaml } from './grammar.ts'
import type { Path } from './problem.ts'
import { asList, type Reading } from './reading.ts'
import { columnsIn } from './source-sql.ts'

/** The contract (`[]`), a field rule, or the rule of another amount. */
export const levelAt = ({ yaml }: Reading, at: Path) =>
  at.reduce<unknown>((level, step) => (level as Record<string | number, unknown>)[step], yaml)

/** Decimal and grouping marks differ. */
export function marks(reading: Reading, at: Path): void {
  const level = levelAt(reading, at) as Pick<ContractYaml, 'decimal' | 'group'>
  if (!reading.isWhole || (level.decimal === undefined && level.group === undefined)) return
  if (!reading.sound([...at, 'decimal']) || !reading.sound([...at, 'group'])) return
  if (!reading.sound(['decimal']) || !reading.sound(['group'])) return
  const decimal = level.decimal ?? reading.yaml.decimal ?? reading.profile.decimal
  const group = level.group ?? reading.yaml.group ?? reading.profile.group
  if (decimal !== group) return
  const key = level.group === undefined ? 'decimal' : 'group'
  const other = key === 'group' ? 'decimal' : 'group where it is not given; give it here too'
  reading.tell([...at, key], `is ${JSON.stringify(decimal)}, and so is ${other}`)
}

/** `at` is the contract, a field rule or its `agrees`. */
export function zone(reading: Reading, at: Path, zone: string | undefined): void {
  if (zone === undefined || !reading.sound([...at, 'zone']) || isZone(zone)) return
  reading.tell(
    [...at, 'zone'],
    `is ${JSON.stringify(zone)}, which is no IANA time zone`,
    nearest(zone, Intl.supportedValuesOf('timeZone')),
  )
}

/** Names of months and weekdays are known in the language. */
export function language(reading: Reading, at: Path, language: ContractYaml['language']): void {
  if (language === undefined || !reading.sound([...at, 'language'])) return
  const known = timeLanguages()
  for (const [i, code] of asList(language).entries())
    if (!known.includes(code))
      reading.tell(
        [...at, 'language', ...(Array.isArray(language) ? [i] : [])],
        `is ${JSON.stringify(code)}, in which no names of months are known; it is a code such as fr, of ${known.join(' ')}`,
        nearest(code, known),
      )
}

/** A sign tells its column once, and its words apart. */
export function sign(reading: Reading, at: Path): void {
  const level = levelAt(reading, at) as Pick<ContractYaml, 'sign'>
  const path = [...at, 'sign']
  if (level.sign === undefined || !reading.sound(path)) return
  const { from, column, negative, positive } = level.sign
  if ((from === undefined) === (column === undefined))
    reading.tell(
      path,
      from === undefined ? 'lacks its column: from, or column' : 'has from and column; keep one',
      null,
      'key',
    )
  const words = asList(negative).map(String)
  const both = asList(positive)
    .map(String)
    .find((word) => words.includes(word))
  if (both !== undefined) reading.tell([...path, 'positive'], `has ${JSON.stringify(both)}, which negative has too`)
}

/** SQL over the source's columns names some. */
export function sourceSql(reading: Reading, at: Path, sql: string): void {
  const columns = columnsIn(sql)
  if (columns.length === 0) reading.tell(at, 'names no column of the file')
  const isNamed = reading.yaml.format?.header !== false || !reading.sound(['format', 'header'])
  const stranger = isNamed ? undefined : columns.find((name) => !/^column[1-9]\d*$/.test(name))
  if (stranger !== undefined)
    reading.tell(at, `names ${JSON.stringify(stranger)}, but without a header columns are column1, column2, …`)
}
