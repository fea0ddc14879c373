import type { Contract } from '../contracts/contract.ts'
import type { Model } from '../models/field.ts'
import type { Counts } from '../models/report.ts'
import type { Judged, StagedOf } from './bring-back.ts'
import { modelBy, saidColumns } from './core-tables.ts'
import type { Session } from './duck.ts'
import { judgeFile } from './file-checks.ts'
import { findLedgerRow, type LedgerRow } from './ledger.ts'
import type { FileWhy, Rejudged, RowCounts, SourceChange } from './plan.types.ts'
import { rejectedExamples, rowExamples } from './plan-examples.ts'
import { compareMoney } from './plan-money.ts'
import { compareRejects, prepareRejects } from './plan-rejects.ts'
import { changedFields, comparedColumns, compareRows, modelOf } from './plan-rows.ts'
import { readStaged, type StagedInput } from './staged-input.ts'
import type { FileReport, LandedFile } from './warehouse.types.ts'

/** A file with the verdict it has, and the one that waits for it. */
interface Verdict {
  readonly file: LandedFile
  readonly contract: Contract
  readonly former: LedgerRow
  /** Undefined: it can not be read. */
  readonly staged: StagedInput | undefined
  /** Why it would be held; null: it loads. */
  readonly problem: FileReport['problem']
}

/**
 * What judging files of one source again would come to: the rules of `loadFile` over all of them at once, compared with
 * what core holds. Writes nothing but temporary tables; the caller's transaction is to be rolled back.
 *
 * @param files all of one source, each loaded before
 */
export async function planSource(
  session: Session,
  source: string,
  files: readonly Rejudged[],
  stagedOf: StagedOf,
): Promise<SourceChange> {
  const verdicts: Verdict[] = []
  for (const file of files) verdicts.push(await verdictOn(session, file))
  verdicts.sort((a, b) => a.former.id - b.former.id)
  const [first] = verdicts
  if (first === undefined) throw new Error(`${source}: no file of it is to be judged again`)
  const { contract } = first
  const nameOf = await namesOf(session, source)
  const giving = verdicts.flatMap(({ former: { id }, contract: own, staged, problem }): Judged[] =>
    staged === undefined || problem !== null ? [] : [{ id, contract: own, staged }],
  )
  const ids = JSON.stringify(verdicts.map(({ former }) => former.id))
  await session.run(`create temp table judged_again as select unnest(from_json($ids, '["integer"]')) as id`, { ids })
  await prepareRejects(session)

  let rows: RowCounts = { before: 0, after: 0, added: 0, changed: 0, removed: 0, closed: 0, reopened: 0 }
  let money: SourceChange['money'] = { totals: [], days: [] }
  const fields: Record<string, number> = {}
  const examples: SourceChange['examples'][number][] = []
  for (const name of new Set([contract.model, ...verdicts.map(({ former }) => former.model)])) {
    const model = name === contract.model ? modelBy(contract) : modelOf(name)
    const found = await compareRows(session, {
      ...{ region: contract.region, source, model, mode: contract.mode, stagedOf },
      judgedAgain: verdicts.map(({ former }) => former.id),
      giving: name === contract.model ? giving : [],
      compared: comparedOf(model, verdicts),
    })
    rows = sumOf(rows, found.rows)
    Object.assign(fields, await changedFields(session, model))
    if (name === 'transaction') money = await compareMoney(session, source, model, found.givers)
    examples.push(...(await rowExamples(session, model, found.givers, nameOf)))
  }
  const rejects = await compareRejects(session, giving)
  examples.push(...(await rejectedExamples(session, giving, nameOf)))
  return {
    source,
    model: contract.model,
    files: {
      judgedAgain: verdicts.length,
      all: await session.number('select count(*) from ops.file where source = $source', { source }),
      held: verdicts.flatMap(({ file, former, problem }): FileWhy[] =>
        problem === null || former.outcome === 'held'
          ? []
          : [{ name: file.name, code: problem.code, message: problem.message }],
      ),
      freed: verdicts.flatMap(({ file, former, problem }) =>
        problem === null && former.outcome === 'held' ? [file.name] : [],
      ),
    },
    records: {
      before: total(verdicts.map(({ former }) => former.counts)),
      after: await countsAfter(session, verdicts),
    },
    ...rejects,
    rows,
    changedFields: fields,
    money,
    examples,
  }
}

/** What can be another in a row of the same record: all, but where staging went on from what was loaded. */
function comparedOf(model: Model, verdicts: readonly Verdict[]): readonly string[] {
  const all = comparedColumns(model)
  const changed = new Set<string>(saidColumns(model))
  for (const { former, staged } of verdicts) {
    if (staged === undefined) continue
    if (staged.since?.contractVersion !== former.contractVersion) return all
    for (const name of staged.since.fields) changed.add(name)
  }
  return all.filter((name) => changed.has(name))
}

async function verdictOn(session: Session, { file, contract, staged }: Rejudged): Promise<Verdict> {
  const former = await findLedgerRow(session, file.source, file.sha256)
  if (former === undefined) throw new Error(`${file.source} ${file.name} was never loaded`)
  if (typeof staged !== 'string') {
    const { code, message, fix } = staged
    return { file, contract, former, staged: undefined, problem: { code, message, fix } }
  }
  const input = await readStaged(staged)
  const { problem } = await judgeFile(session, contract, input, file)
  return { file, contract, former, staged: input, problem }
}

async function namesOf(session: Session, source: string): Promise<(file: number) => string> {
  const rows = await session.rows<{ id: number; name: string }>(
    'select id, name from ops.file where source = $source',
    {
      source,
    },
  )
  const names = new Map(rows.map(({ id, name }) => [id, name]))
  return (file) => names.get(file) ?? ''
}

async function countsAfter(session: Session, verdicts: readonly Verdict[]): Promise<SourceChange['records']['after']> {
  const rejected = await session.number('select count(*) from now_rejected')
  const counts = verdicts.map(({ staged, problem }): Counts => {
    const { read, ignored, duplicates, held } = staged ?? { read: 0, ignored: 0, duplicates: 0, held: 0 }
    const isHeld = problem !== null
    const records = read - ignored
    return {
      ...{ read, ignored, unchanged: 0, rejected: 0 },
      duplicate: isHeld ? 0 : duplicates,
      held: isHeld ? records : held,
      loaded: isHeld ? 0 : records - duplicates - held,
    }
  })
  const sum = total(counts)
  return { ...sum, rejected, loaded: sum.loaded - rejected }
}

function total(counts: readonly Counts[]): SourceChange['records']['before'] {
  const sum = (of: (one: Counts) => number) => counts.reduce((all, one) => all + of(one), 0)
  return {
    read: sum(({ read }) => read),
    loaded: sum(({ loaded, unchanged }) => loaded + unchanged),
    duplicate: sum(({ duplicate }) => duplicate),
    rejected: sum(({ rejected }) => rejected),
    ignored: sum(({ ignored }) => ignored),
    held: sum(({ held }) => held),
  }
}

const sumOf = (a: RowCounts, b: RowCounts): RowCounts =>
  Object.fromEntries(
    Object.entries(a).map(([name, n]) => [name, n + b[name as keyof RowCounts]]),
  ) as unknown as RowCounts
