import { basename } from 'node:path'
import type { Column, Format } from '../contracts/contract.ts'
import { Fault } from '../models/fault.ts'
import { columnName } from '../readers/columns.ts'
import { readFile } from '../readers/read-file.ts'
import { type Decision, unknownFormat } from '../readers/settle.ts'
import type { Limits } from '../stage/staged.ts'

/** Rows looked at to find which table of a file is the main one, and what stands around it. */
const headRows = 20_000

/** A table with no more records may be lines of a letterhead. */
const letterheadRecords = 3

/** Rows above a header that headings may stand in, as staging has them. */
const mostAbove = 200

/** Rows that are no records: what stands above the header, and below the records. */
export interface Aside {
  readonly line: number
  readonly cells: readonly string[]
}

export interface NamedColumn {
  readonly name: string
  readonly ref: Column
}

export interface FoundTable {
  readonly format: Format
  /** What another file of the source may have otherwise. */
  readonly left: Format['found']
  readonly decisions: readonly Decision[]
  /** Null where the format names its fields: the reader tells them. */
  readonly header: readonly NamedColumn[] | null
  readonly preamble: readonly Aside[]
  readonly above: readonly Aside[]
  readonly between: readonly Aside[]
  readonly footer: readonly Aside[]
  readonly letterhead: readonly Aside[]
}

/** The table with the most records among the first rows of the file; formats that name their fields have one. */
export async function mainTable(path: string, limits: Limits, tempDir: string): Promise<FoundTable> {
  const file = await readFile(path, unknownFormat, limits, tempDir)
  try {
    const { format, decisions } = file
    if (namesFields(format))
      return {
        ...{ format, left: unknownFormat.found, decisions, header: null },
        ...{ preamble: [], above: [], between: [], footer: [], letterhead: [] },
      }
    const tables: TablePart[] = []
    const top: { after: number; row: Aside }[] = []
    const asides: { after: number; row: Aside }[] = []
    let rows = 0
    for (const sheet of file.sheets) {
      for (const part of sheet.parts()) {
        const after = tables.length
        const row = part.kind === 'table' ? null : { line: part.row.line, cells: part.row.cells }
        if (row !== null && top.length < mostAbove) top.push({ after, row })
        if (++rows > headRows && tables.some(({ records }) => records > 0)) break
        if (part.kind === 'table') {
          const { header, shape } = part
          tables.push({ sheet: sheet.name, header, width: shape.width, records: 0, trailed: 0, split: 0, first: [] })
        } else if (part.kind === 'record') countRecord(tables.at(-1) as TablePart, part.row)
        else if (row !== null) asides.push({ after, row })
      }
      if (rows > headRows) break
    }
    // Below a header that is repeated the same table goes on.
    const parted = new Map<string, TablePart[]>()
    tables.forEach((table, i) => {
      const key = table.header === null ? String(i) : JSON.stringify([table.sheet, table.header])
      const known = parted.get(key)
      if (known === undefined) parted.set(key, [table])
      else known.push(table)
    })
    const recordsOf = (parts: readonly TablePart[]) => parts.reduce((sum, { records }) => sum + records, 0)
    const parts = [...parted.values()].reduce<TablePart[]>(
      (most, one) => (recordsOf(one) > recordsOf(most) ? one : most),
      [],
    )
    const [main] = parts
    if (main === undefined)
      throw new Fault(
        'onboard.no-table',
        `${basename(path)} has no records: nothing in it looks like a table.`,
        'See what it holds with `entrepot parse FILE --explain`, or onboard another file of this source.',
      )
    const [first, last] = [tables.indexOf(main), tables.lastIndexOf(parts.at(-1) as TablePart)]
    const all = (what: 'trailed' | 'split') => parts.every((part) => part[what] === part.records)
    const isAbove = ({ after }: { after: number }) => after <= first
    const isBelow = ({ after }: { after: number }) => after > last
    const others = tables.flatMap((table, i) =>
      parts.includes(table) || table.header === null ? [] : [{ after: i, cells: table.header }],
    )
    const otherRows = (line: number, isThere: (i: number) => boolean) =>
      others.filter(({ after }) => isThere(after)).map(({ cells }) => ({ line, cells }))
    return {
      format: {
        ...format,
        header: main.header !== null,
        ...(format.type === 'csv' && all('trailed') && !all('split') && { trailingDelimiter: true as const }),
        sheet: format.type === 'excel' || format.type === 'html' ? main.sheet : format.sheet,
      },
      left: unknownFormat.found,
      decisions,
      header:
        main.header === null
          ? Array.from({ length: main.width }, (_, i) => ({ name: '', ref: { position: i + 1 } }))
          : refsOf(main.header, format),
      preamble: [...asides.filter(isAbove).map(({ row }) => row), ...otherRows(0, (i) => i < first)],
      above: top.filter(isAbove).map(({ row }) => row),
      between: [
        ...asides.filter((aside) => !isAbove(aside) && !isBelow(aside)).map(({ row }) => row),
        ...otherRows(0, (i) => i > first && i < last),
      ],
      footer: [...asides.filter(isBelow).map(({ row }) => row), ...otherRows(Number.MAX_SAFE_INTEGER, (i) => i > last)],
      letterhead: tables.flatMap((table) =>
        parts.includes(table) || table.records > letterheadRecords ? [] : table.first,
      ),
    }
  } finally {
    file.close()
  }
}

interface TablePart {
  readonly sheet: string | null
  readonly header: readonly string[] | null
  readonly width: number
  records: number
  /** Records with one cell more than the header, which is empty. */
  trailed: number
  /** Records in which two cells may be one number, whose grouping mark was taken for a delimiter. */
  split: number
  /** The first records, each cell with its column's name. */
  readonly first: Aside[]
}

const named = (header: readonly string[] | null) => (cell: string, i: number) =>
  header?.[i] ? `${header[i]}: ${cell}` : cell

function countRecord(table: TablePart, { line, cells }: Aside): void {
  if (++table.records <= letterheadRecords) table.first.push({ line, cells: cells.map(named(table.header)) })
  if (cells.length === (table.header?.length ?? cells.length) + 1 && cells.at(-1)?.trim() === '') table.trailed++
  if (cells.some((cell, i) => /^\d{3}(?:\.\d+)?\D*$/.test(cell) && /\d$/.test(cells[i - 1] ?? ''))) table.split++
}

const namesFields = ({ type }: Format): boolean =>
  ['json', 'ndjson', 'xml', 'camt', 'ofx', 'mt940', 'bai2', 'parquet', 'arrow'].includes(type)

/** Columns by name, and by position where a name is missing or repeated. */
export function refsOf(header: readonly string[], format: Format): NamedColumn[] {
  const names = header.map(columnName)
  return names.map((name, i) => {
    const isAlone = name !== '' && names.indexOf(name) === names.lastIndexOf(name)
    return { name, ref: isAlone || namesFields(format) ? { name } : { position: i + 1 } }
  })
}
