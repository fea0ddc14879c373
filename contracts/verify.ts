import { models } from '../models/index.ts'
import { nearest } from '../models/nearest.ts'
import type { RegionProfile } from '../models/region.ts'
import { checkSqlProblems } from './check-sql.ts'
import type { Contract } from './contract.ts'
import type { ContractYaml } from './grammar.ts'
import { type ContractError, parseContract } from './language.ts'
import { type Lookups, noLookups } from './lookup.ts'
import type { Path } from './problem.ts'
import { readYaml } from './yaml-source.ts'

/** Read a contract as `parseContract` does, and have DuckDB look at its SQL too. */
export async function verifyContract(
  text: string,
  fileName: string,
  profile: RegionProfile,
  lookups: Lookups = noLookups,
): Promise<{ contract: Contract } | { errors: ContractError[] }> {
  const parsed = parseContract(text, fileName, profile, lookups)
  if ('errors' in parsed) return parsed
  const errors = await checkErrors(text, fileName, parsed.contract)
  return errors.length === 0 ? parsed : { errors }
}

/** What is wrong with the SQL of a sound contract, each with its line and key. */
export async function checkErrors(text: string, fileName: string, contract: Contract): Promise<ContractError[]> {
  const problems = await checkSqlProblems(contract)
  const read = readYaml(text, fileName)
  if ('errors' in read) return read.errors
  const fields = models[contract.model].fields.map(({ name }) => name)
  const values = Object.keys(contract.values ?? {})
  return problems.map(({ path, sql, message }) => {
    const [, stranger, noun] = /^names "(.+)", which is no (field|amount)/.exec(message) ?? []
    const plain = message.replace(/\s+/g, ' ').replace(/[. ]+$/, '')
    const near = stranger === undefined ? null : nearest(stranger, noun === 'field' ? fields : values)
    return read.source.problem(placeOf(read.source.value as ContractYaml, path, sql), plain, near)
  })
}

/** Where SQL stands that a field has by the contract, by a kind of records or entry, or by a candidate of an open question. */
function placeOf({ fields, open = [], records, entries }: ContractYaml, path: Path, sql: string): Path {
  const [top, field = ''] = path
  const says = (rule: unknown) => typeof rule === 'object' && rule !== null && 'sql' in rule && rule.sql === sql
  if (top !== 'fields' || says(fields[field])) return path
  for (const [i, { candidates }] of open.entries())
    for (const [name, overlay] of Object.entries(candidates))
      if (says(overlay[field])) return ['open', i, 'candidates', name, field, 'sql']
  for (const [key, list] of Object.entries({ records, entries }))
    for (const [i, { fields: rules = {} }] of (list ?? []).entries())
      if (says(rules[field])) return [key, i, 'fields', field, 'sql']
  return path
}
