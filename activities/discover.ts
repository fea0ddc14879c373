import type { Contract } from '../contracts/contract.ts'
import { contractVersion } from '../contracts/version.ts'
import { Fault } from '../models/fault.ts'
import { addCounts, noCounts } from '../models/report.ts'
import { matchSource, verifySources } from '../project/regions.ts'
import { archiveContract, archiveFile } from '../warehouse/archive.ts'
import type { LandedFile, SeenLanding } from '../warehouse/warehouse.types.ts'
import { batchUnits } from './batch-units.ts'
import type { Beat } from './beat.ts'
import type { ActivityContext } from './context.ts'
import { type Landing, walkLanding } from './landing.ts'
import { LandingFindings } from './landing-findings.ts'
import { ledgerBySeen } from './ledger-by-seen.ts'
import type { Discovered, UnitFile } from './unit.ts'

/** Files that one call archives at most: what it returns crosses Temporal. */
const maxFiles = 500

/**
 * What of a region's landing zone is new: walked, matched to contracts, archived by content. What was seen with the
 * same size and times is not read again, unless it is held and its contract has changed since.
 *
 * What can not be taken in becomes a finding, and the finding is closed when its cause is gone.
 */
export async function discoverLandings(
  context: Pick<ActivityContext, 'layout' | 'region' | 'warehouse' | 'log'>,
  skip: readonly string[],
  beat: Beat,
): Promise<Discovered> {
  const { layout, region, warehouse } = context
  const { contracts, broken } = await verifySources(layout, region)
  const walk = await walkLanding(layout.landing(region), beat.signal)
  const seen = await warehouse.seenLandings()
  const ledger = await ledgerBySeen(warehouse)
  const findings = new LandingFindings(broken)
  for (const { name, message } of walk.problems) findings.add('landing.unreadable', name, `${name} ${message}`)

  const skipped = new Set(skip)
  const unchanged = { files: 0, ...noCounts() }
  const files: UnitFile[] = []
  let hasMore = false
  let bytes = 0
  for (const landing of walk.files) {
    if (skipped.has(landing.name)) continue
    const former = seen.get(landing.name)
    const line = former !== undefined && isSame(former, landing) ? ledger.get(landing.name) : undefined
    if (line !== undefined && line.outcome !== 'held') {
      unchanged.files += 1
      addCounts(unchanged, line.counts)
      continue
    }
    const contract = findings.choose(landing.name, matchSource(contracts, landing.name))
    if (contract === undefined) continue
    if (line !== undefined && line.contractVersion === contractVersion(contract)) {
      unchanged.files += 1
      addCounts(unchanged, line.counts)
      continue
    }
    if (files.length === maxFiles) {
      hasMore = true
      continue // the rest is only counted
    }
    const file = await archive(context, landing, contract, findings)
    if (file === undefined) continue
    files.push({ file, contractVersion: await archiveContract(layout, contract), seen: seenOf(landing) })
    bytes += landing.sizeBytes
    beat.progress({ rows: 0, bytes })
    beat.signal.throwIfAborted()
  }
  if (!hasMore) await findings.settle(warehouse)
  return { units: batchUnits(region, files), unchanged, hasMore }
}

/** Undefined when it can not be read now: a finding, or only the log where it is still being written. */
async function archive(
  { layout, region, log }: Pick<ActivityContext, 'layout' | 'region' | 'log'>,
  landing: Landing,
  { source }: Contract,
  findings: LandingFindings,
): Promise<LandedFile | undefined> {
  try {
    const archived = await archiveFile(layout, region, landing.path, layout.landing(region))
    await archived.durable
    const { sha256, sizeBytes, arrivedAt } = archived
    return { region, source, sha256, name: landing.name, sizeBytes, arrivedAt }
  } catch (error) {
    if (error instanceof Fault && error.code === 'file.changing') log.info({ file: landing.name }, error.message)
    else if (error instanceof Fault) findings.add(error.code, landing.name, error.message)
    else if (isGone(error)) log.info({ file: landing.name }, 'taken away while it was read')
    else if (isForbidden(error)) findings.add('landing.unreadable', landing.name, (error as Error).message)
    else throw error
    return undefined
  }
}

const isSame = (former: SeenLanding, { sizeBytes, mtimeNs, ctimeNs }: Landing): boolean =>
  former.sizeBytes === sizeBytes && former.mtimeNs === mtimeNs && former.ctimeNs === ctimeNs

const seenOf = ({ name, sizeBytes, mtimeNs, ctimeNs }: Landing) => ({ path: name, sizeBytes, mtimeNs, ctimeNs })

const isGone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

const isForbidden = (error: unknown): boolean =>
  ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')
