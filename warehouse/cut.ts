import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compile } from '../contracts/compile.ts'
import type { Contract } from '../contracts/contract.ts'
import { type RecordPlace, rawOf } from '../readers/source/raw.ts'
import { defaultLimits, type Limits } from '../stage/staged.ts'

/** An archived file that was staged was within the limits of its day: it is cut from whatever they are now. */
export const noLimits = Object.fromEntries(
  Object.keys(defaultLimits).map((name) => [name, Number.MAX_SAFE_INTEGER]),
) as unknown as Limits

/** The text of records of an archived file, by line. */
export async function rawOfArchived(
  path: string,
  contract: Contract,
  records: readonly RecordPlace[],
): Promise<ReadonlyMap<number, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'entrepot-cut-'))
  try {
    return await rawOf(path, contract.format, compile(contract).columns, noLimits, folder, records)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
