import { basename } from 'node:path'
import { batchUnits } from '../activities/batch-units.ts'
import type { Beat } from '../activities/beat.ts'
import type { ActivityContext } from '../activities/context.ts'
import { loadUnit } from '../activities/load.ts'
import { stageUnit } from '../activities/stage.ts'
import type { Contract } from '../contracts/contract.ts'
import { formatProblem } from '../contracts/language.ts'
import { missingParams, withParams } from '../contracts/params.ts'
import { Fault } from '../models/fault.ts'
import { nearest } from '../models/nearest.ts'
import type { Layout } from '../project/layout.ts'
import { verifySources } from '../project/regions.ts'
import { archiveContract, archiveFile } from '../warehouse/archive.ts'
import type { IngestReport, IngestRequest } from './region-access.ts'

/**
 * Take in one file now, without Temporal: archived, staged, loaded, its marts refreshed. Twice is once.
 *
 * @throws Fault where there is no such file, source or contract; a file that can not be read is held, and told so
 */
export async function ingestOne(context: ActivityContext, request: IngestRequest, beat: Beat): Promise<IngestReport> {
  const { layout, region, warehouse } = context
  const startedAt = performance.now()
  const contract = await chooseContract(layout, region, request)
  const { durable, sha256, sizeBytes, arrivedAt } = await archive(layout, region, request.path)
  await durable
  const name = request.name ?? basename(request.path)
  const file = { region, source: contract.source, sha256, name, sizeBytes, arrivedAt }
  const [unit] = batchUnits(region, [{ file, contractVersion: await archiveContract(layout, contract), seen: null }])
  if (unit === undefined) throw new Error('one file makes one unit')
  const staged = await stageUnit(context, unit, beat)
  const { reports, bytes: _, changedDates, ...counts } = await loadUnit(context, unit, staged, beat)
  const [fileReport] = reports
  if (fileReport === undefined) throw new Error('one file makes one report')
  if (changedDates > 0) await warehouse.refreshMarts(beat.signal)
  await warehouse.renewAnalystFile()
  const { openFindings: findings } = await warehouse.status()
  const seconds = (performance.now() - startedAt) / 1000
  return { report: { region, ...counts, findings, seconds }, file: fileReport }
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

async function archive(layout: Layout, region: string, path: string) {
  try {
    return await archiveFile(layout, region, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new Fault('file.not-found', `There is no file ${path}.`, 'Check the path; it is taken from where you stand.')
  }
}
