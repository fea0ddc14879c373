import { Parser } from 'htmlparser2'
import type { Format } from '../../contracts/contract.ts'
import { Fault } from '../../models/fault.ts'
import type { Limits } from '../../stage/staged.ts'
import { recordTooLong } from '../faults.ts'
import type { Records } from '../records.ts'
import type { Source } from '../source/source.ts'
import { HtmlTables } from './html-tables.ts'

/**
 * Read the tables of an HTML file, each a sheet of its own, in the order in which they begin; those without text are left
 * out. A file that is an XML Spreadsheet is read as one.
 *
 * `line` is the row's number in its table, from 1; `start`, `length` and `raw` are its source from `<tr>` to `</tr>`.
 *
 * @throws Fault "file.not-a-workbook" where there is no table; "file.too-deep", "file.too-many-sheets",
 * "file.too-many-cells", "file.too-many-columns", "file.record-too-long", and those of `openSource`
 */
export async function readHtml(source: Source, format: Format, limits: Limits, tempDir: string): Promise<Records> {
  const head = Buffer.alloc(Math.min(source.bytes, 4096))
  source.read(head, 0, head.length, 0)
  if (/<(\w+:)?Workbook[\s>]/.test(head.toString('latin1')))
    return (await import('../excel/spreadsheet-xml.ts')).readSpreadsheetXml(source, format, limits, tempDir)
  return { kind: 'grid', sheets: readTables(source, format, limits, tempDir) }
}

const pieceBytes = 1 << 17

/** Elements that are open at once: files of sloppy programs leave many open. */
const openPerDepth = 100

function readTables(source: Source, format: Format, limits: Limits, tempDir: string) {
  const tables = new HtmlTables(source, format, limits, tempDir)
  const most = limits.depth * openPerDepth
  let open = 0
  /** The last byte of the last tag or text that the parser told. */
  let told = -1
  const parser: Parser = new Parser(
    {
      onopentagname() {
        if (++open > most) throw tooDeep(source.name, most)
      },
      onopentag(name, attributes) {
        told = parser.endIndex
        tables.open(name, attributes, parser.startIndex)
      },
      onclosetag(name, isImplied) {
        open--
        told = parser.endIndex
        tables.close(name, isImplied ? parser.startIndex : parser.endIndex + 1)
      },
      ontext(text) {
        told = parser.endIndex
        tables.text(text)
      },
      oncomment() {
        told = parser.endIndex
      },
    },
    { decodeEntities: false },
  )
  try {
    for (let at = 0; at < source.bytes; ) {
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, source.bytes - at))
      const read = source.read(piece, 0, piece.length, at)
      at += read
      tables.hold(piece.subarray(0, read))
      // A character for each byte, so that the parser's positions are bytes: the markup is ASCII, texts are decoded later.
      parser.write(piece.toString('latin1', 0, read))
      if (at - told > limits.recordBytes) throw recordTooLong(`${source.name} byte ${told + 1}`, 0, limits.recordBytes)
    }
    parser.end()
    return tables.end()
  } catch (error) {
    tables.abandon()
    throw error
  }
}

const tooDeep = (name: string, limit: number): Fault =>
  new Fault(
    'file.too-deep',
    `${name}: more than ${limit} of its elements are inside each other.`,
    'Ask the sender what this file is. If it is right, raise limits.depth in entrepot.yaml.',
    { details: { limit } },
  )
