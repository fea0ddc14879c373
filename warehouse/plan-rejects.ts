import type { Judged } from './bring-back.ts'
import type { Session } from './duck.ts'
import { partsOf } from './parts.ts'
import type { Reasons } from './plan.types.ts'

/** The temporary tables `was_rejected`, of the files that are judged again, and `now_rejected` (file, line, reasons). */
export const prepareRejects = (session: Session): Promise<number> =>
  session.run(`
    create temp table was_rejected as
    select _file as file, line, reasons from quality.reject where _file in (select id from judged_again);
    create temp table now_rejected as from was_rejected limit 0`)

/**
 * Compare the rejects of the files that are judged again, by file and line. Leaves the temporary tables `newly_rejected`
 * and `no_longer_rejected`.
 *
 * @param giving the files that are not held then
 */
export async function compareRejects(
  session: Session,
  giving: readonly Judged[],
): Promise<{ newlyRejected: Reasons; noLongerRejected: Reasons }> {
  for (const { records, repeats } of partsOf(giving)) {
    await session.run(
      `insert into now_rejected select _file, _line, _reasons from ${records} where _reasons is not null and _held is null`,
    )
    if (repeats !== undefined)
      await session.run(
        `insert into now_rejected select _file, _line, ['key.conflict'] from ${repeats} where verdict = 'conflict'`,
      )
  }
  return {
    newlyRejected: await reasonsOf(session, 'newly_rejected', 'now_rejected', 'was_rejected'),
    noLongerRejected: await reasonsOf(session, 'no_longer_rejected', 'was_rejected', 'now_rejected'),
  }
}

async function reasonsOf(session: Session, name: string, those: string, others: string): Promise<Reasons> {
  await session.run(`
    create temp table ${name} as
    select t.* from ${those} t anti join ${others} o on t.file = o.file and t.line = o.line`)
  const rows = await session.rows<{ code: string; n: string }>(
    `select code, count(*) as n from (select unnest(reasons) as code from ${name}) group by code order by code`,
  )
  return {
    records: await session.number(`select count(*) from ${name}`),
    reasons: Object.fromEntries(rows.map(({ code, n }) => [code, Number(n)])),
  }
}
