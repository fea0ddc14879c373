import type { RegionProfile } from '../models/region.ts'
import type { Contract } from './contract.ts'
import { type ContractYaml, contractYaml } from './grammar.ts'
import { type Lookups, noLookups } from './lookup.ts'
import { meaningProblems } from './meaning.ts'
import type { Path, Problem } from './problem.ts'
import { resolve } from './resolve.ts'
import { readYaml } from './yaml-source.ts'
import { type Slip, shapeProblems } from './zod-problems.ts'

export { formatProblem } from './problem.ts'

/** One thing wrong in a contract. */
export type ContractError = Problem

/**
 * Read a contract from YAML, with the region's habits as its defaults.
 *
 * All that is wrong is told at once, in the order of the file; one slip is one error. Params that the path of a file
 * gives (`{name}` in match) are still open: see `missingParams` and `withParams`.
 *
 * @param fileName as errors shall name it; its base name is the source
 * @param lookups the lists that its rules may take
 */
export function parseContract(
  text: string,
  fileName: string,
  profile: RegionProfile,
  lookups: Lookups = noLookups,
): { contract: Contract } | { errors: ContractError[] } {
  const region = { ...profile, lookups }
  const read = readYaml(text, fileName)
  if ('errors' in read) return read
  const { source } = read
  const shape = shapeProblems(contractYaml, source, 'a contract')
  const meaning = meaningProblems(source, region, shape)
  const slips = [...shape.filter(({ path }) => !meaning.some((stray) => isBelow(path, stray))), ...meaning]
  if (slips.length > 0)
    return { errors: slips.map(({ problem }) => problem).sort((a, b) => a.line - b.line || a.column - b.column) }
  return { contract: resolve(source.value as ContractYaml, source, region) }
}

/** Whether a path is below a name that is no field: what is said of it there is not wrong besides. */
const isBelow = (path: Path, { path: stray, problem }: Slip): boolean =>
  problem.message.startsWith('is no field of') &&
  path.length > stray.length &&
  stray.every((step, i) => step === path[i])
