import type { Session } from './duck.ts'
import type { Finding } from './warehouse.types.ts'

export type Severity = Finding['severity']

/** What one file (or, with `file` null, the source itself) adds to a finding. */
export interface Share {
  readonly code: string
  readonly severity: Severity
  readonly rows: number
  /** Plain words, where they say more than the code does. */
  readonly message: string | null
  readonly line: number | null
  readonly raw: string | null
  /** A change of the contract that would answer it, as lines of YAML. */
  readonly proposal?: string
}

/** The parts of a share that is a warning about a file as a whole. */
export const warning = (code: string, rows: number) => ({
  code,
  severity: 'warn' as const,
  rows,
  line: null,
  raw: null,
})

/** A share's proposal, where there is one. */
export const proposed = (proposal: string): { proposal?: string } => (proposal === '' ? {} : { proposal })

export interface ShareOrigin {
  readonly source: string
  /** ops.file.id; null: of no file. */
  readonly file: number | null
  /** What the example names: the file's name, or a path. */
  readonly example: string | null
  /** ISO 8601 UTC. */
  readonly at: string
}

/** Take back what a file has added, in the running transaction; gives the codes it had. */
export async function dropShares(session: Session, source: string, file: number): Promise<string[]> {
  const codes = await session.rows<{ code: string }>(
    'select distinct code from quality.finding_share where source = $source and _file = $file',
    { source, file },
  )
  if (codes.length > 0)
    await session.run('delete from quality.finding_share where source = $source and _file = $file', { source, file })
  return codes.map(({ code }) => code)
}

export async function addShare(session: Session, origin: ShareOrigin, share: Share): Promise<void> {
  await session.run(
    `insert into quality.finding_share values
      ($source, $code, $severity, $file, $rows, $at::timestamptz, $message, $example, $line, $raw, $proposal)`,
    { proposal: null, ...origin, ...share },
  )
}

/** One share a reason for the rejects that a file has in quality.reject. */
export async function addRejectShares(session: Session, origin: ShareOrigin, file: number): Promise<string[]> {
  const found = await session.rows<{ code: string; rows: number; line: string; raw: string | null }>(
    `select code, count(*)::integer as "rows", min(line) as line, arg_min(raw, line) as raw
     from (select unnest(reasons) as code, line, raw from quality.reject where _file = $file)
     group by code order by code`,
    { file },
  )
  for (const { code, rows, line, raw } of found)
    await addShare(session, origin, { code, severity: 'reject', rows, message: null, line: Number(line), raw })
  return found.map(({ code }) => code)
}

/** Bring the findings of these codes in step with their shares. New ones are numbered in the order of their codes. */
export async function settleFindings(session: Session, source: string, codes: Iterable<string>): Promise<void> {
  for (const code of [...new Set(codes)].sort()) await settle(session, source, code)
}

async function settle(session: Session, source: string, code: string): Promise<void> {
  const key = { source, code }
  const isNumbered =
    (await session.number('select count(*) from quality.finding where source = $source and code = $code', key)) > 0
  const shares = await session.number(
    'select count(*) from quality.finding_share where source = $source and code = $code',
    key,
  )
  if (shares === 0) {
    if (isNumbered)
      await session.run(
        `update quality.finding set state = 'closed', "rows" = 0 where source = $source and code = $code`,
        key,
      )
    return
  }
  if (!isNumbered)
    await session.run(
      `insert into quality.finding (number, source, code)
       select coalesce(max(number), 0) + 1, $source, $code from quality.finding`,
      key,
    )
  await session.run(
    `update quality.finding set
       state = 'open', severity = s.severity, "rows" = s.total, first_seen = s.first_seen, last_seen = s.last_seen,
       message = coalesce(s.message, $message), proposal = s.proposal,
       example_file = s.example.example, example_line = s.example.line, example_raw = s.example.raw
     from (
       select
         last(severity order by coalesce(_file, 0), seen_at, message) as severity, sum("rows") as total,
         min(seen_at) as first_seen, max(seen_at) as last_seen,
         last(message order by coalesce(_file, 0), seen_at, message) as message,
         last(proposal order by coalesce(_file, 0), seen_at, message) filter (proposal is not null) as proposal,
         first({ example: example, line: line, raw: raw } order by coalesce(_file, 0), seen_at, message) as example
       from quality.finding_share where source = $source and code = $code
     ) s
     where quality.finding.source = $source and quality.finding.code = $code`,
    { ...key, message: explain(code) },
  )
}

/** What is on record of the source itself, not of a file of it. */
export async function sourceMessages(session: Session, source: string, code: string): Promise<string[]> {
  const rows = await session.rows<{ message: string }>(
    `select message from quality.finding_share where source = $source and code = $code and _file is null`,
    { source, code },
  )
  return rows.map(({ message }) => message)
}

/** Take back what the source itself has added. */
export async function dropSourceShares(session: Session, source: string, code: string): Promise<void> {
  await session.run('delete from quality.finding_share where source = $source and code = $code and _file is null', {
    source,
    code,
  })
}

/** A reason code in plain words. */
export function explain(code: string): string {
  const dot = code.indexOf('.')
  const [subject, reason] = [code.slice(0, dot), code.slice(dot + 1)]
  if (code === 'check.net') return 'net is not gross - fee - tax.'
  if (subject === 'check') return `The contract's check "${reason}" does not hold.`
  const row: Record<string, string> = {
    arity: 'The record has more or fewer values than the header has columns.',
    encoding: "The record's bytes are not valid in the contract's encoding.",
    repaired: 'Some of its text was in another encoding than the file, and was read as it was meant.',
    malformed: 'The record can not be taken apart: a quote or bracket is out of place.',
  }
  if (subject === 'question') return `Whether the record is one thing or another, nobody has answered yet (${reason}).`
  if (subject === 'row') return row[reason] ?? `The record is not as it should be (${code}).`
  if (code === 'only.unparseable') return 'The condition of `only` in the contract fails on the record.'
  if (code === 'key.conflict')
    return 'Another record has the same key with other content, and the contract does not say which one holds.'
  const field: Record<string, string> = {
    missing: `${subject} is required and is not there.`,
    unparseable: `${subject} is written in a way the contract does not describe.`,
    out_of_range: `${subject} is outside of what is possible.`,
    precision: `${subject} has more decimals than its currency.`,
    unknown: `${subject} has a value that is in no list of known ones.`,
    ambiguous: `${subject} is a time that the clock in its zone showed twice.`,
    nonexistent: `${subject} is a time that no clock showed in its zone: it was put forward over it.`,
    both_sides: `${subject} has a debit and a credit at once.`,
    inconsistent: `${subject} does not agree with the record's other amounts.`,
  }
  return field[reason] ?? `${subject} is not as the contract says (${reason}).`
}

/** Open findings, oldest number first. */
export async function openFindings(session: Session, region: string): Promise<Finding[]> {
  const rows = await session.rows<FindingRow>(
    `select number, source, code, severity, "rows", message, proposal, example_file, example_line, example_raw,
       ${isoUtc('first_seen')} as first_seen, ${isoUtc('last_seen')} as last_seen
     from quality.finding where state = 'open' order by number`,
  )
  return rows.map((row) => ({
    id: `${region}-${row.number}`,
    source: row.source,
    code: row.code,
    severity: row.severity,
    rows: Number(row.rows),
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    message: row.message,
    proposal: row.proposal,
    example:
      row.example_file === null
        ? null
        : {
            file: row.example_file,
            line: row.example_line === null ? null : Number(row.example_line),
            raw: row.example_raw,
          },
  }))
}

interface FindingRow {
  number: number
  source: string
  code: string
  severity: Severity
  rows: string
  message: string
  proposal: string | null
  example_file: string | null
  example_line: string | null
  example_raw: string | null
  first_seen: string
  last_seen: string
}

/** SQL: a TIMESTAMPTZ as ISO 8601 UTC with milliseconds. */
export const isoUtc = (column: string): string => `strftime(${column} at time zone 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ')`
