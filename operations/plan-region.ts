import type { Beat } from '../activities/beat.ts'
import type { ActivityContext } from '../activities/context.ts'
import { type JudgedBefore, judgedBefore, type LeftFile, removeDrafts, stageAnew } from '../activities/judged-before.ts'
import type { Problem } from '../activities/unit.ts'
import { formatProblem } from '../contracts/language.ts'
import { Fault } from '../models/fault.ts'
import { nearest } from '../models/nearest.ts'
import { verifySources } from '../project/regions.ts'
import type { SourceChange } from '../warehouse/plan.types.ts'

/** What of a region is meant: one source, or all of them. */
export interface ChangeRequest {
  readonly source?: string
}

/** What the contracts of today would change in a region. Plain JSON. */
export interface RegionPlan {
  readonly region: string
  /** Only sources of which files were judged by another contract. */
  readonly sources: readonly SourceChange[]
  /** Files that no contract of today can judge. */
  readonly left: readonly LeftFile[]
  /** Contracts that can not be used: their sources are not looked at. */
  readonly problems: readonly (Problem & { readonly source: string })[]
}

/**
 * Compare the contracts of a region as they are now with what is loaded. Nothing is changed but a cache: what is staged
 * for it is what applying it takes.
 *
 * @throws Fault "source.unknown"
 */
export async function planRegion(context: ActivityContext, request: ChangeRequest, beat: Beat): Promise<RegionPlan> {
  const { region, warehouse } = context
  const { bySource, left, problems } = await whatIsJudgedBefore(context, request)
  const sources: SourceChange[] = []
  for (const [source, files] of bySource)
    if (files.length > 0) {
      sources.push(await warehouse.plan(source, await stageAnew(context, files, beat)))
      await removeDrafts(context, files)
    }
  return { region, sources, left, problems }
}

export interface JudgedBySource {
  readonly bySource: ReadonlyMap<string, readonly JudgedBefore[]>
  readonly left: readonly LeftFile[]
  readonly problems: RegionPlan['problems']
}

/** The files that other contracts have judged, by source. */
export async function whatIsJudgedBefore(
  context: Pick<ActivityContext, 'layout' | 'region' | 'warehouse'>,
  { source: only }: ChangeRequest,
): Promise<JudgedBySource> {
  const { layout, region, warehouse } = context
  const { contracts, broken } = await verifySources(layout, region, only)
  const loaded = await warehouse.query('select distinct source from ops.file order by source')
  const names = loaded.map(({ source }) => String(source))
  const known = [
    ...new Set([...names, ...contracts.map(({ source }) => source), ...broken.map(({ source }) => source)]),
  ]
  if (only !== undefined && !known.includes(only)) throw unknownSource(region, only, known)
  const isMeant = (source: string) => only === undefined || only === source
  const wrong = broken.filter(({ source }) => isMeant(source))
  const bySource = new Map<string, readonly JudgedBefore[]>()
  const left: LeftFile[] = []
  for (const source of names.filter(isMeant)) {
    if (wrong.some((other) => other.source === source)) continue
    const found = await judgedBefore(context, contracts, source)
    bySource.set(source, found.files)
    left.push(...found.left)
  }
  const problems = wrong.map(({ source, file, errors }) => ({
    ...{ source, code: 'contract.invalid', message: formatProblem(errors), fix: `Mend ${file}, then try again.` },
  }))
  return { bySource, left, problems }
}

function unknownSource(region: string, source: string, known: readonly string[]): Fault {
  const near = nearest(source, known)
  return new Fault(
    'source.unknown',
    `Region ${region} has no source ${JSON.stringify(source)}.${near === null ? '' : ` Did you mean ${JSON.stringify(near)}?`}`,
    `Use one of ${known.join(', ')}.`,
  )
}
