import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { archivedContract } from '../contracts/archived.ts'
import type { Contract } from '../contracts/contract.ts'
import type { Layout } from '../project/layout.ts'

/** A contract by its version, as it was archived when its files were found. */
export async function readContract(layout: Layout, region: string, version: string): Promise<Contract> {
  const path = join(layout.archive(region), 'contracts', `${version}.json`)
  return archivedContract(await readFile(path, 'utf8'))
}
