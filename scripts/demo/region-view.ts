import { withRegion } from '../../operations/region-client.ts'
import type { Layout } from '../../project/layout.ts'
import type { Finding } from '../../warehouse/warehouse.types.ts'
import type { Total } from '../generate/tally.ts'
import type { DemoFile } from './files.ts'

/** What a region's warehouse holds, asked of the process that owns it. */
export interface RegionView {
  /** By SHA-256 of the file. */
  readonly files: ReadonlyMap<string, Pick<DemoFile, 'counts' | 'totals'>>
  readonly findings: readonly Finding[]
}

export const viewRegion = (layout: Layout, region: string): Promise<RegionView> =>
  withRegion(layout, region, async (access) => {
    const ledger = await access.query(ledgerSql)
    const sums = await access.query(totalsSql)
    const files = new Map(
      ledger.map(({ sha256, ...counts }) => [
        String(sha256),
        { counts: numbers(counts) as unknown as DemoFile['counts'], totals: {} as Record<string, Total> },
      ]),
    )
    for (const { sha256, currency, rows, ...money } of sums) {
      const { gross = '', fee = '', tax = '', net = '' } = money as Record<string, string>
      const file = files.get(String(sha256))
      if (file !== undefined) file.totals[String(currency)] = { rows: Number(rows), gross, fee, tax, net }
    }
    return { files, findings: await access.findings() }
  })

const ledgerSql = 'select sha256, "read", loaded, duplicate, rejected, ignored from ops.file'

/** Unknown fees are left out of the sums, as in expected.json. */
const totalsSql = `
  select f.sha256, t.currency, count(*) as rows,
    coalesce(sum(t.gross), 0) as gross, coalesce(sum(t.fee), 0) as fee, coalesce(sum(t.tax), 0) as tax,
    coalesce(sum(t.net), 0) as net
  from core.transaction t join ops.file f on f.id = t._file
  where t.counted
  group by all`

const numbers = (row: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)]))

/** How a file differs from what it must come to, in words; empty where it is equal. */
export function differences(expected: DemoFile, found: Pick<DemoFile, 'counts' | 'totals'> | undefined): string[] {
  if (found === undefined) return ['the warehouse does not know it']
  const counts = Object.entries(expected.counts).flatMap(([name, wanted]) => {
    const got = found.counts[name as keyof DemoFile['counts']]
    return got === wanted ? [] : [`${name} is ${got} and must be ${wanted}`]
  })
  const currencies = [...new Set([...Object.keys(expected.totals), ...Object.keys(found.totals)])]
  const totals = currencies.flatMap((currency) => {
    const wanted = describe(expected.totals[currency])
    const got = describe(found.totals[currency])
    return got === wanted ? [] : [`${currency} is ${got} and must be ${wanted}`]
  })
  return [...counts, ...totals]
}

const describe = (total: Total | undefined): string =>
  total === undefined
    ? 'nothing'
    : `${total.rows} rows, ${(['gross', 'fee', 'tax', 'net'] as const).map((name) => `${name} ${plain(total[name])}`).join(', ')}`

/** A decimal with two decimals, more only where they are not 0. */
export function plain(decimal: string): string {
  const [whole = '', fraction = ''] = decimal.split('.')
  return `${whole}.${fraction.replace(/0+$/, '').padEnd(2, '0')}`
}
