import { nearest } from '../models/nearest.ts'
import { isZone } from '../models/zone.ts'
import type { ContractYaml } from './grammar.ts'
import type { Path } from './problem.ts'
import { asList, type Reading } from './reading.ts'
import { columnsIn } from './source-sql.ts'

/** Decimal and grouping marks differ; `at` is the contract (`[]`) or a field rule. */
export function marks(reading: Reading, at: Path): void {
  const level = (at.length === 0 ? reading.yaml : reading.yaml.fields[String(at[1])]) as Pick<
    ContractYaml,
    'decimal' | 'group'
  >
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

export function zone(reading: Reading, at: Path): void {
  const level = (at.length === 0 ? reading.yaml : reading.yaml.fields[String(at[1])]) as Pick<ContractYaml, 'zone'>
  if (level.zone === undefined || !reading.sound([...at, 'zone']) || isZone(level.zone)) return
  reading.tell(
    [...at, 'zone'],
    `is ${JSON.stringify(level.zone)}, which is no IANA time zone`,
    nearest(level.zone, Intl.supportedValuesOf('timeZone')),
  )
}

/** A sign tells its column once, and its words apart. */
export function sign(reading: Reading, at: Path): void {
  const level = (at.length === 0 ? reading.yaml : reading.yaml.fields[String(at[1])]) as Pick<ContractYaml, 'sign'>
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
