import type { Format } from '../contracts/contract.ts'
import { literal } from '../contracts/sql-text.ts'
import { escapePattern } from '../models/escape-pattern.ts'
import { fault } from '../readers/batch.ts'
import { beginning, beginnings, type Dated, datedBy, lastAmong, tailOf, undatedLines } from './asides.ts'
import { type NamedProfile, readBy } from './columns.ts'
import type { Draft } from './draft.ts'
import type { Aside } from './main-table.ts'
import { type LoadedTable, linesPerFile } from './table.ts'
import { lineOf } from './vocabulary.ts'

/**
 * Leave out lines that are no records: rules of dashes or asterisks, totals among the last records, lines between the parts of the
 * table, and whatever stands below it, from its first line on.
 */
export async function findTotals(table: LoadedTable, columns: readonly NamedProfile[], draft: Draft): Promise<void> {
  // What a line begins with, as a pattern -> its words.
  const lines = new Map<string, string>()
  const add = (text: string) => lines.set(lineLike(text, table.format), beginning(text))
  const last = await table.query<Record<string, string | null>>(
    `select ${columns.map(({ sql }) => sql).join(', ')}, (_fault = ${fault.arity})::varchar as broken from cell order by _line desc limit 5`,
  )
  const [first = {}] = await table.query<Record<string, string | null>>(
    `select ${columns.map(({ sql }) => sql).join(', ')} from cell order by _line limit 1`,
  )
  const under = columns.flatMap((column) => first[column.sql] ?? [])
  // The last row of a header over several rows is where its names end.
  const isHeader = under.length > 1 && columns.every(({ sql, name }) => name.endsWith(first[sql] ?? ''))
  let isEnd = true
  for (const row of last) {
    const cells = columns.flatMap(({ sql }) => row[sql] ?? [])
    const [text] = cells
    isEnd &&= row.broken === 'true' && columns.length > 3 && cells.length === 1 && text !== undefined && isProse(text)
    if (isEnd && text !== undefined) add(text)
    if (text !== undefined && lineOf(text) !== undefined) add(text)
  }
  const amounts = columns.filter(readBy(draft.fields.get('gross')?.rule))
  const time = draft.fields.get('occurred_at')?.rule ?? draft.fields.get('local_date')?.rule
  const dated = datedBy(columns.filter(readBy(time)), time)
  const below = table.footer.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''))
  const isRule = ({ cells }: { readonly cells: readonly string[] }) =>
    cells.every((cell) => /^\s*[-*=_]*\s*$/.test(cell))
  const isTold = (line: Aside) => !isRule(line) && line.cells.some((cell) => cell.trim() !== '')
  const isRecord = recordSql(dated, amounts)
  const mayBeRecord = await recordsBeginWithWords(table, columns, isRecord)
  // Where records begin with words, one that is broken looks like a line beside the table, and is told from it by known words alone.
  const tells = (text: string) => !mayBeRecord || lineOf(beginning(text)) !== undefined || isProse(text)
  let told: Aside[] = []
  const within = table.between.filter(isTold)
  const placed = below.filter((line) => isTold(line) && line.line < Number.MAX_SAFE_INTEGER)
  const lastRecord = await lastAmong(table, placed, isRecord)
  for (const line of below.filter(isTold)) (line.line < lastRecord ? within : told).push(line)
  const likeOf = (line: Aside) => lineLike(textOf(line), table.format)
  told = told.filter((line) => tells(textOf(line)) && !within.some((other) => likeOf(other) === likeOf(line)))
  const texts = told.map(textOf)
  const top = texts[0]
  const isSummary =
    top !== undefined &&
    beginning(top).length > 2 &&
    (texts.length > 1 || (lines.size > 0 && (await isNearEnd(table, below, isRule))))
  // All of a summary is read as records until it is cut off: its words are none of the table's.
  if (isSummary) lines.clear()
  else for (const text of texts) if (lineOf(beginning(text)) !== undefined) add(text)
  for (const line of within) if (tells(textOf(line))) add(textOf(line))
  const undated = await undatedLines(table, dated)
  const tail = isSummary
    ? told[0]
    : undated === null
      ? undefined
      : await tailOf(table, columns, amounts, undated.lastDated)
  const begun = tail !== undefined && tells(textOf(tail)) ? tail : undefined
  const ends = begun === undefined ? null : await endLike(table, columns, begun)
  const isCut = begun !== undefined && ends !== null && (await cutsRecords(table, columns, begun, ends, isRecord))
  const end = isCut ? undefined : begun
  if (begun !== undefined && isCut) add(textOf(begun))
  if (end !== undefined) lines.delete(likeOf(end))
  // Balances without an amount are left out by what they lack.
  const kinds = draft.top.has('only') ? ['total', 'summary'] : ['total', 'summary', 'opening', 'closing']
  for (const { text, isAlone } of undated === null || dated === null
    ? []
    : await beginnings(table, columns, dated, end))
    if ((isAlone && tells(text)) || kinds.includes(lineOf(text) ?? '')) add(text)
  for (const pattern of await beginRecords(table, columns, mayBeRecord ? isRecord : null, [...lines.keys()]))
    lines.delete(pattern)
  const patterns = [...lines.keys()]
  if (isHeader) patterns.push(rowLike(under))
  if ([...table.preamble, ...table.between, ...below].some(isRule)) patterns.push('[-*=_]{4,}')
  const isTrailed = table.format.trailingDelimiter === true
  const value = {
    ...(isTrailed ? { trailing_delimiter: true } : {}),
    ...(patterns.length === 0 ? {} : { footer: `^[",;\\s]*(?:${patterns.join('|')})` }),
    ...(end === undefined || ends === null ? {} : { end: ends }),
  }
  if (Object.keys(value).length === 0) return
  const named = [...new Set(lines.values())].map((word) => JSON.stringify(word))
  const leftOut = [
    ...(patterns.length === 0 ? [] : [`lines that begin with ${named.join(', ') || 'a rule'}`]),
    ...(end === undefined || ends === null ? [] : [`all from ${JSON.stringify(beginning(textOf(end)))} on`]),
  ]
  const evidence = [
    ...(isTrailed ? ['all records end with one more delimiter than the header'] : []),
    ...(leftOut.length === 0 ? [] : [`no records: ${leftOut.join(', and ')}`]),
  ]
  draft.top.set('format', { value, evidence: evidence.join('; ') })
}

/** A condition: whether a line has a date and an amount, and so is a record; null where no column has these. */
const recordSql = (dated: Dated | null, amounts: readonly NamedProfile[]): string | null =>
  dated === null || amounts.length === 0
    ? null
    : `coalesce(${amounts.map(({ sql }) => sql).join(', ')}) is not null and ${dated.surely}`

/** Whether a record may begin with words; where nobody can say what is a record they may. */
async function recordsBeginWithWords(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  isRecord: string | null,
): Promise<boolean> {
  if (isRecord === null) return true
  const [row] = await table.query<{ any: boolean | null }>(
    `select bool_or(regexp_matches(${beginningSql(columns)}, '^[",;\\s]*\\p{L}')) as any from head where ${isRecord}`,
  )
  return row?.any !== false
}

const beginningSql = (columns: readonly NamedProfile[]): string =>
  `coalesce(${columns.map(({ sql }) => sql).join(', ')})`

/** Those of the patterns that records begin as: what they would leave out is no line beside the table. */
async function beginRecords(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  isRecord: string | null,
  patterns: readonly string[],
): Promise<readonly string[]> {
  if (isRecord === null || patterns.length === 0) return []
  const matches = patterns.map(
    (one, i) => `coalesce(bool_or(regexp_matches(t, ${literal(`^${one}`)})), false) as p${i}`,
  )
  const [row] = await table.query<Record<string, boolean>>(
    `select ${matches.join(', ')} from (select distinct ${beginningSql(columns)} || ',' as t from cell where ${isRecord})`,
  )
  return patterns.filter((_, i) => row?.[`p${i}`] === true)
}

/**
 * What the first line below the records is like. Where a record before it is like that too, and would cut off all behind it, it is
 * that line, whole; null where that is one cell, which the record begins with.
 */
async function endLike(table: LoadedTable, columns: readonly NamedProfile[], below: Aside): Promise<string | null> {
  const like = `^[",;\\s]*${lineLike(textOf(below), table.format)}`
  // The line of another table stands in no file: then the records of all are looked at.
  const isElsewhere = below.line === Number.MAX_SAFE_INTEGER
  const start = isElsewhere ? 0 : Math.floor(below.line / linesPerFile) * linesPerFile
  const [row] = await table.query<{ n: string; same: string }>(
    `select count(*)::varchar as n, count(*) filter (${beginningSql(columns)} = ${literal(textOf(below).trim())})::varchar as same
     from cell where _line < ${below.line} and _line >= ${start} and regexp_matches(${wholeSql(columns)}, ${literal(like)})`,
  )
  if (row?.n === '0') return like
  const cells = below.cells.filter((cell) => cell.trim() !== '')
  return cells.length === 1 && row?.same !== '0' ? null : `^[",;\\s]*${rowLike(cells)}`
}

/**
 * Whether records stand behind the first line of any file that an end is like. What is behind the header of another table is a
 * record only where it has all that those of this table have.
 */
async function cutsRecords(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  { line }: Aside,
  end: string,
  isRecord: string | null,
): Promise<boolean> {
  if (isRecord === null) return false
  const always = columns.filter(({ filled }) => filled >= table.rows * 0.9).map(({ sql }) => `${sql} is not null`)
  const isWhole =
    line === Number.MAX_SAFE_INTEGER ? [`coalesce(_fault, 0) <> ${fault.arity}`, ...always] : ([] as const)
  const [row] = await table.query(
    `with ends as (select _line // ${linesPerFile} as file, min(_line) as line from cell
       where regexp_matches(${wholeSql(columns)}, ${literal(end)}) group by all)
     select 1 as behind from cell join ends on _line // ${linesPerFile} = file and _line > line
     where ${[isRecord, ...isWhole].join(' and ')} limit 1`,
  )
  return row !== undefined
}

const wholeSql = (columns: readonly NamedProfile[]): string =>
  `concat_ws(',', ${columns.map(({ sql }) => `coalesce(${sql}, '')`).join(', ')})`

const textOf = ({ cells }: Aside): string => cells.find((cell) => cell.trim() !== '') as string

/** Whether the first line of words below records has no more than a summary's few lines behind it. */
async function isNearEnd(
  table: LoadedTable,
  below: readonly Aside[],
  isRule: (line: Aside) => boolean,
): Promise<boolean> {
  const line = below.find((one) => !isRule(one))?.line ?? 0
  const [row] = await table.query<{ n: string }>(`select count(*)::varchar as n from cell where _line > ${line}`)
  return Number(row?.n) <= summaryLines
}

const summaryLines = 20

/** A sentence to the reader of the file: at least four words, and no amounts. */
const isProse = (text: string): boolean => text.split(/\s+/).length >= 4 && !/\d[.,]\d/.test(text)

/**
 * What begins as a line does, and goes on as it does behind its words: with a colon, a number, or with nothing more in that cell.
 * A record may begin with the same word: below "Note: of March" a "Note 5" was sold, and a "Note-book".
 */
function lineLike(text: string, { type, delimiter }: Format): string {
  const words = beginning(text)
  const next = text.trim().slice(words.length).trimStart().charAt(0)
  const ends = [
    ...[...new Set([',', ';', '|', '\t', delimiter])].map(escapePattern),
    ...(type === 'fixed' ? [' {2}'] : []),
  ].join('|')
  const further = next === '' ? `[" ]*(?:${ends}|$)` : /\d/.test(next) ? '["\\s]*\\d' : '["\\s]*[:：]'
  return `${patternOf(words)}${further}`
}

/** A whole row with these cells. */
const rowLike = (cells: readonly string[]): string =>
  `${cells.map((cell) => patternOf(cell.trim())).join('[",;|\\s]+')}[",;|\\s]*$`

/** A word as a pattern; a file may have its letters composed or not. */
function patternOf(word: string): string {
  const forms = [...new Set([word.normalize('NFC'), word.normalize('NFD')])].map(escapePattern)
  return forms.length === 1 ? (forms[0] as string) : `(?:${forms.join('|')})`
}
