import type { Format, FormatType, FoundKey } from '../contracts/contract.ts'
import type { Limits } from '../stage/staged.ts'
import { isBai2, isMt940 } from './bank/detect-bank.ts'
import { columnName } from './columns.ts'
import { type FoundDialect, type KnownDialect, sniffDialect } from './delimited/sniff-dialect.ts'
import type { Usual } from './delimited/text-rows.ts'
import { findColumns } from './fixed/fixed-columns.ts'
import { isOfBytes } from './formats.ts'
import { isNdjson, recordsPath } from './json/records-path.ts'
import { plainCsv } from './plain-csv.ts'
import { openBytes, readHead } from './source/bytes.ts'
import { type Kind, kindOf } from './source/kind.ts'
import { type Source, sourceOf } from './source/source.ts'
import { columnClass } from './tables/cell-class.ts'
import { commonest } from './tables/commonest.ts'
import { isComment } from './tables/table-shape.ts'
import { isCamt, isHtml, isOfx, isXml } from './xml/detect-markup.ts'

/** One thing that was found in a file, or that was given. */
export interface Decision {
  readonly what: 'packing' | 'encoding' | 'format' | 'records' | 'delimiter' | 'quote' | 'escape' | 'record end'
  readonly value: string
  /** 0 to 1; 1 where it was given. */
  readonly confidence: number
  readonly evidence: string
}

/** A file of which it is known how it is read. */
export interface Settled {
  /** With nothing left to be found. */
  readonly format: Format
  /** Its text, opened; null where the format is read from the file's bytes. The caller closes it. */
  readonly source: Source | null
  /** What the records of a delimited text are like. */
  readonly usual: Usual | null
  readonly decisions: readonly Decision[]
}

/** What of a text is looked at. */
const headBytes = 64 * 1024

/**
 * Find in a file what `format.found` leaves to it.
 *
 * @param names columns that a contract wants: a reading that shows them all goes before one that does not
 * @throws Fault "file.…": see docs/reading.md
 */
export async function settle(
  path: string,
  format: Format,
  limits: Limits,
  tempDir: string,
  names: readonly string[] = [],
): Promise<Settled> {
  const isFound = (key: FoundKey) => format.found.includes(key)
  const bytes = await openBytes(path, limits, tempDir)
  const { kind } = bytes
  const packed = packedAs(path)
  const binary = kind === null ? undefined : binaryFormats[kind]
  if (binary !== undefined && (isFound('type') || format.type === binary)) {
    bytes.close()
    const decision = { what: 'format', value: binary, confidence: 1, evidence: 'its first bytes' } as const
    return {
      format: { ...format, type: binary, found: [] },
      source: null,
      usual: null,
      decisions: [...packed, decision],
    }
  }
  const source = await sourceOf(bytes, format, tempDir)
  try {
    const { encoding } = source.encoding
    const decisions: Decision[] = [...packed, { what: 'encoding', value: encoding, ...evidenceOf(source.encoding) }]
    const { text, isWhole } = headOf(source)
    const known = {
      ...(isFound('delimiter') ? {} : { delimiter: format.delimiter }),
      ...(isFound('quote') ? {} : { quote: format.quote }),
      ...(isFound('escape') ? {} : { escape: format.escape }),
      ...(isFound('recordEnd') ? {} : { recordEnd: format.recordEnd }),
    }
    const settled = { ...format, encoding, found: [] }
    const type = isFound('type') ? typeOf(text, format.type) : { type: format.type, evidence: 'given', confidence: 1 }
    if (type !== undefined && type.type !== 'csv') {
      decisions.push({ what: 'format', value: type.type, confidence: type.confidence, evidence: type.evidence })
      if (type.type !== 'json' || format.path !== null)
        return of({ ...settled, type: type.type }, source, null, decisions)
      const path = recordsPath(text, names) ?? '[]'
      const evidence =
        names.length > 0
          ? 'its objects have the wanted names, or the most values'
          : 'the list that holds the most objects'
      decisions.push({ what: 'records', value: path, confidence: 0.9, evidence })
      return of({ ...settled, type: 'json', path }, source, null, decisions)
    }
    const dialect = dialectOf(text, isWhole, known, format.delimiter, names)
    const isNamed = dialect.delimiter.trim() !== '' && hasHeader(dialect, names)
    const fixed = type === undefined && !isNamed ? fixedWidth(text, isWhole, dialect) : undefined
    if (fixed !== undefined) {
      decisions.push({ what: 'format', value: 'fixed', confidence: 0.8, evidence: fixed })
      return of({ ...settled, type: 'fixed' }, source, null, decisions)
    }
    decisions.push({
      what: 'format',
      value: 'csv',
      confidence: dialect.confidence,
      evidence: type?.evidence ?? 'text in lines',
    })
    decisions.push(...ofDialect(dialect))
    const { delimiter, quote, escape: escaper, recordEnd } = dialect
    return of(
      { ...settled, type: 'csv', delimiter, quote, escape: escaper, recordEnd },
      source,
      usualOf(dialect),
      decisions,
    )
  } catch (error) {
    source.close()
    throw error
  }

  function of(found: Format, source: Source, usual: Usual | null, decisions: Decision[]): Settled {
    if (!isOfBytes(found.type)) return { format: found, source, usual, decisions }
    source.close()
    return { format: found, source: null, usual: null, decisions }
  }
}

const binaryFormats: Partial<Record<Kind, FormatType>> = {
  xlsx: 'excel',
  xls: 'excel',
  parquet: 'parquet',
  arrow: 'arrow',
}

/** What a file is packed with; nothing where it is not. */
function packedAs(path: string): Decision[] {
  const kind = kindOf(readHead(path, 32))
  const isPacked = kind === 'gzip' || kind === 'zstd' || kind === 'bzip2' || kind === 'zip'
  return isPacked ? [{ what: 'packing', value: kind, confidence: 1, evidence: 'its first bytes' }] : []
}

const evidenceOf = ({ confidence, evidence }: { confidence: number; evidence: string }) => ({ confidence, evidence })

function headOf(source: Source): { text: string; isWhole: boolean } {
  const { text: bytes, isWhole } = source.head(headBytes)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
  return { text: isWhole ? text : text.replace(/\ufffd+$/, ''), isWhole }
}

interface FoundType {
  readonly type: FormatType
  readonly confidence: number
  readonly evidence: string
}

/**
 * The format of a text: what it shows itself, else what its name says; undefined for text in lines.
 *
 * @param named what the file's name says, or csv
 */
function typeOf(text: string, named: FormatType): FoundType | undefined {
  const start = text.trimStart()
  const shown = shownType(start)
  // A first line that is cut or wrong makes no document of lines.
  if (named === 'ndjson' && shown?.type === 'json' && /^\{[^\n]*(?:\n\s*\{|\s*$)/.test(start))
    return { type: 'ndjson', confidence: 0.7, evidence: 'its name, and lines that begin with {' }
  if (shown !== undefined || !namedTexts.includes(named)) return shown
  return { type: named, confidence: 0.5, evidence: 'its name' }
}

/** Texts that show by themselves what they are, but where something is wrong with them. */
const namedTexts: readonly FormatType[] = ['json', 'ndjson', 'xml', 'html', 'camt', 'ofx', 'mt940', 'bai2']

function shownType(start: string): FoundType | undefined {
  const found = (type: FormatType, evidence: string, confidence = 0.95) => ({ type, evidence, confidence })
  if (isOfx(start)) return found('ofx', 'the header or the first element of OFX')
  if (isMt940(start)) return found('mt940', 'the tags of a SWIFT statement')
  if (isBai2(start)) return found('bai2', 'the first records of BAI2')
  if (start.startsWith('<')) {
    if (/<(?:\w+:)?Workbook\s[^>]*urn:schemas-microsoft-com:office:spreadsheet/.test(start.slice(0, 4096)))
      return found('excel', 'the namespace of an XML Spreadsheet 2003')
    if (isCamt(start)) return found('camt', 'the namespace or the elements of CAMT')
    if (isHtml(start)) return found('html', 'a page or a table of HTML')
    if (isXml(start)) return found('xml', 'it begins with an element')
  }
  if (/^[[{]\s*(?:$|["[{\]}\-\d]|true|false|null)/.test(start)) {
    if (start.startsWith('{') && isNdjson(start)) return found('ndjson', 'each line is an object')
    if (start.startsWith('{') || /^\[\s*[[{\]]/.test(start)) return found('json', `it begins with ${start[0]}`)
  }
  return undefined
}

/** The dialect that the records tell; but where another one shows all the wanted names in a record, that one. */
function dialectOf(
  text: string,
  isWhole: boolean,
  known: KnownDialect,
  named: string,
  names: readonly string[],
): FoundDialect {
  const likeliest = sniffDialect(text, isWhole, known)
  if (names.length === 0 || known.delimiter !== undefined || hasHeader(likeliest, names)) return likeliest
  for (const delimiter of new Set([named, ',', ';', '\t', '|'])) {
    const other = sniffDialect(text, isWhole, { ...known, delimiter })
    if (hasHeader(other, names)) return other
  }
  return likeliest
}

/** Whether one of the first records has all the wanted names. */
const hasHeader = ({ rows }: FoundDialect, names: readonly string[]): boolean =>
  names.length > 0 &&
  rows.slice(0, 200).some(({ cells }) => {
    const shown = new Set(cells.map(columnName))
    return names.every((name) => shown.has(columnName(name)))
  })

/** Why a text is of fixed width; undefined where it is not. */
function fixedWidth(text: string, isWhole: boolean, dialect: FoundDialect): string | undefined {
  const isDelimited = dialect.score >= 0.5 && dialect.delimiter.trim() !== ''
  if (isDelimited || dialect.delimiter === '\t') return undefined
  const lines = text.split(/\r\n|\n|\r/)
  const columns = findColumns(isWhole ? lines : lines.slice(0, -1))
  const counts = dialect.rows.map(({ cells }) => cells.length)
  const width = counts[counts.length >> 1] ?? 0
  const isEven = counts.filter((count) => count === width).length >= counts.length * 0.9
  if (columns !== null && isEven && width > columns.length) return undefined
  return columns === null ? undefined : `${columns.length} columns with blanks between them in all lines`
}

function ofDialect({
  delimiter,
  quote,
  escape: escaper,
  recordEnd,
  lineEnd,
  confidence,
  evidence,
}: FoundDialect): Decision[] {
  const shown = (text: string | null) => (text === null ? 'none' : JSON.stringify(text))
  return [
    { what: 'delimiter', value: shown(delimiter), confidence, evidence: evidence.delimiter },
    { what: 'quote', value: shown(quote), confidence, evidence: evidence.quote },
    {
      what: 'escape',
      value: escaper !== null && escaper === quote ? 'doubled' : shown(escaper),
      confidence,
      evidence: evidence.escape,
    },
    { what: 'record end', value: shown(recordEnd ?? lineEnd), confidence: 0.95, evidence: evidence.recordEnd },
  ]
}

/** The width of most of the first records that belong together, and what their columns hold. */
function usualOf({ rows, lineEnd }: FoundDialect): Usual {
  const all = rows.map((row) => row.cells)
  const bare = all.filter((row) => !isComment(row))
  const cells = bare.length < all.length * 0.3 ? all : bare
  const width = usualWidth(cells)
  // The first of them may be a header.
  const [, ...like] = cells.filter(({ length }) => length === width).slice(0, 200)
  const classes = Array.from({ length: width }, (_, i) => columnClass(like.map((row) => row[i] ?? '')))
  return { width, lineEnd, classes: like.length < 3 ? null : classes, quotedColumns: quotedColumns(rows, width) }
}

/** Columns whose cells all stand in quotes, the first record left out. */
function quotedColumns(rows: FoundDialect['rows'], width: number): number[] {
  const [, ...like] = rows.filter(({ cells, isDirty }) => cells.length === width && !isDirty)
  const share = (column: number) => like.filter(({ quoted }) => quoted[column]).length / like.length
  return like.length < 2 ? [] : Array.from({ length: width }, (_, i) => i).filter((i) => share(i) >= 0.6)
}

/** The first width that most of the ten rows after it have too; else the commonest one. */
function usualWidth(rows: readonly (readonly string[])[]): number {
  for (const [i, { length }] of rows.entries()) {
    const next = rows.slice(i + 1, i + 11)
    if (length > 1 && next.length > 0 && next.filter((row) => row.length === length).length >= next.length * 0.6)
      return length
  }
  return commonest(rows.map(({ length }) => length))[0] || 1
}

/** A format of which everything is found in the file. */
export const unknownFormat: Format = {
  ...plainCsv,
  found: ['type', 'delimiter', 'quote', 'escape', 'recordEnd', 'encoding'],
}
