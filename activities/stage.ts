import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Contract } from '../contracts/contract.ts'
import { Fault } from '../models/fault.ts'
import type { Layout } from '../project/layout.ts'
import { loadSettings } from '../project/settings.ts'
import { stage as stageFile } from '../stage/stage.ts'
import type { FormerStaged } from '../stage/staged.ts'
import { readStaged } from '../stage/staged-folder.ts'
import { archivedPath } from '../warehouse/archive.ts'
import type { LandedFile, Warehouse } from '../warehouse/warehouse.types.ts'
import type { Beat } from './beat.ts'
import { readContract } from './contract-archive.ts'
import { problemOf } from './faults.ts'
import type { StagedFile, Unit } from './unit.ts'

/** What staging needs: not the warehouse but its answer whether a file is known, so that it can run elsewhere later. */
export interface StageContext {
  readonly layout: Layout
  readonly warehouse: Pick<Warehouse, 'known'>
}

/** Read and judge a unit's files. A file that can not be read is told as such; the others go on. */
export async function stageUnit(context: StageContext, unit: Unit, beat: Beat): Promise<readonly StagedFile[]> {
  const results: StagedFile[] = []
  let rows = 0
  let bytes = 0
  for (const { file, contractVersion } of unit.files) {
    beat.signal.throwIfAborted()
    const contract = await readContract(context.layout, unit.region, contractVersion)
    const known = await context.warehouse.known(file, contract)
    if (known !== null) {
      results.push({ known: known.outcome })
      continue
    }
    try {
      const staged = await stageArchived(context.layout, file, contract, contractVersion, {
        signal: beat.signal,
        progress: (done) => beat.progress({ rows: rows + done.rows, bytes: bytes + done.bytes }),
      })
      results.push({ staged })
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      results.push({ unreadable: problemOf(error) })
    }
    const whole = results.at(-1)
    if (whole !== undefined && 'staged' in whole) rows += await rowsOf(whole.staged)
    bytes += file.sizeBytes
    beat.progress({ rows, bytes })
  }
  return results
}

/**
 * The folder of a file's staged result, made where it is not there: named by content and contract, whole or not at all.
 *
 * @param former what it was judged by before: staging goes on from there where it can
 * @throws Fault where the file can not be read
 */
export async function stageArchived(
  layout: Layout,
  file: LandedFile,
  contract: Contract,
  contractVersion: string,
  beat: Beat,
  former?: Omit<FormerStaged, 'folder'>,
): Promise<string> {
  const folderOf = (version: string) => join(layout.staged(file.region), `${file.sha256}-${version}`)
  const outDir = folderOf(contractVersion)
  if ((await readStaged(outDir)) !== undefined) return outDir
  const path = archivedPath(layout, file.region, file.sha256)
  const { signal, progress } = beat
  try {
    await stageFile(
      {
        ...{ path, contract, outDir, limits: loadSettings(layout).limits },
        ...(former && { former: { ...former, folder: folderOf(former.contractVersion) } }),
      },
      { signal, onProgress: progress },
    )
  } catch (error) {
    throw error instanceof Fault ? asKnown(error, file) : error
  }
  return outDir
}

/** A person knows the file by its name, not by the hash that the archive calls it by. */
const asKnown = ({ code, message, fix, details }: Fault, { sha256, name }: LandedFile): Fault =>
  new Fault(code, message.replaceAll(sha256, name), fix, { details: { ...details } })

async function rowsOf(folder: string): Promise<number> {
  return (JSON.parse(await readFile(join(folder, 'staged.json'), 'utf8')) as { read: number }).read
}
