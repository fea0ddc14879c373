import { fault } from '../readers/batch.ts'
import type { NamedProfile } from './columns.ts'
import type { Draft } from './draft.ts'
import type { LoadedTable } from './table.ts'
import { lineOf } from './vocabulary.ts'

/**
 * Leave out lines that are no records: rules of dashes or asterisks, totals among the last records, and whatever stands below
 * the table, from its first line on.
 */
export async function findTotals(table: LoadedTable, columns: readonly NamedProfile[], draft: Draft): Promise<void> {
  const words = new Set<string>()
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
    if (isEnd && text !== undefined) words.add(beginning(text))
    for (const cell of cells.slice(0, 2)) if (lineOf(cell) !== undefined) words.add(beginning(cell))
  }
  const below = table.footer.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''))
  const isRule = ({ cells }: { readonly cells: readonly string[] }) =>
    cells.every((cell) => /^\s*[-*=_]*\s*$/.test(cell))
  const texts = below
    .filter((line) => !isRule(line))
    .map(({ cells }) => beginning(cells.find((cell) => cell.trim() !== '') as string))
  const top = texts[0]
  const isSummary =
    top !== undefined &&
    top.length > 2 &&
    (texts.length > 1 || (words.size > 0 && (await isNearEnd(table, below, isRule))))
  // All of a summary is read as records until it is cut off: its words are none of the table's.
  if (isSummary) words.clear()
  else for (const text of texts) if (lineOf(text) !== undefined) words.add(text)
  const patterns = [...words].map(lineOfWords)
  if (isHeader) patterns.push(`${under.map(patternOf).join('[",;|\\s]+')}[",;|\\s]*$`)
  if (table.preamble.some(isRule) || below.some(isRule)) patterns.push('[-*=_]{4,}')
  const value = {
    ...(patterns.length === 0 ? {} : { footer: `^[",;\\s]*(?:${patterns.join('|')})` }),
    ...(isSummary ? { end: `^[",;\\s]*${lineOfWords(top)}` } : {}),
  }
  if (Object.keys(value).length === 0) return
  const named = [...words, ...(isSummary ? [top] : [])].map((word) => JSON.stringify(word))
  draft.top.set('format', {
    value,
    evidence: `no records: lines that begin with ${named.join(', ') || 'a rule'}${isSummary ? ', and all below the last of them' : ''}`,
  })
}

/** Whether the first line of words below records has no more than a summary's few lines behind it. */
async function isNearEnd(
  table: LoadedTable,
  below: LoadedTable['footer'],
  isRule: (line: LoadedTable['footer'][0]) => boolean,
): Promise<boolean> {
  const line = below.find((one) => !isRule(one))?.line ?? 0
  const [row] = await table.query<{ n: string }>(`select count(*)::varchar as n from cell where _line > ${line}`)
  return Number(row?.n) <= summaryLines
}

const summaryLines = 20

/** A sentence to the reader of the file: at least four words, and no amounts. */
const isProse = (text: string): boolean => text.split(/\s+/).length >= 4 && !/\d[.,]\d/.test(text)

/** A line's first words, without numbers and what is behind a colon. */
const beginning = (text: string): string => (text.trim().split(/[:：\d]/)[0] as string).trim() || text.trim()

/** What begins with a line's first words, and goes on with no further one: "Total: 5" is a total, "Total Energies" is none. */
const lineOfWords = (words: string): string => `${patternOf(words)}["\\s]*(?:[^\\p{L}\\p{M}"\\s]|$)`

/** A word as a pattern; a file may have its letters composed or not. */
function patternOf(word: string): string {
  const forms = [...new Set([word.normalize('NFC'), word.normalize('NFD')])].map((form) =>
    form.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'),
  )
  return forms.length === 1 ? (forms[0] as string) : `(?:${forms.join('|')})`
}
