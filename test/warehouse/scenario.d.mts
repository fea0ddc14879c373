import type { Contract } from '../../contracts/contract.ts'
import type { Layout } from '../../project/layout.ts'
import type { archiveFile } from '../../warehouse/archive.ts'
import type { LandedFile, SeenLanding, Warehouse } from '../../warehouse/warehouse.types.ts'

export interface ScenarioInput {
  readonly layout: Layout
  readonly extraPath: string
  readonly landing: string
  readonly first: { readonly file: LandedFile; readonly staged: string }
  readonly second: { readonly file: LandedFile; readonly staged: string }
  readonly seen: SeenLanding
  readonly contract: Contract
}

export function scenario(
  tools: { readonly warehouse: Warehouse; readonly archiveFile: typeof archiveFile },
  input: ScenarioInput,
): Promise<void>
