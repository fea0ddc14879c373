import { basename } from 'node:path'
import { batchUnits } from '../activities/batch-units.ts'
import type { Beat } from '../activities/beat.ts'
import type { ActivityContext } from '../activities/context.ts'
import { archiveEntry } from '../activities/landed-files.ts'
import { loadUnit } from '../activities/load.ts'
import { stageUnit } from '../activities/stage.ts'
import type { UnitFile } from '../activities/unit.ts'
import type { Contract } from '../contracts/contract.ts'
import { formatProblem } from '../contracts/language.ts'
import { missingParams, withParams } from '../contracts/params.ts'
import { Fault } from '../models/fault.ts'
import { nearest } from '../models/nearest.ts'
import { addCounts, noCounts, type RegionReport } from '../models/report.ts'
import type { Layout } from '../project/layout.ts'
import { verifySources } from '../project/regions.ts'
import { loadSettings } from '../project/settings.ts'
import { entriesIn } from '../readers/source/bytes.ts'
import { type Archived, archiveContract, archiveFile } from '../warehouse/archive.ts'
import type { FileReport } from '../warehouse/warehouse.types.ts'
import type { IngestReport, IngestRequest } from './region-access.ts'

/**
 * Take in one file now, without Temporal: archived, staged, loaded, its marts refreshed. Twice is once. The files of a
 * ZIP with several are taken in one by one, under one contract.
 *
 * @throws Fault where there is no such file, source or contract, or where a file of a ZIP does not unpack; a file that
 * can not be read is held, and told so
 */
export async function ingestOne(context: ActivityContext, request: IngestRequest, beat: Beat): Promise<IngestReport> {
  const { layout, region, warehouse } = context
  const startedAt = performance.now()
  const contract = await chooseContract(layout, region, request)
  const version = await archiveContract(layout, contract)
  const files: UnitFile[] = []
  for (const { name, archived } of await archiveAll(layout, region, request)) {
    const { durable, sha256, sizeBytes, arrivedAt } = archived
    await durable
    const file = { region, source: contract.source, sha256, name, sizeBytes, arrivedAt }
    files.push({ file, contractVersion: version, seen: null })
  }
  const report: RegionReport = { region, files: 0, ...noCounts(), findings: 0, seconds: 0 }
  const done: FileReport[] = []
  let changedDates = 0
  for (const unit of batchUnits(region, files)) {
    const loaded = await loadUnit(context, unit, await stageUnit(context, unit, beat), beat)
    addCounts(report, loaded)
    report.files += loaded.files
    changedDates += loaded.changedDates
    done.push(...loaded.reports)
  }
  if (changedDates > 0) await warehouse.refreshMarts(beat.signal)
  await warehouse.renewAnalystFile()
  report.findings = (await warehouse.status()).openFindings
  report.seconds = (performance.now() - startedAt) / 1000
  return { report, files: done }
}

/**
 * A source's contract, with the params a person gave.
 *
 * @throws Fault "source.unknown", "contract.invalid", "contract.unknown-param", "contract.missing-param"
 */
export async function chooseContract(
  layout: Layout,
  region: string,
  { source, params = {} }: Pick<IngestRequest, 'source' | 'params'>,
): Promise<Contract> {
  const { contracts, broken } = await verifySources(layout, region, source)
  const wrong = broken.find((other) => other.source === source)
  if (wrong !== undefined)
    throw new Fault('contract.invalid', formatProblem(wrong.errors), `Mend ${wrong.file}, then try again.`)
  const found = contracts.find((other) => other.source === source)
  if (found === undefined) {
    const names = contracts.map((other) => other.source)
    const near = nearest(source, names)
    throw new Fault(
      'source.unknown',
      `Region ${region} has no source ${JSON.stringify(source)}.${near === null ? '' : ` Did you mean ${JSON.stringify(near)}?`}`,
      `Use one of ${names.join(', ')}, or write regions/${region}/sources/${source}.yaml.`,
    )
  }
  const contract = withParams(found, params)
  const [missing] = missingParams(contract)
  if (missing === undefined) return contract
  throw new Fault(
    'contract.missing-param',
    `The contract ${region}/${source} needs ${missing}, which nothing gives.`,
    `Add --param ${missing}=…, or set params.${source}.${missing} in regions/${region}/region.yaml.`,
  )
}

/** The file, or every file of a ZIP with several: all of them, or none. */
async function archiveAll(
  layout: Layout,
  region: string,
  { path, name = basename(path) }: IngestRequest,
): Promise<{ name: string; archived: Archived }[]> {
  try {
    const { limits } = loadSettings(layout)
    const entries = await entriesIn(path, limits)
    if (entries === null) return [{ name, archived: await archiveFile(layout, region, path) }]
    const all: { name: string; archived: Archived }[] = []
    for (const entry of entries)
      all.push({ name: `${name}/${entry}`, archived: await archiveEntry(layout, region, path, entry, limits) })
    return all
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new Fault('file.not-found', `There is no file ${path}.`, 'Check the path; it is taken from where you stand.')
  }
}
