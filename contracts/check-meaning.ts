import { type Field, isDecimalText } from '../models/field.ts'
import { type ModelName, models } from '../models/index.ts'
import { nearest } from '../models/nearest.ts'
import { sides, symbols } from './affix-meaning.ts'
import { saidType, tables } from './format-type.ts'
import type { CheckYaml, GivenAmountYaml } from './grammar.ts'
import { marks, sign } from './level-meaning.ts'
import { endCheck, yearCheck } from './own-checks.ts'
import type { Path } from './problem.ts'
import { isAnsweredLater, type Reading } from './reading.ts'

const kinds = ['sql', 'rows', 'max_age', 'balance', 'total'] as const

export function checks(reading: Reading): void {
  const { yaml, tell } = reading
  if (!Array.isArray(yaml.checks)) return
  for (const [i, check] of yaml.checks.entries()) {
    const path = ['checks', i]
    if (!reading.sound(path) || check === undefined) continue
    const again = yaml.checks.findIndex((other) => other?.name === check.name)
    if (again < i) tell([...path, 'name'], `is ${check.name}, as an earlier check's; names tell findings apart`)
    else if (check.name === 'net') tell([...path, 'name'], 'is net, which every transaction is checked for already')
    else if (check.name === yearCheck)
      tell([...path, 'name'], 'is year, which dates without a year are checked for already')
    else if (check.name === endCheck)
      tell([...path, 'name'], 'is end, which what stands behind the end of a table is checked for already')
    const had = kinds.filter((kind) => check[kind] !== undefined)
    if (had.length !== 1)
      tell(
        path,
        had.length === 0
          ? `says nothing: it has one of ${kinds.join(', ')}`
          : `has ${had.join(' and ')}; make each a check of its own`,
      )
    else if (check.severity === 'reject' && check.sql === undefined)
      tell([...path, 'severity'], 'is reject, but this is about the whole file; use warn or block')
    ofRows(reading, path, check)
    ofAge(reading, path, check)
    ofTolerance(reading, path, check, had)
    if (check.balance !== undefined) ofBalance(reading, [...path, 'balance'], check.balance)
    if (check.total !== undefined) ofTotal(reading, [...path, 'total', 'equals'], check.total.equals)
  }
}

function ofRows({ tell }: Reading, path: Path, { rows }: CheckYaml): void {
  if (rows === undefined) return
  if (rows.min === undefined && rows.max === undefined) tell([...path, 'rows'], 'has neither min nor max')
  else if (rows.min !== undefined && rows.max !== undefined && rows.min > rows.max)
    tell([...path, 'rows', 'min'], `is ${rows.min}, more than max, ${rows.max}`)
}

function ofAge(reading: Reading, path: Path, { max_age }: CheckYaml): void {
  const { yaml, tell } = reading
  if (max_age === undefined || isAnsweredLater(reading) || !reading.sound(['fields']) || !reading.isWhole) return
  if (yaml.fields.occurred_at === undefined)
    tell([...path, 'max_age'], 'looks at occurred_at, which fields does not give', null, 'key')
}

function ofTolerance(reading: Reading, path: Path, { tolerance }: CheckYaml, had: readonly string[]): void {
  if (tolerance === undefined) return
  const text = reading.source.text([...path, 'tolerance']) ?? ''
  const at = [...path, 'tolerance']
  if (had.length === 1 && had[0] !== 'balance' && had[0] !== 'total')
    reading.tell(at, `means nothing beside ${had[0]}; it is for balance and total`, null, 'key')
  else if (text.startsWith('-') || !isDecimalText(text))
    reading.tell(at, `is ${JSON.stringify(text)}, not an amount from 0 on such as 0.01`)
}

function ofBalance(reading: Reading, path: Path, balance: NonNullable<CheckYaml['balance']>): void {
  const { tell } = reading
  const { from, column, by } = balance
  if (from === undefined && column === undefined) tell(path, 'lacks its column: from, or column', null, 'key')
  else if (from !== undefined && column !== undefined) tell(path, 'has from and column; keep one', null, 'key')
  howRead(reading, path, balance.sign)
  const fields = models[reading.yaml.model as ModelName].fields as readonly Field[]
  const names = fields.filter(({ type }) => type !== 'money' && type !== 'rate').map(({ name }) => name)
  for (const [i, name] of (by ?? []).entries())
    if (by?.indexOf(name) !== i) tell([...path, 'by', i], `is ${name} again`)
    else if (!names.includes(name))
      tell(
        [...path, 'by', i],
        fields.some((field) => field.name === name)
          ? `is ${name}, an amount; balances are told apart by accounts, currencies and the like`
          : `is ${name}, which is no field of ${reading.yaml.model}`,
        nearest(name, names),
      )
}

/** How an amount that is none of a field is read; a sign at the top is not its. */
function howRead(reading: Reading, path: Path, own: GivenAmountYaml['sign']): void {
  marks(reading, path)
  sign(reading, path)
  symbols(reading, path)
  sides(reading, path, own)
}

/** An amount of a label is one for the whole file, an amount of a column one for each statement in it. */
function ofTotal(reading: Reading, path: Path, equals: string): void {
  const { values } = reading.yaml
  if (!reading.isWhole || !reading.sound(['values'])) return
  const named = Object.keys(values ?? {}).filter((name) => namesIn(equals).includes(name))
  const isOfColumn = (name: string) => isColumn(values?.[name] ?? {})
  if (named.length === 0) reading.tell(path, `is ${JSON.stringify(equals)}, which has no amount of values in it`)
  else if (named.some(isOfColumn) && !named.every(isOfColumn))
    reading.tell(path, 'has amounts of columns and of labels; those are for each statement, these for the whole file')
}

/** What could be names in a SQL expression. */
export const namesIn = (sql: string): readonly string[] => sql.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []

const isColumn = ({ beside, below, row }: GivenAmountYaml): boolean => (beside ?? below ?? row) === undefined

export function values(reading: Reading): void {
  const { yaml, tell } = reading
  if (!reading.sound(['values']) || typeof yaml.values !== 'object') return
  const used = (yaml.checks ?? []).flatMap((check) => namesIn(check?.total?.equals ?? ''))
  const strangers = used.filter((name) => yaml.values?.[name] === undefined)
  const { type } = saidType(yaml)
  for (const [name, given] of Object.entries(yaml.values)) {
    const path = ['values', name]
    if (!/^[a-z][a-z0-9_]*$/.test(name)) tell(path, 'is no word of lower-case letters, digits and _', null, 'key')
    place(reading, path, given)
    howRead(reading, path, given.sign)
    if (given.sign !== undefined && !isColumn(given))
      tell([...path, 'sign'], 'looks at a column of records, and this amount is in none', null, 'key')
    if (!isColumn(given) && type !== null && !tables.includes(type))
      tell(path, `is looked for in rows of cells, and ${type} has none; its amounts are columns: from`, null, 'key')
    if (reading.isWhole && reading.sound(['checks']) && reading.sound(path) && !used.includes(name))
      tell(path, 'is in no total check', nearest(name, strangers), 'key')
  }
}

function place({ tell }: Reading, path: Path, { from, column, beside, below, row }: GivenAmountYaml): void {
  const places = Object.entries({ beside, below, row }).flatMap(([key, label]) => (label === undefined ? [] : [key]))
  const columns = Object.entries({ from, column }).flatMap(([key, given]) => (given === undefined ? [] : [key]))
  const [first] = places
  if (places.length > 1 || columns.length > 1)
    tell(path, `has ${(places.length > 1 ? places : columns).join(' and ')}; keep one`, null, 'key')
  else if (first === 'row' && columns.length === 0)
    tell(path, 'has row without the column: add from, or column', null, 'key')
  else if (first !== undefined && first !== 'row' && columns.length > 0)
    tell([...path, columns[0] as string], `means nothing beside ${first}`, null, 'key')
  else if (first === undefined && columns.length === 0)
    tell(path, 'does not say where it is: from, column, beside, below, or row', null, 'key')
}
