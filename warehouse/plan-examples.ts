import type { Model } from '../models/field.ts'
import type { Judged } from './bring-back.ts'
import { coreTable } from './core-tables.ts'
import { quote, type Session } from './duck.ts'
import { partsOf } from './parts.ts'
import type { Example } from './plan.types.ts'
import { amount } from './plan-money.ts'
import { columnOf, comparedColumns } from './plan-rows.ts'

/** How many of each kind are shown. */
const shown = 3

/** A row's columns as text. */
type Texts = Readonly<Record<string, string | null>>

/** The first few rows that change, come and leave. */
export async function rowExamples(
  session: Session,
  model: Model,
  givers: readonly Judged[],
  nameOf: (file: number) => string,
): Promise<Example[]> {
  const examples: Example[] = []
  for (const [what, where] of [
    ['changed', 'row_id is not null and file is not null'],
    ['added', 'row_id is null'],
    ['removed', 'file is null'],
  ] as const) {
    const picked = await session.rows<{
      row_id: string | null
      file: number | null
      line: string | null
      entry: number
    }>(
      `select row_id, file, line, entry from differing where ${where} order by coalesce(file, was_file), line, entry, row_id limit ${shown}`,
    )
    for (const { row_id, file, line, entry } of picked) {
      const [giver] = partsOf(givers.filter(({ id }) => id === file))
      const before = row_id === null ? undefined : await rowOf(session, model, coreTable(model), `rowid = ${row_id}`)
      const after =
        giver === undefined
          ? undefined
          : await rowOf(session, model, giver.rows, `_line = ${line} and _entry = ${entry}`)
      const place = after ?? before
      const [was, now] = differences(before?.texts ?? {}, after?.texts ?? {})
      examples.push({
        ...{ what, file: nameOf(file ?? before?.file ?? 0), line: place?.line ?? 0, key: place?.key ?? null },
        ...{ before: was, after: now },
      })
    }
  }
  return examples
}

/** One row of a relation, by a condition on constants: DuckDB then skips what can not hold it. */
async function rowOf(session: Session, model: Model, relation: string, where: string) {
  const key = model.key.map((name) => `s.${quote(name)}`).join(', ')
  const texts = comparedColumns(model).map((name) => `${columnOf('s', name)}::varchar as ${quote(name)}`)
  const row = await session.one<Record<string, string | null>>(
    `select concat_ws(' ', ${key}) as "key of it", _file as "file of it", _line as "line of it", ${texts.join(', ')}
     from ${relation} s where ${where}`,
  )
  if (row === undefined) return undefined
  const { 'key of it': keyOfIt, 'file of it': file, 'line of it': line, ...others } = row
  return { key: keyOfIt ?? '', file: Number(file), line: Number(line), texts: others }
}

/** What of two rows is not the same; of a row alone what it has. */
function differences(before: Texts, after: Texts): [Texts, Texts] {
  const alone = (those: Texts, others: Texts) =>
    Object.fromEntries(
      Object.entries(those)
        .filter(([name, value]) => value !== (others[name] ?? null))
        .map(([name, value]) => [name, plain(value)]),
    )
  return [alone(before, after), alone(after, before)]
}

/** Decimals as people write them. */
const plain = (value: string | null): string | null =>
  value !== null && /^-?\d+\.\d{9}$/.test(value) ? amount(value) : value

/** The first few records that are rejected, and were not before. */
export async function rejectedExamples(
  session: Session,
  giving: readonly Judged[],
  nameOf: (file: number) => string,
): Promise<Example[]> {
  const picked = await session.rows<{ file: number; line: string; reasons: string[] }>(
    `select file, line, reasons from newly_rejected order by file, line limit ${shown}`,
  )
  const examples: Example[] = []
  for (const { file, line, reasons } of picked) {
    const staged = giving.find(({ id }) => id === file)?.staged
    const texts = [staged?.records, staged?.repeats].flatMap((from) => (from === undefined ? [] : [from]))
    const union = texts.map((from) => `select _raw from ${from} where _line = ${line}`).join(' union all ')
    const row = await session.one<{ raw: string | null }>(`select max(_raw) as raw from (${union})`)
    examples.push({
      ...{ what: 'rejected', file: nameOf(file), line: Number(line), key: null, before: {} },
      after: { reasons: reasons.join(', '), raw: row?.raw ?? null },
    })
  }
  return examples
}
