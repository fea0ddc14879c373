import { archivedPath } from './archive.ts'
import { rawOfArchived } from './cut.ts'
import { literal } from './duck.ts'
import type { LoadContext } from './load.ts'
import type { StagedInput } from './staged-input.ts'

/**
 * Put a file's rejects in quarantine in place of those it had: records that broke a rule (not those that are held), repeats of a key with other
 * content, and what an append-only source says otherwise than before.
 *
 * @param conflicts SELECT of the last kind's lines
 */
export async function putRejects(
  context: LoadContext,
  staged: StagedInput,
  conflicts: string | undefined,
): Promise<{ rows: number; hasChanged: boolean }> {
  const { session, id, contractVersion, file, isJudgedAgain } = context
  if (isJudgedAgain) {
    await session.run(
      `create or replace temp table former_reject as select line, reasons from quality.reject where _file = ${id}`,
    )
    await session.run(`delete from quality.reject where _file = ${id}`)
  }
  const insert = (reasons: string, raw: string, from: string) =>
    session.run(
      `insert into quality.reject
       select ${id}, ${literal(file.source)}, r._line, r._start, r._length, ${reasons}, ${raw}, ${literal(contractVersion)} from ${from}`,
    )
  let rows = await insert(
    'r._reasons',
    'r._raw',
    `${staged.records} r where r._reasons is not null and r._held is null`,
  )
  if (staged.repeats !== undefined)
    rows += await insert(
      `['key.conflict']`,
      'p._raw',
      `${staged.records} r join ${staged.repeats} p on r._line = p._line and r._entry = p._entry where p.verdict = 'conflict'`,
    )
  if (conflicts !== undefined) {
    await cutConflicts(context, staged, conflicts)
    rows += await insert(`['key.conflict']`, 'cut.raw', `${staged.records} r join cut on r._line = cut.line`)
  }
  return { rows, hasChanged: !isJudgedAgain || (await differsFromFormer(context)) }
}

const piece = 1000

/** A temporary table `cut` (line, raw): valid records have no text in the staged file, so it is cut from the archive. */
async function cutConflicts({ session, file, contract, layout }: LoadContext, staged: StagedInput, lines: string) {
  const found = await session.rows<{ line: string; start: string; length: number }>(
    `select _line as line, _start as start, _length as length from ${staged.records} where _line in (${lines})`,
  )
  const ranges = found.map((row) => ({ line: Number(row.line), start: Number(row.start), length: row.length }))
  const path = archivedPath(layout, file.region, file.sha256)
  const texts = [...(await rawOfArchived(path, { ...contract, format: staged.format }, ranges))]
  await session.run('create or replace temp table cut (line bigint, raw varchar)')
  for (let at = 0; at < texts.length; at += piece) {
    const json = JSON.stringify(texts.slice(at, at + piece).map(([line, raw]) => ({ line, raw })))
    await session.run(
      `insert into cut select t.line, t.raw from (select unnest(from_json($json, '[{"line":"bigint","raw":"varchar"}]')) as t)`,
      { json },
    )
  }
}

const differsFromFormer = async ({ session, id }: LoadContext): Promise<boolean> =>
  (await session.number(`
    with now as (select line, reasons from quality.reject where _file = ${id})
    select count(*) from ((from now except from former_reject) union all (from former_reject except from now))`)) > 0
