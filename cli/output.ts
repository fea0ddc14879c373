import type { RegionReport } from '../models/report.ts'

/** Where a command writes: answers to stdout, everything that is said along the way to stderr. */
export const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

export const answer = (text: string): void => {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
}

export const json = (value: unknown): void => answer(JSON.stringify(value))

/** Text of files and their names, on one line of a terminal that is to obey none of it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
export const plain = (text: string): string => text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, '\ufffd')

export type Cell = string | number | null | undefined

/** Columns aligned, numbers to the right, a line below the header. */
export function table(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const text = rows.map((row) =>
    row.map((cell) =>
      cell === null || cell === undefined ? '' : typeof cell === 'number' ? count(cell) : plain(cell),
    ),
  )
  const isNumeric = header.map(
    (_, c) =>
      rows.length > 0 &&
      rows.every((row) => typeof row[c] === 'number' || /^-?[\d,]+(\.\d+)?$|^$/.test(String(row[c] ?? ''))),
  )
  const widths = header.map((name, c) => Math.max(width(name), ...text.map((row) => width(row[c] ?? ''))))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, c) => {
        const padding = ' '.repeat(Math.max(0, (widths[c] ?? 0) - width(cell)))
        return isNumeric[c] ? padding + cell : cell + padding
      })
      .join('  ')
      .trimEnd()
  return [line(header), line(widths.map((w) => '-'.repeat(w))), ...text.map(line)].join('\n')
}

/** Characters that take a place on a terminal: marks that combine take none. */
const width = (text: string): number => [...text.replace(/\p{M}/gu, '')].length

/** 1234567 -> 1,234,567 */
export const count = (n: number): string => n.toString().replace(/\B(?=(\d{3})+(?!\d))/g, ',')

export const bytes = (n: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let [value, unit] = [n, 0]
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1]
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

export const duration = (seconds: number): string => {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 120) return `${Math.round(seconds)} s`
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
}

/** One line a region, as `sync`, `ingest` and `backfill` end with. */
export const reportTable = (reports: readonly RegionReport[]): string =>
  table(
    ['region', 'files', 'read', 'loaded', 'unchanged', 'duplicate', 'rejected', 'ignored', 'held', 'findings', 'time'],
    reports.map((r) => [
      r.region,
      r.files,
      r.read,
      r.loaded,
      r.unchanged,
      r.duplicate,
      r.rejected,
      r.ignored,
      r.held,
      r.findings,
      duration(r.seconds),
    ]),
  )

/** Rows of a query as a table of their own columns. */
export function rowsTable(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const [first] = rows
  if (first === undefined) return '(no rows)'
  const names = Object.keys(first)
  const cell = (value: unknown): Cell =>
    value === null || value === undefined ? null : typeof value === 'object' ? JSON.stringify(value) : String(value)
  return table(
    names,
    rows.map((row) => names.map((name) => cell(row[name]))),
  )
}
