import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureEngineerToken, ensureRegionToken } from '../../operations/tokens.ts'
import { type Layout, layout } from '../../project/layout.ts'
import { packageRoot } from '../../project/package-root.ts'

const shipped = join(packageRoot, 'regions', 'ng')

/** An empty project in a temporary folder. */
export async function newProject(): Promise<Layout> {
  const project = layout(mkdtempSync(join(tmpdir(), 'entrepot-crash-')))
  await ensureEngineerToken(project)
  return project
}

/** A region like ng, of two sources with one kind of file: `paystack_csv` and `shop`. */
export async function addRegion(project: Layout, region: string, options: { hasToken?: boolean } = {}): Promise<void> {
  mkdirSync(project.sources(region), { recursive: true })
  const profile = readFileSync(join(shipped, 'region.yaml'), 'utf8')
  writeFileSync(project.regionFile(region), profile.replace(/^region: ng$/m, `region: ${region}`))
  const contract = readFileSync(join(shipped, 'sources', 'paystack_csv.yaml'), 'utf8')
  writeFileSync(join(project.sources(region), 'paystack_csv.yaml'), contract)
  writeFileSync(join(project.sources(region), 'shop.yaml'), contract.replaceAll(/paystack_csv/g, 'shop'))
  mkdirSync(project.landing(region), { recursive: true })
  if (options.hasToken !== false) await ensureRegionToken(project, region)
}

export const removeProject = ({ root }: Layout): void => rmSync(root, { recursive: true, force: true })
