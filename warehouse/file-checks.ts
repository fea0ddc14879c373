import type { Check, Contract } from '../contracts/contract.ts'
import { models } from '../models/index.ts'
import { knownColumns, quoted, takenColumns } from './drift-columns.ts'
import type { Session } from './duck.ts'
import { proposed, type Severity, type Share } from './findings.ts'
import { newColumnEdit } from './proposals.ts'
import type { StagedInput } from './staged-input.ts'
import type { FileReport, LandedFile } from './warehouse.types.ts'

/** What the file as a whole has against it. */
export interface FileVerdict {
  readonly shares: readonly Share[]
  /** Why it is held; null: it loads. */
  readonly problem: FileReport['problem']
}

/** Judge a staged file as a whole: row counts, age, columns that are new. A failed check that is not `warn` holds it. */
export async function judgeFile(
  session: Session,
  contract: Contract,
  staged: StagedInput,
  file: LandedFile,
): Promise<FileVerdict> {
  const failed: Failed[] = [
    ...staged.failedChecks,
    ...contract.checks.flatMap((check) => tooOld(check, staged, file)),
    ...(await newColumns(session, contract, staged, file)),
  ]
  const records = staged.read - staged.ignored
  const shares = failed.map(({ name, severity, message, proposal }): Share => {
    const code = name.includes('.') ? name : `check.${name}`
    // "reject" judges rows; of a whole file it can only mean that the file must wait.
    const effective: Severity = severity === 'warn' ? 'warn' : 'block'
    return {
      code,
      severity: effective,
      rows: effective === 'warn' ? 1 : records,
      message,
      line: null,
      raw: null,
      ...proposed(proposal ?? ''),
    }
  })
  const blocking = shares.find(({ severity }) => severity === 'block')
  if (records === 0 && blocking === undefined) return { shares: [...shares, noRecords(file, contract)], problem: null }
  return { shares, problem: blocking === undefined ? null : heldBy(blocking, file, contract) }
}

const noRecords = (file: LandedFile, contract: Contract): Share => ({
  code: 'file.no-records',
  severity: 'warn',
  rows: 1,
  message: `${file.name} holds no record for ${contract.source}: only what the contract ignores, or nothing at all.`,
  line: null,
  raw: null,
})

const heldBy = ({ code, message }: Share, file: LandedFile, contract: Contract): FileReport['problem'] => ({
  code,
  message: `${file.name} is held, nothing of it is loaded: ${message}`,
  fix: `Ask the sender for a right file, or change the contract regions/${contract.region}/sources/${contract.source}.yaml.`,
})

type Failed = Pick<Staged, 'name' | 'severity' | 'message'> & { readonly proposal?: string }
type Staged = StagedInput['failedChecks'][number]

function tooOld(check: Check, staged: StagedInput, file: LandedFile): Failed[] {
  if (!('maxAgeMs' in check)) return []
  const newest = newestMs(staged)
  if (newest === undefined || Date.parse(file.arrivedAt) - newest <= check.maxAgeMs) return []
  const found = staged.newestAt ?? staged.lastDate
  const message = `its newest record is of ${found}, and it arrived at ${file.arrivedAt}: more than ${hours(check.maxAgeMs)} later.`
  return [{ name: check.name, severity: check.severity, message }]
}

const hours = (ms: number): string => `${Math.round(ms / 36_000) / 100} hours`

/** Where there are only dates, the end of the last one: a day is not late before it is over. */
function newestMs({ newestAt, lastDate }: StagedInput): number | undefined {
  if (newestAt !== null) return Date.parse(newestAt)
  return lastDate === null ? undefined : Date.parse(`${lastDate}T00:00:00Z`) + 86_400_000
}

/** A column that the contract takes is no news, whenever it came. */
async function newColumns(
  session: Session,
  contract: Contract,
  staged: StagedInput,
  file: LandedFile,
): Promise<Failed[]> {
  const { onNewColumn, model } = contract
  if (onNewColumn === 'ignore' || onNewColumn === 'add') return []
  const known = await knownColumns(session, file)
  if (known.length === 0) return []
  const unseen = staged.columns.filter((name) => !known.includes(name))
  if (unseen.length === 0) return []
  const taken = takenColumns(contract)
  const fresh = unseen.filter((name) => !taken.includes(name))
  if (fresh.length === 0) return []
  const message = `${file.name} has columns that the source did not have before: ${quoted(fresh)}.`
  const proposal = newColumnEdit(contract, models[model], fresh)
  return [{ name: 'column.new', severity: onNewColumn === 'block' ? 'block' : 'warn', message, proposal }]
}

/** The first file that loads says which columns its source has. */
export async function rememberColumns(session: Session, source: string, columns: readonly string[]): Promise<void> {
  if ((await session.number('select count(*) from ops.source_column where source = $source', { source })) > 0) return
  await session.run(
    `insert into ops.source_column
     select $source, row_number() over (), name from (select unnest(from_json($columns, '["varchar"]')) as name)`,
    { source, columns: JSON.stringify(columns) },
  )
}
