import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Contract } from '../contracts/contract.ts'
import { contractVersion } from '../contracts/version.ts'
import { Fault } from '../models/fault.ts'
import type { Rejudged } from '../warehouse/plan.types.ts'
import type { LandedFile } from '../warehouse/warehouse.types.ts'
import type { Beat } from './beat.ts'
import type { ActivityContext } from './context.ts'
import { readContract } from './contract-archive.ts'
import { contractOfFile } from './contract-of-file.ts'
import { stageArchived } from './stage.ts'
import type { Problem } from './unit.ts'

type Context = Pick<ActivityContext, 'layout' | 'region' | 'warehouse'>

/** A loaded file with the contract of today, which is another than the one that judged it. */
export interface JudgedBefore {
  readonly file: LandedFile
  readonly contract: Contract
  /** The contract that judged it; undefined where it is not archived any more. */
  readonly former: Contract | undefined
  readonly formerVersion: string
}

/** A loaded file that no contract of today can judge; it stays as it is. */
export interface LeftFile extends Problem {
  readonly source: string
  readonly name: string
}

/**
 * The files of a source that other contracts have judged than those of today, in the order of first arrival.
 *
 * Two contracts are the same when they mean the same: a former one is read with what today's program takes for granted.
 */
export async function judgedBefore(
  { layout, region, warehouse }: Context,
  contracts: readonly Contract[],
  source: string,
): Promise<{ files: readonly JudgedBefore[]; left: readonly LeftFile[] }> {
  const files: JudgedBefore[] = []
  const left: LeftFile[] = []
  const archived = new Map<string, Promise<{ contract: Contract; meaning: string } | undefined>>()
  const archivedOf = (version: string) => {
    const read = async () => {
      const contract = await readContract(layout, region, version)
      return { contract, meaning: contractVersion(contract) }
    }
    const known = archived.get(version) ?? read().catch(ignoreMissing)
    archived.set(version, known)
    return known
  }
  for (const { file, contractVersion: formerVersion } of await warehouse.judgedFiles(source)) {
    const contract = await contractOfFile(layout, warehouse, contracts, file)
    if (contract === undefined) left.push(leftFile(file))
    else {
      const version = contractVersion(contract)
      if (version === formerVersion) continue
      const former = await archivedOf(formerVersion)
      if (version !== former?.meaning) files.push({ file, contract, former: former?.contract, formerVersion })
    }
  }
  return { files, left }
}

const leftFile = ({ region, source, name }: LandedFile): LeftFile => ({
  ...{ source, name, code: 'file.no-contract' },
  message: `${name} can not be judged again: its source has no usable contract now.`,
  fix: `Write or mend regions/${region}/sources/${source}.yaml, or leave the file as it is.`,
})

/** Stage each file under its contract of today; what was staged so before is kept. */
export async function stageAnew({ layout }: Context, files: readonly JudgedBefore[], beat: Beat): Promise<Rejudged[]> {
  const staged: Rejudged[] = []
  for (const judged of files) {
    beat.signal.throwIfAborted()
    const { file, contract } = judged
    staged.push({ file, contract, staged: await folderOrFault(layout, judged, beat) })
  }
  return staged
}

/**
 * Remove what was staged of these files for contracts that came to nothing: neither the one that judged them nor that of
 * today. Only what is a day old, so that nobody is at it.
 */
export async function removeDrafts({ layout, region }: Context, files: readonly JudgedBefore[]): Promise<void> {
  const folder = layout.staged(region)
  const kept = new Set(
    files.flatMap(({ file, contract, formerVersion }) =>
      [formerVersion, contractVersion(contract)].map((version) => `${file.sha256}-${version}`),
    ),
  )
  const contents = new Set(files.map(({ file }) => file.sha256))
  for (const name of await readdir(folder)) {
    if (!contents.has(name.slice(0, 64)) || kept.has(name)) continue
    const found = await stat(join(folder, name)).catch(ignoreMissing)
    if (found !== undefined && Date.now() - found.mtimeMs > dayMs)
      await rm(join(folder, name), { recursive: true, force: true })
  }
}

const dayMs = 86_400_000

async function folderOrFault(layout: Context['layout'], judged: JudgedBefore, beat: Beat) {
  const { file, contract, former, formerVersion } = judged
  try {
    const before = former && { contract: former, contractVersion: formerVersion }
    return await stageArchived(layout, file, contract, contractVersion(contract), beat, before)
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}
