import { addCounts, type Counts, noCounts } from '../models/report.ts'
import type { FileReport, LandedFile, Warehouse } from '../warehouse/warehouse.types.ts'
import type { Beat } from './beat.ts'
import type { ActivityContext } from './context.ts'
import { readContract } from './contract-archive.ts'
import { faultOf } from './faults.ts'
import type { StagedFile, Unit, UnitReport } from './unit.ts'

export interface LoadOptions {
  /** Whether an earlier attempt may have loaded some of the files: they are counted by what became of them then. */
  readonly isRetry: boolean
}

/** Load a unit's staged files, each in one transaction, then remember where they lay. Running it twice changes nothing. */
export async function loadUnit(
  { layout, warehouse }: Pick<ActivityContext, 'layout' | 'warehouse'>,
  unit: Unit,
  staged: readonly StagedFile[],
  beat: Beat,
  { isRetry }: LoadOptions = { isRetry: false },
): Promise<UnitReport & { readonly reports: readonly FileReport[] }> {
  const total: UnitReport = { ...noCounts(), files: 0, bytes: 0, changedDates: 0 }
  const reports: FileReport[] = []
  for (const [i, { file, contractVersion }] of unit.files.entries()) {
    const result = staged[i]
    if (result === undefined) throw new Error(`${unit.region}/${unit.source}: file ${i} of the unit was not staged`)
    const contract = await readContract(layout, unit.region, contractVersion)
    const report = await warehouse.load(file, contract, whatWasStaged(result), beat.signal)
    reports.push(report)
    const isOwnWork = isRetry && report.outcome === 'unchanged' && !('known' in result && result.known === 'unchanged')
    const isCopy = 'known' in result || unit.files.slice(0, i).some((other) => other.file.sha256 === file.sha256)
    addCounts(total, isOwnWork ? await formerCounts(warehouse, report, isCopy) : report)
    total.files += 1
    total.bytes += file.sizeBytes
    // Dates changed by an attempt before this one still wait for their marts.
    total.changedDates += isOwnWork ? 1 : report.changedDates
    beat.progress({ rows: total.read, bytes: total.bytes })
  }
  await warehouse.rememberLanding(unit.files.flatMap(({ file, seen }) => (seen === null ? [] : [{ ...seen, file }])))
  return { ...total, reports }
}

/** A known file needs no staged result: `load` finds it known too and only records its name. */
function whatWasStaged(result: StagedFile) {
  if ('staged' in result) return result.staged
  return 'unreadable' in result ? faultOf(result.unreadable) : ''
}

/** What the attempt before this one has counted: bytes of another name were duplicates then too. */
async function formerCounts(warehouse: Warehouse, report: FileReport, isCopy: boolean): Promise<Counts> {
  if (isCopy) return { ...noCounts(), read: report.read, duplicate: report.read }
  return (await ledgerCounts(warehouse, report.file)) ?? report
}

/** What became of a file's records when it was loaded, as the ledger has it. */
async function ledgerCounts(warehouse: Warehouse, file: LandedFile): Promise<Counts | undefined> {
  const names = Object.keys(noCounts())
  const [row] = await warehouse.query(
    `select ${names.join(', ')} from ops.file where source = '${file.source.replaceAll("'", "''")}' and sha256 = '${file.sha256}'`,
  )
  if (row === undefined) return undefined
  return Object.fromEntries(names.map((name) => [name, Number(row[name])])) as unknown as Counts
}
