import type { Field } from '../models/field.ts'
import type { FileProfile } from '../stage/profile.ts'
import { units } from '../stage/sums.ts'
import { archivedPath } from './archive.ts'
import { columnDrift } from './drift-columns.ts'
import { driftThresholds } from './drift-thresholds.ts'
import { literal, type Session } from './duck.ts'
import { proposed, type Share, warning } from './findings.ts'
import type { LoadContext } from './load.ts'
import { amount } from './plan-money.ts'
import { presenceCheck, rescaledEdit, retypedEdit } from './proposals.ts'
import { sampleOf } from './sample.ts'
import type { StagedInput } from './staged-input.ts'

/** What of a file is not as it was in the files before it that the same contract judged. Warnings, each with a proposal. */
export async function driftOf(context: LoadContext, staged: StagedInput): Promise<Share[]> {
  const former = await formerFiles(context)
  const shares = await rejectDrift(context, staged, former)
  const { profile } = staged
  if (profile !== undefined)
    shares.push(...(await absenceDrift(context, profile, former)), ...(await scaleDrift(context, profile, former)))
  return [...(await columnDrift(context, staged)), ...shares]
}

/** Keep what later files are compared with; undefined: the file holds nothing now. */
export async function saveProfile({ session, id }: LoadContext, staged: StagedInput | undefined): Promise<void> {
  await session.run('delete from quality.file_profile where _file = $id', { id })
  if (staged?.profile === undefined) return
  const { records, absent, medians } = staged.profile
  const rows = [
    ...Object.entries(absent).map(([field, n]) => ({
      field,
      currency: null,
      records,
      absent: n,
      median: null,
    })),
    ...medians.map((of) => ({ ...of, absent: null })),
  ]
  if (rows.length === 0) return
  await session.run(
    `insert into quality.file_profile
     select ${id}, p.field, p.currency, p.records, p.absent, p.median from (select unnest(from_json($json,
       '[{"field":"varchar","currency":"varchar","records":"bigint","absent":"bigint","median":"decimal(38,9)"}]')) as p)`,
    { json: JSON.stringify(rows) },
  )
}

/** The files that a file is compared with, and their records together. */
interface Former {
  /** SELECT of their ids. */
  readonly ids: string
  readonly records: number
  readonly rejected: number
}

async function formerFiles({ session, file, id, contractVersion }: LoadContext): Promise<Former> {
  const ids = `select id from ops.file where source = ${literal(file.source)} and id < ${id} and outcome = 'loaded'
    and contract_version = ${literal(contractVersion)} order by id desc limit ${driftThresholds.files}`
  const row = await session.one<{ records: string; rejected: string }>(
    `select coalesce(sum("read" - ignored), 0)::bigint as records, coalesce(sum(rejected), 0)::bigint as rejected
     from ops.file where id in (${ids})`,
  )
  return { ids, records: Number(row?.records), rejected: Number(row?.rejected) }
}

const { records: least } = driftThresholds

/** More rejects than before: of fields that are written otherwise, else of the file as a whole. */
async function rejectDrift(context: LoadContext, staged: StagedInput, former: Former): Promise<Share[]> {
  const { session, file } = context
  const records = staged.read - staged.ignored
  if (records < least || former.records < least) return []
  const share = staged.rejected / records
  const before = former.rejected / former.records
  if (share - before < driftThresholds.rejects) return []
  const now = await countsOf(
    session,
    `select unnest(_reasons) as code, 1 as n from ${staged.records} where _reasons is not null and _held is null`,
  )
  const then = await countsOf(
    session,
    `select code, "rows" as n from quality.finding_share where severity = 'reject' and _file in (${former.ids})`,
  )
  const isNew = (code: string) =>
    (now.get(code) ?? 0) / records >= driftThresholds.retyped &&
    (then.get(code) ?? 0) / former.records < driftThresholds.rejects
  const fields = context.model.fields.filter(({ name }) => isNew(`${name}.unparseable`) || isNew(`${name}.unknown`))
  if (fields.length > 0) return [await retyped(context, staged, fields, records)]
  const [worst] = [...now].sort(([, a], [, b]) => b - a)
  return [
    {
      ...warning('file.rejects', staged.rejected),
      message: `${percent(share)} of the records of ${file.name} are rejected, ${percent(before)} of the files before it; most as ${worst?.[0]}.`,
    },
  ]
}

async function retyped(
  { file, contract, layout }: LoadContext,
  staged: StagedInput,
  fields: readonly Field[],
  records: number,
): Promise<Share> {
  const sample = await sampleOf(archivedPath(layout, file.region, file.sha256), { ...contract, format: staged.format })
  const edits = fields.flatMap((field) => {
    const rule = contract.fields[field.name]
    const edit = rule === undefined || sample === undefined ? null : retypedEdit(field, rule, sample)
    return edit === null ? [] : [edit]
  })
  const columns = fields.map(({ name }) => columnsText(contract.fields[name]?.columns ?? [], name))
  return {
    ...warning('column.retyped', records),
    message: `${file.name} writes ${columns.join(' and ')} otherwise than the files before it: most records can not be read.`,
    ...proposed(edits.join('\n')),
  }
}

const columnsText = (columns: readonly object[], field: string): string => {
  const names = columns.map((column) =>
    'name' in column ? JSON.stringify(column.name) : `column ${Object.values(column)[0]}`,
  )
  return names.length === 0 ? field : `${names.join(', ')} (${field})`
}

/** A field that is absent more often, or less often, than before. */
async function absenceDrift({ session, file }: LoadContext, profile: FileProfile, former: Former): Promise<Share[]> {
  if (profile.records < least) return []
  const before = await session.rows<{ field: string; records: string; absent: string }>(
    `select field, sum(records)::bigint as records, sum(absent)::bigint as absent from quality.file_profile
     where currency is null and _file in (${former.ids}) group by field having sum(records) >= ${least} order by field`,
  )
  const changed = before.flatMap(({ field, records, absent }) => {
    const [was, is] = [Number(absent) / Number(records), (profile.absent[field] ?? 0) / profile.records]
    return Math.abs(is - was) < driftThresholds.absent ? [] : [{ field, was, is }]
  })
  if (changed.length === 0) return []
  const texts = changed.map(
    ({ field, was, is }) => `${field} in ${percent(is)} of the records, before in ${percent(was)}`,
  )
  const missing = changed.filter(({ was, is }) => is > was)
  return [
    {
      ...warning('column.absent', profile.records),
      message: `${file.name} lacks ${texts.join('; ')}.`,
      ...proposed(missing.map(({ field }) => presenceCheck(field)).join('\n')),
    },
  ]
}

/** Amounts that are about 100 or 1,000 times what they were, or that part. */
async function scaleDrift(
  { session, file, contract }: LoadContext,
  profile: FileProfile,
  former: Former,
): Promise<Share[]> {
  const before = await session.rows<{ field: string; currency: string; records: string; median: string }>(
    `select field, currency, sum(records)::bigint as records, quantile_disc(median, 0.5) as median from quality.file_profile
     where currency is not null and _file in (${former.ids}) group by field, currency having sum(records) >= ${least}`,
  )
  const moved = profile.medians.flatMap(({ field, currency, records, median }) => {
    const was = before.find((one) => one.field === field && one.currency === currency)?.median
    const times = was === undefined || records < least ? null : timesOf(median, was)
    return times === null ? [] : [{ field, currency, times, median, was }]
  })
  if (moved.length === 0) return []
  const texts = moved.map(
    ({ field, currency, times, median, was }) =>
      `${field} in ${currency} is about ${timesText(times)} what it was (in the middle ${amount(median)}, before ${amount(was)})`,
  )
  const edits = new Set(
    moved.flatMap(({ field, times }) => {
      const rule = contract.fields[field]
      return rule === undefined ? [] : (rescaledEdit(field, rule, times) ?? [])
    }),
  )
  return [
    {
      ...warning('column.rescaled', profile.records),
      message: `${file.name}: ${texts.join('; ')}.`,
      ...proposed([...edits].join('\n')),
    },
  ]
}

/** 100, 1,000 or that part, where the one amount is about so many times the other; decimals, compared as whole numbers. */
function timesOf(now: string, before: string): number | null {
  const [a, b] = [units(now), units(before)]
  if (a === 0n || b === 0n) return null
  const near = BigInt(driftThresholds.rescaled)
  const isAbout = (large: bigint, small: bigint, times: bigint) =>
    large * near >= small * times && large <= small * times * near
  for (const times of [100, 1000]) {
    if (isAbout(a, b, BigInt(times))) return times
    if (isAbout(b, a, BigInt(times))) return 1 / times
  }
  return null
}

const timesText = (times: number): string => (times > 1 ? `${times} times` : `1/${Math.round(1 / times)} of`)

const countsOf = async (session: Session, codes: string): Promise<Map<string, number>> => {
  const rows = await session.rows<{ code: string; n: string }>(
    `select code, sum(n)::bigint as n from (${codes}) group by code order by code`,
  )
  return new Map(rows.map(({ code, n }) => [code, Number(n)]))
}

const percent = (share: number): string => `${Math.round(share * 100)}%`
