// What `bench plan` runs in a process of its own: `node dist/bench/plan-changes.js PROJECT FILE`, region ng, source paystack_csv.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { chooseContract } from '../operations/ingest-one.ts'
import { openRegionHere } from '../operations/open-region.ts'
import { layout } from '../project/layout.ts'
import { stage } from '../stage/stage.ts'
import { defaultLimits } from '../stage/staged.ts'
import { peakRssMb } from './outcome.ts'
import type { PlannedChange } from './plan.ts'
import { median } from './run-child.ts'

const [project, path] = process.argv.slice(2) as [string, string]
const [region, source] = ['ng', 'paystack_csv']
const place = layout(project)
const contractPath = join(place.sources(region), `${source}.yaml`)
const yaml = readFileSync(contractPath, 'utf8')

/** Each takes the place of a text of the contract as it was written. */
const changes: readonly (readonly [change: string, from: string, to: string])[] = [
  ['a word of a map', 'failed: failed', 'failed: pending'],
  ['a check', 'checks:\n', 'checks:\n  - { name: small, sql: "gross < 50000", severity: reject }\n'],
  ['a zone', 'zone: Africa/Lagos', 'zone: Asia/Karachi'],
  ['a unit', ', unit: minor', ''],
  ['a field left out', '  fee:                  { from: Fees }\n', ''],
  ['the key', '{ from: Reference }', '{ from: [Reference, Currency] }'],
]

const open = await openRegionHere(place, region, { info() {}, warn: console.error, error: console.error })
const seconds = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
  const began = performance.now()
  const result = await work()
  return [result, (performance.now() - began) / 1000]
}

/** Money of core by day, as a plan tells it. */
const days = async () =>
  open.access.query(
    `select local_date, currency, count(*)::integer as rows, sum(gross) as gross, sum(fee) as fee, sum(tax) as tax, sum(net) as net
     from core.transaction where source = '${source}' and counted group by all order by all`,
    { maxRows: 1_000_000 },
  )

type Day = Awaited<ReturnType<typeof days>>[number]

/** Days that differ, with both sides in the digits of a plan. */
function differing(before: readonly Day[], after: readonly Day[]) {
  const key = (day: Day) => `${day.currency} ${day.local_date}`
  const text = (sum: unknown) =>
    sum === null || sum === undefined ? null : String(sum).replace(/(\.\d\d\d*?)0*$/, '$1')
  const sums = (day: Day | undefined) => ({
    ...{ rows: Number(day?.rows ?? 0), gross: text(day?.gross), fee: text(day?.fee) },
    ...{ tax: text(day?.tax), net: text(day?.net) },
  })
  const [was, is] = [new Map(before.map((day) => [key(day), day])), new Map(after.map((day) => [key(day), day]))]
  return [...new Set([...was.keys(), ...is.keys()])]
    .sort()
    .map((at) => ({ at, before: sums(was.get(at)), after: sums(is.get(at)) }))
    .filter(({ before: one, after: other }) => !isDeepStrictEqual(one, other))
}

await open.access.ingest({ path, source })
const stages: number[] = []
const planned: PlannedChange[] = []
for (const [change, from, to] of changes) {
  const text = yaml.replace(from, to)
  if (text === yaml) throw new Error(`the contract has no ${JSON.stringify(from)}`)
  writeFileSync(contractPath, text)
  const contract = await chooseContract(place, region, { source })
  const outDir = join(project, `staged-${stages.length}`)
  stages.push((await seconds(() => stage({ path, contract, outDir, limits: defaultLimits })))[1])
  const before = await days()
  const [{ sources }, planSeconds] = await seconds(() => open.access.plan({}))
  const [said] = sources
  if (said === undefined) throw new Error(`${change}: the plan says nothing`)
  const [, applySeconds] = await seconds(() => open.access.apply({}))
  const found = differing(before, await days())
  const predicted = said.money.days.map((day) => ({
    ...{ at: `${day.currency} ${day.localDate}`, before: day.before, after: day.after },
  }))
  if (!isDeepStrictEqual(predicted, found))
    throw new Error(
      `${change}: planned ${JSON.stringify(predicted.slice(0, 2))}, came to ${JSON.stringify(found.slice(0, 2))}`,
    )
  const { added, changed, removed } = said.rows
  planned.push({ change, planSeconds, applySeconds, rows: added + changed + removed })
  if (process.env.ENTREPOT_BENCH_STEPS) console.error(JSON.stringify(planned.at(-1)), stages.at(-1))
}
const rssMb = peakRssMb()
await open.close()
console.log(JSON.stringify({ stageSeconds: median(stages), changes: planned, rssMb }))
process.exit(0)
