import type { Contract } from '../contracts/contract.ts'
import { missingParams, withParams } from '../contracts/params.ts'
import type { Layout } from '../project/layout.ts'
import { matchSource } from '../project/regions.ts'
import type { LandedFile, Warehouse } from '../warehouse/warehouse.types.ts'
import { readContract } from './contract-archive.ts'

/**
 * Today's contract for an archived file, with the params it was read with: from its path, or those of the contract
 * that judged it. Undefined: its source has no contract now, or one that needs a param nobody gave.
 */
export async function contractOfFile(
  layout: Layout,
  warehouse: Pick<Warehouse, 'query'>,
  contracts: readonly Contract[],
  file: LandedFile,
): Promise<Contract | undefined> {
  const contract = contracts.find(({ source }) => source === file.source)
  if (contract === undefined) return undefined
  const match = matchSource([contract], file.name)
  if (match !== undefined && 'contract' in match) return match.contract
  const filled = withParams(contract, await formerParams(layout, warehouse, contract, file))
  return missingParams(filled).length === 0 ? filled : undefined
}

async function formerParams(
  layout: Layout,
  warehouse: Pick<Warehouse, 'query'>,
  contract: Contract,
  file: LandedFile,
): Promise<Record<string, string>> {
  const names = [...Object.keys(contract.params), ...missingParams(contract)]
  if (names.length === 0) return {}
  const source = file.source.replaceAll("'", "''")
  const [row] = await warehouse.query(
    `select contract_version from ops.file where source = '${source}' and sha256 = '${file.sha256}'`,
  )
  if (row === undefined) return {}
  const { params } = await readContract(layout, file.region, String(row.contract_version))
  return Object.fromEntries(names.flatMap((name) => (params[name] === undefined ? [] : [[name, params[name]]])))
}
