import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Layout, layout } from '../../project/layout.ts'

/** A project folder of its own with regions that have one source, `shop`, of CSV files. */
export function newProject(regions: readonly string[]): {
  layout: Layout
  land(region: string, name: string, text: string): void
  remove(): void
} {
  const root = mkdtempSync(join(tmpdir(), 'entrepot-project-'))
  const project = layout(root)
  const write = (path: string, text: string) => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  for (const region of regions) {
    write(project.regionFile(region), regionYaml(region))
    write(join(project.sources(region), 'shop.yaml'), shopYaml)
  }
  return {
    layout: project,
    land: (region, name, text) => write(join(project.landing(region), 'shop', name), text),
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

const regionYaml = (region: string) => `region: ${region}
name: Test
country: NG
zone: Africa/Lagos
currency: NGN
schedule: { cron: "5 6 * * *", catchup: 2h, jitter: 10s }
`

export const shopYaml = `source: shop
model: transaction
match: "shop/**/*.csv"
format: { type: csv }
key: [transaction_id]
mode: upsert
provider: paystack
fields:
  transaction_id: { from: Id }
  kind:           { value: sale }
  status:         { value: settled }
  occurred_at:    { from: At }
  currency:       { value: NGN }
  gross:          { from: Amount }
  fee:            { from: Fee }
  tax:            { value: "0" }
  creator_id:     { from: Creator }
`

/** Sales of one creator, 100 naira each with a fee of 1, numbered in [from, to). */
export function sales(from: number, to: number): string {
  const lines = ['Id,At,Amount,Fee,Creator']
  for (let n = from; n < to; n += 1) lines.push(`T${n},2026-07-01T10:00:00Z,100.00,1.00,c1`)
  return `${lines.join('\n')}\n`
}
