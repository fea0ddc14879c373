import { type Cell, count, table } from '../../cli/output.ts'
import type { Finding } from '../../warehouse/warehouse.types.ts'
import type { DemoFile } from './files.ts'
import { differences, plain, type RegionView } from './region-view.ts'

export type Rows = readonly Readonly<Record<string, unknown>>[]

/** How many findings of a region are told in full. */
const toldFindings = 8

/** A line a file and currency; and how many files are not what they must be. */
export function filesSection(
  files: readonly DemoFile[],
  views: ReadonlyMap<string, RegionView>,
): { text: string; unequal: number } {
  const said = files.map((file) => ({ file, wrong: differences(file, views.get(file.region)?.files.get(file.sha256)) }))
  const rows = said.flatMap(({ file, wrong }): Cell[][] => {
    const { region, name, counts, totals } = file
    const against = file.from === 'sample' ? 'expected.json' : "the generator's count"
    const verdict = wrong.length === 0 ? `equal to ${against}` : `NOT EQUAL to ${against}: ${wrong.join('; ')}`
    const sums = Object.entries(totals).map(([code, t]) => `${code} ${grouped(t.gross)}`)
    return [[region, name, counts.read, counts.loaded, counts.rejected, verdict, sums.join(', ')]]
  })
  return {
    text: table(['region', 'file', 'read', 'loaded', 'rejected', 'compared', 'gross of counted rows'], rows),
    unequal: said.filter(({ wrong }) => wrong.length > 0).length,
  }
}

/** Each region's findings with an example; those with most rows first, the rest counted. */
export function findingsSection(views: ReadonlyMap<string, RegionView>): string {
  return [...views].map(([region, { findings }]) => ofRegion(region, findings)).join('\n\n')
}

function ofRegion(region: string, findings: readonly Finding[]): string {
  const rowsOf = (list: readonly Finding[]) => list.reduce((sum, { rows }) => sum + rows, 0)
  const byRows = [...findings].sort((a, b) => b.rows - a.rows)
  const told = byRows.slice(0, toldFindings)
  const rest = byRows.slice(toldFindings)
  const lines = told.flatMap(({ id, source, code, rows, example }) => [
    `  ${id}  ${source}  ${code}  ${count(rows)} ${rows === 1 ? 'row' : 'rows'}`,
    ...(example === null ? [] : [`      ${example.file}${example.line === null ? '' : ` line ${example.line}`}`]),
    ...(example === null || example.raw === null ? [] : [`      ${oneLine(example.raw)}`]),
  ])
  const more = rest.length === 0 ? [] : [`  … and ${rest.length} findings more with ${count(rowsOf(rest))} rows`]
  return [`${region}: ${findings.length} findings with ${count(rowsOf(findings))} rows`, ...lines, ...more].join('\n')
}

const oneLine = (raw: string): string => {
  const line = raw.replace(/\s*[\r\n]+\s*/g, ' ⏎ ').replace(/\t/g, ' → ')
  return line.length > 110 ? `${line.slice(0, 109)}…` : line
}

export const centreSql = `
  select d.region, d.currency, count(distinct d.local_date) as days, any_value(c.creators) as creators,
    sum(d.sales) as sales, sum(d.sales_gross) as sales_gross, sum(d.refunds_gross) as refunds_gross, sum(d.fee) as fee,
    sum(d.net) as net, any_value(f.as_of) as as_of
  from central.region_daily d
  left join (
    select region, currency, count(distinct creator_id) as creators from central.creator_daily group by all
  ) c on c.region = d.region and c.currency = d.currency
  left join central.freshness f on f.region = d.region
  group by d.region, d.currency order by d.region, d.currency`

export const centreSection = (rows: Rows): string =>
  table(
    ['region', 'currency', 'days', 'creators', 'sales', 'sales gross', 'refunds', 'fees', 'net', 'as of'],
    rows.map((r) => [
      text(r.region),
      text(r.currency),
      Number(r.days),
      Number(r.creators),
      Number(r.sales),
      money(r.sales_gross),
      money(r.refunds_gross),
      money(r.fee),
      money(r.net),
      text(r.as_of),
    ]),
  )

/** Sums that the two marts must agree on; no rows means they do. */
export const disagreementSql = `
  select region, currency, d.sales as region_sales, c.sales as creator_sales
  from (select region, currency, sum(sales) as sales, sum(sales_gross) as gross, sum(net) as net
        from central.region_daily group by all) d
  full join (select region, currency, sum(sales) as sales, sum(sales_gross) as gross, sum(net) as net
        from central.creator_daily group by all) c using (region, currency)
  where d.sales is distinct from c.sales or d.gross is distinct from c.gross or d.net is distinct from c.net`

export const railsSql = `
  select rail, region, currency, sum(sales) as sales, sum(gross) as gross, sum(fee_known) as fee_known,
    sum(gross_with_known_fee) as gross_with_known_fee,
    round(100 * sum(fee_known)::double / nullif(sum(gross_with_known_fee), 0)::double, 2)::decimal(9, 2) as percent,
    sum(sales_without_known_fee) as without, sum(gross_without_known_fee) as gross_without
  from central.rail_fees
  group by rail, region, currency order by rail, region, currency`

export const railsSection = (rows: Rows): string =>
  table(
    [
      'rail',
      'region',
      'currency',
      'sales',
      'gross',
      'fees known',
      'of gross',
      'share',
      'sales of unknown fee',
      'their gross',
    ],
    rows.map((r) => [
      text(r.rail).replace('_', '-'),
      text(r.region),
      text(r.currency),
      Number(r.sales),
      money(r.gross),
      money(r.fee_known),
      money(r.gross_with_known_fee),
      r.percent === null ? 'unknown' : `${r.percent} %`,
      Number(r.without),
      money(r.gross_without),
    ]),
  )

const text = (value: unknown): string => (value === null || value === undefined ? '' : String(value))

const money = (value: unknown): string => (value === null || value === undefined ? '' : grouped(String(value)))

/** 1234567.500000000 -> 1,234,567.50 */
function grouped(decimal: string): string {
  const [whole = '', fraction = ''] = plain(decimal).split('.')
  return `${whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')}.${fraction}`
}
