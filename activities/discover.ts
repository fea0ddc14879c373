import type { Contract } from '../contracts/contract.ts'
import { contractVersion } from '../contracts/version.ts'
import { Fault } from '../models/fault.ts'
import { addCounts, noCounts } from '../models/report.ts'
import { matchSource, type SourceMatch, verifySources } from '../project/regions.ts'
import { loadSettings } from '../project/settings.ts'
import type { Limits } from '../stage/staged.ts'
import { archiveContract } from '../warehouse/archive.ts'
import type { LandedFile, SeenLanding } from '../warehouse/warehouse.types.ts'
import { batchUnits } from './batch-units.ts'
import type { Beat } from './beat.ts'
import type { ActivityContext } from './context.ts'
import { archivePart, type LandedPart, partsOf } from './landed-files.ts'
import { type Landing, walkLanding } from './landing.ts'
import { LandingFindings, landingCodes } from './landing-findings.ts'
import { type LedgerLine, ledgerBySeen } from './ledger-by-seen.ts'
import type { Discovered, UnitFile } from './unit.ts'
import { Unpackable } from './unpackable.ts'

/** Files that one call archives at most: what it returns crosses Temporal. */
const maxFiles = 500

/**
 * What of a region's landing zone is new: walked, matched to contracts, archived by content. What was seen with the
 * same size and times is not read again, unless it or some of its records are held and its contract has changed since.
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

  const { limits } = loadSettings(layout)
  const skipped = new Set(skip)
  const unchanged = { files: 0, ...noCounts() }
  const files: UnitFile[] = []
  let hasMore = false
  let bytes = 0
  const count = (line: LedgerLine) => {
    unchanged.files += 1
    addCounts(unchanged, line.counts)
  }
  const known = ({ name, landing }: LandedPart): LedgerLine | undefined => {
    const former = seen.get(name)
    return former !== undefined && isSame(former, landing) ? ledger.get(name) : undefined
  }
  const take = async (part: LandedPart): Promise<void> => {
    if (skipped.has(part.name)) return
    const line = known(part)
    if (line?.waits === false) return count(line)
    const contract = findings.choose(part.name, matchPart(contracts, part))
    if (contract === undefined) return
    if (line !== undefined && line.contractVersion === contractVersion(contract)) return count(line)
    if (files.length === maxFiles) {
      hasMore = true
      return // the rest is only counted
    }
    const file = await archive(context, part, contract, findings, limits)
    if (file === undefined) return
    files.push({ file, contractVersion: await archiveContract(layout, contract), seen: seenOf(part) })
    bytes += file.sizeBytes
    beat.progress({ rows: 0, bytes })
    beat.signal.throwIfAborted()
  }
  for (const landing of walk.files) {
    const whole = { landing, name: landing.name, entry: null }
    const line = known(whole)
    const isDone = skipped.has(landing.name) || line?.waits === false
    for (const part of isDone ? [whole] : claimed(contracts, await partsOf(landing, limits))) await take(part)
  }
  if (!hasMore) await findings.settle(warehouse)
  return { units: batchUnits(region, files), unchanged, hasMore }
}

/** The contract that an entry's own path finds, else that of the ZIP it is in. */
const matchPart = (contracts: readonly Contract[], { name, landing }: LandedPart): SourceMatch | undefined =>
  matchSource(contracts, name) ?? matchSource(contracts, landing.name)

/** The parts of a ZIP; where no contract wants one of them, the ZIP itself: it waits as one file. */
function claimed(contracts: readonly Contract[], parts: readonly LandedPart[]): readonly LandedPart[] {
  const [first] = parts
  if (first === undefined || parts.some((part) => matchPart(contracts, part) !== undefined)) return parts
  return [{ landing: first.landing, name: first.landing.name, entry: null }]
}

/** What did not unpack is not tried again at each look. */
const unpackable = new Unpackable()

/** Undefined when it can not be read now: a finding, or only the log where it is still being written. */
async function archive(
  { layout, region, log }: Pick<ActivityContext, 'layout' | 'region' | 'log'>,
  part: LandedPart,
  { source }: Contract,
  findings: LandingFindings,
  limits: Limits,
): Promise<LandedFile | undefined> {
  const { name, entry } = part
  try {
    const former = entry === null ? undefined : unpackable.why(region, part, limits)
    if (former !== undefined) throw former
    const archived = await archivePart(layout, region, part, limits)
    await archived.durable
    const { sha256, sizeBytes, arrivedAt } = archived
    return { region, source, sha256, name, sizeBytes, arrivedAt }
  } catch (error) {
    if (error instanceof Fault && error.code === 'file.changing') log.info({ file: name }, error.message)
    else if (error instanceof Fault && entry !== null && !landingCodes.includes(error.code)) {
      unpackable.note(region, part, limits, error)
      findings.add('landing.unreadable', name, `${name} can not be unpacked: ${error.message.replace(/\.$/, '')}`)
    } else if (error instanceof Fault) findings.add(error.code, name, error.message)
    else if (isGone(error)) log.info({ file: name }, 'taken away while it was read')
    else if (isForbidden(error)) findings.add('landing.unreadable', name, (error as Error).message)
    else throw error
    return undefined
  }
}

const isSame = (former: SeenLanding, { sizeBytes, mtimeNs, ctimeNs }: Landing): boolean =>
  former.sizeBytes === sizeBytes && former.mtimeNs === mtimeNs && former.ctimeNs === ctimeNs

const seenOf = ({ name, landing: { sizeBytes, mtimeNs, ctimeNs } }: LandedPart) => ({
  ...{ path: name, sizeBytes, mtimeNs, ctimeNs },
})

const isGone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

const isForbidden = (error: unknown): boolean =>
  ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')
