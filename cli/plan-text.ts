import type { RegionPlan } from '../operations/plan-region.ts'
import type { Example, MoneyChange, Reasons, RecordCounts, SourceChange } from '../warehouse/plan.types.ts'
import { type Cell, count, table } from './output.ts'

/** How many days and texts are shown; `--json` has them all. */
const shownDays = 31
const shownFiles = 10

/** Whether judging the files again would leave anything otherwise than it is. */
export function changesSomething({ files, records, rows, newlyRejected, noLongerRejected }: SourceChange): boolean {
  const isSame = (Object.keys(records.before) as (keyof RecordCounts)[]).every(
    (name) => records.before[name] === records.after[name],
  )
  const { added, changed, removed, closed, reopened } = rows
  return (
    !isSame ||
    added + changed + removed + closed + reopened > 0 ||
    newlyRejected.records + noLongerRejected.records > 0 ||
    files.held.length + files.freed.length > 0
  )
}

/** A plan for a person. */
export function planText({ region, sources, left }: RegionPlan): string {
  if (sources.length === 0)
    return `${region}: ${left.length === 0 ? 'everything loaded' : 'the rest'} was judged by the contracts as they are now\n`
  return sources.map((source) => sourceText(region, source)).join('\n')
}

function sourceText(region: string, change: SourceChange): string {
  const { files, source } = change
  const title = `${region}/${source}: ${count(files.judgedAgain)} of ${count(files.all)} files were judged by another contract\n`
  if (!changesSomething(change)) return `${title}Judged again, nothing would change.\n`
  return [
    title,
    ...rowsText(change),
    ...rejectsText(change),
    ...filesText(change),
    ...moneyText(change),
    ...examplesText(change),
  ]
    .filter((text) => text !== '')
    .join('\n')
}

function rowsText({ rows, records, changedFields }: SourceChange): string[] {
  const names = ['read', 'loaded', 'duplicate', 'rejected', 'ignored', 'held'] as const
  const line = (title: string, counts: RecordCounts): Cell[] => [title, ...names.map((name) => counts[name])]
  const fields = Object.entries(changedFields).sort(([, a], [, b]) => b - a)
  const lists =
    rows.closed + rows.reopened === 0 ? '' : `, ${count(rows.closed)} closed, ${count(rows.reopened)} open again`
  return [
    `${table(['records', ...names], [line('before', records.before), line('after', records.after)])}\n`,
    `rows: ${count(rows.before)} before, ${count(rows.after)} after: ${count(rows.added)} come, ${count(rows.changed)} change, ${count(rows.removed)} leave${lists}`,
    fields.length === 0 ? '' : `changing: ${fields.map(([name, n]) => `${name} ${count(n)}`).join(', ')}`,
  ]
}

function rejectsText({ newlyRejected, noLongerRejected }: SourceChange): string[] {
  const text = (title: string, { records, reasons }: Reasons) =>
    records === 0
      ? ''
      : `${title}: ${count(records)} (${Object.entries(reasons)
          .map(([code, n]) => `${code} ${count(n)}`)
          .join(', ')})`
  return [text('newly rejected', newlyRejected), text('no longer rejected', noLongerRejected)]
}

function filesText({ files: { held, freed } }: SourceChange): string[] {
  const few = <T>(of: readonly T[], text: (one: T) => string) => [
    ...of.slice(0, shownFiles).map(text),
    ...(of.length > shownFiles ? [`… and ${count(of.length - shownFiles)} more; --json lists them`] : []),
  ]
  return [
    ...few(held, ({ name, code, message }) => `would be held: ${name}: ${message} [${code}]`),
    ...few(freed, (name) => `held now, would be loaded: ${name}`),
  ]
}

const amounts = ['gross', 'fee', 'tax', 'net'] as const

function moneyText({ money: { totals, days } }: SourceChange): string[] {
  if (totals.length === 0) return []
  const header = ['currency', 'role', '', 'rows', ...amounts]
  const lines = (change: MoneyChange): Cell[][] =>
    (['before', 'after', 'difference'] as const).map((side, i) => [
      ...(i === 0 ? [change.currency, change.role] : ['', '']),
      ...[side, change[side].rows, ...amounts.map((name) => change[side][name])],
    ])
  const shown = days.slice(0, shownDays)
  return [
    `\n${table(header, totals.flatMap(lines))}`,
    shown.length === 0
      ? '\nNo local day changes.'
      : `\n${table(
          [
            'day',
            'currency',
            'role',
            'rows +/-',
            'gross before',
            'after',
            'difference',
            'net before',
            'after',
            'difference',
          ],
          shown.map(({ localDate, currency, role, before, after, difference }) => [
            ...[localDate, currency, role, difference.rows],
            ...[before.gross, after.gross, difference.gross, before.net, after.net, difference.net],
          ]),
        )}`,
    days.length > shownDays ? `… and ${count(days.length - shownDays)} days more; --json lists them` : '',
  ]
}

function examplesText({ examples }: SourceChange): string[] {
  if (examples.length === 0) return []
  return [`\n${table(['', 'where', 'key', 'what'], examples.map(exampleLine))}\n`]
}

function exampleLine({ what, file, line, key, before, after }: Example): Cell[] {
  const words = (values: Example['before']) =>
    Object.entries(values)
      .filter(([name, value]) => value !== null && shownFields.has(name))
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')
  const text = {
    changed: () =>
      Object.keys(after)
        .map((name) => `${name} ${before[name] ?? '(nothing)'} -> ${after[name] ?? '(nothing)'}`)
        .join(', '),
    added: () => words(after),
    removed: () => words(before),
    rejected: () => `${after.reasons}: ${(after.raw ?? '').replace(/\s*\n\s*/g, ' ⏎ ').slice(0, 100)}`,
  }[what]()
  return [what, `${file} line ${line}`, key, text]
}

/** What tells a row that comes or leaves. */
const shownFields = new Set(['kind', 'status', 'local_date', 'currency', 'gross', 'net', 'name', 'title', 'usd_rate'])
