import { compile } from '../contracts/compile.ts'
import type { Contract } from '../contracts/contract.ts'
import { archivedPath } from './archive.ts'
import { driftThresholds } from './drift-thresholds.ts'
import type { Session } from './duck.ts'
import { proposed, type Share, warning } from './findings.ts'
import { renamed } from './likeness.ts'
import type { LoadContext } from './load.ts'
import { ruleEdit } from './proposals.ts'
import { type Sample, sampleOf } from './sample.ts'
import type { StagedInput } from './staged-input.ts'
import type { LandedFile } from './warehouse.types.ts'

/** Columns that the files of a source before this one had: the first that was loaded, and the last few. */
export async function knownColumns(session: Session, { source, sha256 }: LandedFile): Promise<string[]> {
  const rows = await session.rows<{ name: string }>(
    `select name from ops.source_column where source = $source
     union select unnest(columns) from (${formerColumns} limit ${driftThresholds.files}) order by all`,
    { source, sha256 },
  )
  return rows.map(({ name }) => name)
}

/** Of the loaded files that came before this one, the newest first; the values are `$source` and `$sha256`. */
const formerColumns = `
  select columns from ops.file where source = $source and outcome = 'loaded' and columns is not null
    and id < coalesce((select id from ops.file where source = $source and sha256 = $sha256), 2147483647)
  order by id desc`

/** Names of the columns that a contract takes. */
export const takenColumns = (contract: Contract): string[] =>
  compile(contract).columns.flatMap((column) => ('name' in column ? [column.name] : []))

/** Columns that nothing takes, and that are gone: what they are is for a person to say. */
export async function columnDrift(context: LoadContext, staged: StagedInput): Promise<Share[]> {
  const { session, file, contract } = context
  if (contract.onNewColumn === 'ignore') return []
  const { source, sha256 } = file
  const last = await session.one<{ columns: string[] }>(`${formerColumns} limit 1`, { source, sha256 })
  const has = new Set(staged.columns)
  const gone = (last?.columns ?? []).filter((name) => !has.has(name))
  if (gone.length === 0) return []
  return [
    {
      ...warning('column.missing', 1),
      message: `${file.name} lacks columns that the file before it had: ${quoted(gone)}. The contract takes none of them.`,
    },
  ]
}

/** A file that lacks columns that its contract takes: which of its new ones these seem to be. */
export async function renamedColumns(context: LoadContext): Promise<Share[]> {
  const { session, file, contract, layout } = context
  const now = await sampleOf(archivedPath(layout, file.region, file.sha256), contract)
  if (now === undefined) return []
  const has = new Set(now.columns)
  const known = await knownColumns(session, file)
  const taken = takenColumns(contract)
  const missing = taken.filter((name) => !has.has(name))
  const added = now.columns.filter((name) => !known.includes(name) && !taken.includes(name))
  if (missing.length === 0 || added.length === 0) return []
  const found = renamed(missing, added, await formerSample(context), now)
  if (found.length === 0) return []
  const texts = found.map(
    ({ was, is, evidence }) => `${JSON.stringify(was)} seems to be ${JSON.stringify(is)} now (${evidence})`,
  )
  const edits = found.flatMap(({ was, is }) => renameEdits(contract, was, is))
  return [
    {
      ...{ code: 'column.renamed', severity: 'block' as const, rows: 1, line: null, raw: null },
      message: `${file.name}: ${texts.join('; ')}.`,
      ...proposed(edits.join('\n')),
    },
  ]
}

/** The newest file of the source that is loaded; what a column's values were. */
async function formerSample({ session, file, contract, layout }: LoadContext): Promise<Sample | undefined> {
  const row = await session.one<{ sha256: string }>(
    `select sha256 from ops.file where source = $source and outcome = 'loaded' and sha256 <> $sha256 order by id desc limit 1`,
    { source: file.source, sha256: file.sha256 },
  )
  return row === undefined ? undefined : sampleOf(archivedPath(layout, file.region, row.sha256), contract)
}

/** The rules that take a column, with its new name in place of the former one. */
function renameEdits({ fields }: Contract, was: string, is: string): string[] {
  const edits = Object.entries(fields).flatMap(([field, rule]) => {
    const names = rule.columns.map((column) => ('name' in column ? column.name : null))
    if (!names.includes(was)) return []
    const from = names.map((name) => (name === was ? is : name)).filter((name) => name !== null)
    return [
      ruleEdit(
        field,
        { from: from.length === 1 ? from[0] : from },
        `in place of ${was}; files before this one can not be read so: \`plan\` says what becomes of them`,
      ),
    ]
  })
  return edits.length > 0
    ? edits
    : [`# put ${JSON.stringify(is)} in place of ${JSON.stringify(was)} wherever the contract names it`]
}

export const quoted = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(', ')
