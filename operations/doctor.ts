import { statfsSync } from 'node:fs'
import { DuckDBInstance, version as duckdbVersion } from '@duckdb/node-api'
import { formatProblem } from '../contracts/problem.ts'
import { Fault } from '../models/fault.ts'
import type { Layout } from '../project/layout.ts'
import { listRegions, verifySources } from '../project/regions.ts'
import { loadSettings } from '../project/settings.ts'
import { bridgeMode } from '../stage/self-test.ts'
import { withRegion } from './region-client.ts'
import { provisionTemporal } from './temporal-server.ts'

/** One thing that was looked at. */
export interface DoctorCheck {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
  /** What to do; empty where all is well. */
  readonly fix: string
}

const leastFreeBytes = 1e9

/** Look at everything that Entrepot needs; every check runs, whatever the ones before it found. */
export async function doctor(layout: Layout): Promise<readonly DoctorCheck[]> {
  const checks: DoctorCheck[] = []
  const check = async (name: string, look: () => Promise<string> | string) => {
    try {
      checks.push({ name, ok: true, detail: await look(), fix: '' })
    } catch (error) {
      const { message, fix } = error instanceof Fault ? error : { message: (error as Error).message, fix: '' }
      checks.push({ name, ok: false, detail: message, fix })
    }
  }
  await check('node', node)
  await check('duckdb', duckdb)
  await check('disk', () => disk(layout))
  await check('settings', () => {
    loadSettings(layout)
    return 'valid'
  })
  await check(
    'temporal',
    () => process.env.TEMPORAL_ADDRESS ?? loadSettings(layout).temporal.address ?? provisionTemporal(() => {}),
  )
  for (const region of listRegions(layout)) {
    await check(`${region} contracts`, () => contracts(layout, region))
    await check(`${region} warehouse`, () => warehouse(layout, region))
  }
  return checks
}

function node(): string {
  const [major = 0] = process.versions.node.split('.').map(Number)
  if (major >= 20) return process.version
  throw new Fault('node.too-old', `Node ${process.version} is too old.`, 'Install Node 20, 22 or 24.')
}

async function duckdb(): Promise<string> {
  const instances: DuckDBInstance[] = []
  try {
    const mode = await bridgeMode(async () => {
      const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
      instances.push(instance)
      return instance.connect()
    })
    return `${duckdbVersion()}, Arrow batches enter ${mode === 'address' ? 'without copies' : 'value by value (slower)'}`
  } finally {
    for (const instance of instances) instance.closeSync()
  }
}

function disk(layout: Layout): string {
  const { bavail, bsize } = statfsSync(layout.root)
  const free = bavail * bsize
  const detail = `${(free / 1e9).toFixed(1)} GB free`
  if (free >= leastFreeBytes) return detail
  throw new Fault(
    'disk.low',
    `${detail} where the project is.`,
    'Free some space: a load needs three times its staged file.',
  )
}

async function contracts(layout: Layout, region: string): Promise<string> {
  const { contracts: valid, broken } = await verifySources(layout, region)
  if (broken.length === 0) return `${valid.length} valid`
  throw new Fault(
    'contract.invalid',
    broken.map(({ errors }) => formatProblem(errors)).join('\n'),
    'Mend the lines named; the other sources go on.',
  )
}

const warehouse = (layout: Layout, region: string): Promise<string> =>
  withRegion(layout, region, async (access) => {
    const { files, rows, openFindings, pendingPublications } = await access.status()
    return `${files} files, ${rows} rows, ${openFindings} findings, ${pendingPublications} publications wait`
  })
