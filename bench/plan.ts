import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { gzipSync } from 'node:zlib'
import type { RegionPlan } from '../operations/plan-region.ts'
import { layout } from '../project/layout.ts'
import { packageRoot } from '../project/package-root.ts'
import { generateFile } from '../scripts/generate.ts'
import type { SourceChange } from '../warehouse/plan.types.ts'
import { type Outcome, outcomeBetween } from './plan-outcome.ts'
import { median } from './run-child.ts'
import { type Measured, runMeasured } from './run-measured.ts'

export interface PlanOptions {
  readonly rows: number
  /** In how many files they lie, one after the other; ids come again in later ones. */
  readonly files: number
  readonly isGzip: boolean
  readonly repeats: number
  readonly onLine: (line: string) => void
}

/** What `bench plan` ends with. */
export interface PlanResult {
  readonly rows: number
  readonly bytes: number
  readonly changes: readonly PlannedChange[]
  /** Of the slowest change. */
  readonly planSeconds: number
  /** The highest peak of any plan. */
  readonly rssMb: number
}

/** One change of one line of a contract, planned and applied. Medians; whole processes, start and end in it. */
export interface PlannedChange {
  readonly change: string
  readonly planSeconds: number
  /** Staging the same files alone under the changed contract. */
  readonly stageSeconds: number
  readonly ratio: number
  /** As the two before it, by the time that they had a processor. */
  readonly cpuRatio: number
  readonly planCpuSeconds: number
  /** A plan of what is staged: what `plan` takes the second time. */
  readonly againSeconds: number
  readonly applySeconds: number
  readonly rssMb: number
  /** Rows of core that come, change and leave. */
  readonly rows: number
}

/** Each takes the place of a text of the contract as it was written. */
const changes: readonly (readonly [change: string, from: string, to: string])[] = [
  ['one more word of a map', 'map: { success: settled', 'map: { "paid?": settled, success: settled'],
  ['a word of a map', 'failed: failed', 'failed: pending'],
  ['a unit', ', unit: minor', ''],
  ['a date format', '"DD/MM/YYYY', '"MM/DD/YYYY'],
  ['a zone', 'zone: Africa/Lagos', 'zone: Asia/Karachi'],
  ['a severity', 'fee <= gross", severity: reject', 'fee <= gross", severity: warn'],
  ['a check', 'checks:\n', 'checks:\n  - { name: small, sql: "gross < 50000", severity: reject }\n'],
  ['one more field', 'fields:\n', 'fields:\n  reference:            { from: Channel }\n'],
  ['a field left out', '  fee:                  { from: Fees }\n', ''],
  ['a provider', 'provider: paystack', 'provider: another'],
  ['the key', '{ from: Reference }', '{ from: [Reference, Currency] }'],
]

/**
 * Plan and apply changes of one line over loaded records, each from the contract as it was and back to it, every plan as
 * the first of its contract.
 *
 * @throws when a plan is not what applying it comes to, in records, rejects, rows, fields and money, to the last digit
 */
export async function benchPlan({ rows, files, isGzip, repeats, onLine }: PlanOptions): Promise<PlanResult> {
  const folder = mkdtempSync(join(tmpdir(), 'entrepot-bench-'))
  try {
    const { paths, bytes } = landed(join(folder, 'landed'), rows, files, isGzip)
    onLine(`${rows} rows, ${bytes} bytes, ${paths.length} files${isGzip ? ' of gzip' : ''}`)
    const bench = new Bench(folder, paths)
    await bench.entrepot('ingest', ...paths, '--source', source)
    const planned: PlannedChange[] = []
    for (const [change, from, to] of changes) {
      const found = { change, ...(await bench.planned(change, from, to, repeats)) }
      planned.push(found)
      onLine(JSON.stringify(found))
    }
    const worst = (of: (one: PlannedChange) => number) => Math.max(...planned.map(of))
    return {
      rows,
      bytes,
      changes: planned,
      planSeconds: worst((one) => one.planSeconds),
      rssMb: worst((one) => one.rssMb),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The same records whether in one file or in many, each with the header. */
function landed(folder: string, rows: number, files: number, isGzip: boolean) {
  const whole = join(folder, 'whole.csv')
  const { bytes } = generateFile({ path: whole, shape: 'paystack_csv', rows, seed: 1, singleLine: true })
  const [header = '', ...lines] = readFileSync(whole, 'latin1').split('\n')
  rmSync(whole)
  const size = Math.ceil(lines.length / files)
  const paths = Array.from({ length: files }, (_, i) => {
    const path = join(folder, `${String(i + 1).padStart(3, '0')}.csv${isGzip ? '.gz' : ''}`)
    const text = Buffer.from([header, ...lines.slice(i * size, (i + 1) * size), ''].join('\n'), 'latin1')
    writeFileSync(path, isGzip ? gzipSync(text) : text)
    return path
  })
  return { paths, bytes }
}

const [region, source] = ['ng', 'paystack_csv']

class Bench {
  readonly #folder: string
  readonly #project: string
  readonly #paths: readonly string[]
  readonly #contract: string
  readonly #yaml: string

  constructor(folder: string, paths: readonly string[]) {
    this.#folder = folder
    this.#paths = paths
    this.#project = join(folder, 'project')
    cpSync(join(packageRoot, 'regions', region), join(this.#project, 'regions', region), { recursive: true })
    this.#contract = join(layout(this.#project).sources(region), `${source}.yaml`)
    this.#yaml = readFileSync(this.#contract, 'utf8')
  }

  entrepot(...args: readonly string[]): Promise<Measured> {
    return runMeasured(this.#folder, 'cli/main.js', [...args, '--region', region, '--project', this.#project, '--json'])
  }

  async planned(change: string, from: string, to: string, repeats: number): Promise<Omit<PlannedChange, 'change'>> {
    const text = this.#yaml.replace(from, to)
    if (text === this.#yaml) throw new Error(`the contract has no ${JSON.stringify(from)}`)
    writeFileSync(this.#contract, text)
    const plans: Measured[] = []
    const stages: Measured[] = []
    const kept = this.#staged()
    for (let nth = 0; nth < repeats; nth++) {
      for (const name of this.#staged()) if (!kept.includes(name)) rmSync(name, { recursive: true })
      plans.push(await this.entrepot('plan'))
      stages.push(await this.#stage())
    }
    const again = await this.entrepot('plan')
    const { said, seconds: applySeconds } = await this.#apply(change)
    writeFileSync(this.#contract, this.#yaml)
    await this.#apply(`${change}, and back`)
    for (const name of this.#staged()) if (!kept.includes(name)) rmSync(name, { recursive: true })
    const seconds = (of: readonly Measured[]) => median(of.map((one) => one.seconds))
    const cpuSeconds = (of: readonly Measured[]) => median(of.map((one) => one.cpuSeconds))
    return {
      planSeconds: seconds(plans),
      stageSeconds: seconds(stages),
      ratio: seconds(plans) / seconds(stages),
      cpuRatio: cpuSeconds(plans) / cpuSeconds(stages),
      planCpuSeconds: cpuSeconds(plans),
      againSeconds: again.seconds,
      applySeconds,
      rssMb: Math.max(...plans.map((one) => one.rssMb)),
      rows: said.rows.added + said.rows.changed + said.rows.removed,
    }
  }

  async #stage(): Promise<Measured> {
    const out = join(this.#folder, 'staged')
    try {
      mkdirSync(out)
      return await runMeasured(this.#folder, 'bench/stage-files.js', [this.#project, out, ...this.#paths])
    } finally {
      rmSync(out, { recursive: true, force: true })
    }
  }

  /** Apply the contract as it is now, and hold what its plan says against what the warehouse was and is. */
  async #apply(change: string): Promise<{ said: SourceChange; seconds: number }> {
    const warehouse = layout(this.#project).warehouse(region)
    const before = join(this.#folder, 'before.duckdb')
    copyFileSync(warehouse, before)
    const { stdout, seconds } = await this.entrepot('apply')
    const { regions } = JSON.parse(stdout) as { regions: { plan: RegionPlan }[] }
    const said = regions[0]?.plan.sources[0]
    if (said === undefined) throw new Error(`${change}: the plan says nothing`)
    const found = await outcomeBetween(before, warehouse, source)
    for (const name of Object.keys(found) as (keyof Outcome)[])
      if (!isDeepStrictEqual(said[name], found[name]))
        throw new Error(
          `${change}: ${name} planned ${JSON.stringify(said[name])}, came to ${JSON.stringify(found[name])}`,
        )
    return { said, seconds }
  }

  #staged(): string[] {
    const folder = layout(this.#project).staged(region)
    return readdirSync(folder).map((name) => join(folder, name))
  }
}
