import { createHash } from 'node:crypto'
import { type StackAlone, stackAlone } from './compile.ts'
import type { Column, Contract } from './contract.ts'
import { renamed } from './source-sql.ts'
import type { Named } from './sql-open.ts'

/** One column of a compiled contract. */
export interface Part {
  /** Two parts with one id are the same function of the same cells, in whichever contracts they are. */
  readonly id: string
  /** Whether it hangs on the record; else it is the same of every one. */
  readonly isOfCells: boolean
}

/** A reason for which records are rejected, by one of its conditions. */
export interface ConditionPart extends Part {
  readonly code: string
  /** The stack's flag that is true where the condition rejects a record. */
  readonly flag: string
  /** The condition over the fields' values, where it looks at nothing else; null where it looks at cells. */
  readonly sql: string | null
}

/** What a contract makes of a record, part by part. */
export interface ContractParts extends Pick<StackAlone, 'query'> {
  /** The columns of the relation that `query` reads, as c0, c1, … */
  readonly columns: readonly Column[]
  /** Fields of the model, and amounts for checks of the file: in order, by name. */
  readonly fields: ReadonlyMap<string, Part>
  readonly looked: ReadonlyMap<string, Part>
  readonly conditions: readonly ConditionPart[]
  /** Checks that warn, by name, in order, over the fields' values. */
  readonly warnings: readonly (Part & Named)[]
}

/** The parts of a contract; undefined where its records' verdicts are no parts: see `stackAlone`. */
export function contractParts(contract: Contract): ContractParts | undefined {
  const alone = stackAlone(contract)
  if (alone === undefined) return undefined
  const { stack, query } = alone
  const flags = stack.layers.at(-1) ?? []
  const known = stack.layers.slice(0, -1).reduce(withLayer, cellParts(alone))
  const named = (names: readonly string[]) => new Map(names.map((name) => [name, partOf(name, known)]))
  const isField = (name: string) => stack.fields.includes(name) || !known.has(name)
  return {
    query,
    columns: alone.cells.columns,
    fields: named(stack.fields),
    looked: named(stack.looked),
    conditions: flags.map(({ name, sql }, i) => ({
      ...partOf(sql, known),
      code: stack.codes[i] ?? '',
      flag: name,
      sql: renamed(sql, (column) => column).names.every(isField) ? sql : null,
    })),
    warnings: stack.warned.map(({ name, sql }) => ({ name, sql, ...partOf(sql, known) })),
  }
}

/** What the first layer stands on. */
function cellParts({ cells }: StackAlone): Map<string, Part> {
  const own = ['_line', '_start', '_length', '_fault', '_raw'].map((name) => [name, name])
  const columns = cells.columns.map((column, i) => [`c${i}`, JSON.stringify(column)])
  const expressions = cells.expressions.map(({ name, written }) => [name, `sql ${written}`])
  return new Map([...own, ...columns, ...expressions].map(([name = '', id = '']) => [name, { id, isOfCells: true }]))
}

/** A layer's columns stand on those below it alone, and hide what they are named like. */
function withLayer(below: ReadonlyMap<string, Part>, layer: readonly Named[]): Map<string, Part> {
  return new Map([...below, ...layer.map(({ name, sql }): [string, Part] => [name, partOf(sql, below)])])
}

/** An expression by what it says of the cells in the end. */
function partOf(sql: string, known: ReadonlyMap<string, Part>): Part {
  let isOfCells = false
  const { sql: said } = renamed(sql, (name, written) => {
    const part = known.get(name)
    isOfCells ||= part?.isOfCells === true
    return part === undefined ? written : ` <${part.id}> `
  })
  return { id: createHash('sha256').update(said).digest('base64url'), isOfCells }
}
