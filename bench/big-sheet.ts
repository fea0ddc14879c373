import { closeSync, openSync, writeSync } from 'node:fs'
import { constants, crc32, createDeflateRaw } from 'node:zlib'

/** Columns of the sheet that `writeBigSheet` writes. */
export const bigSheetHeader = [
  'Reference',
  'Date',
  'Amount',
  'Fee',
  'Currency',
  'Status',
  'Customer',
  'Email',
  'Units',
  'Settled',
] as const

/**
 * Write a workbook of one sheet as Excel writes it: a header, then `rows` rows of ten cells, texts in the table of shared
 * strings, dates as formatted numbers. The same bytes for the same number of rows. A million rows are about 430 MB of
 * XML in 60 MB of file.
 */
export async function writeBigSheet(path: string, rows: number): Promise<void> {
  const zip = new ZipWriter(path)
  try {
    for (const [name, text] of Object.entries(parts)) await zip.add(name, [text])
    await zip.add('xl/worksheets/sheet1.xml', sheet(rows))
    await zip.add('xl/sharedStrings.xml', sharedStrings(rows))
    zip.end()
  } finally {
    zip.close()
  }
}

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const links = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packageLinks = 'http://schemas.openxmlformats.org/package/2006/relationships'
const types = 'http://schemas.openxmlformats.org/package/2006/content-types'
const excel = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

const parts = {
  '[Content_Types].xml': `${head}<Types xmlns="${types}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${excel}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${excel}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${excel}.styles+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="${excel}.sharedStrings+xml"/></Types>`,
  '_rels/.rels': `${head}<Relationships xmlns="${packageLinks}"><Relationship Id="rId1" Type="${links}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml': `${head}<workbook xmlns="${main}" xmlns:r="${links}"><sheets><sheet name="Sales" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `${head}<Relationships xmlns="${packageLinks}"><Relationship Id="rId1" Type="${links}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${links}/styles" Target="styles.xml"/><Relationship Id="rId3" Type="${links}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
  'xl/styles.xml': `${head}<styleSheet xmlns="${main}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="1"><font/></fonts><fills count="1"><fill><patternFill/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="4" applyNumberFormat="1"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>`,
}

const currencies = ['NGN', 'KES', 'GHS', 'XOF']
const statuses = ['paid', 'refunded', 'failed']
const customers = 5000
/** Shared strings before those of a row: header, currencies, statuses, customers. */
const shared = bigSheetHeader.length + currencies.length + statuses.length + customers

function* sharedStrings(rows: number): Generator<string> {
  const item = (text: string) => `<si><t>${text}</t></si>`
  const count = shared + 2 * rows
  yield `${head}<sst xmlns="${main}" count="${6 * rows + bigSheetHeader.length}" uniqueCount="${count}">`
  yield [...bigSheetHeader, ...currencies, ...statuses].map(item).join('')
  for (let i = 0; i < customers; i++) yield item(`Customer ${i} &amp; Sons`)
  for (let i = 0; i < rows; i++) yield item(`TRX-${10_000_000 + i}`) + item(`buyer.${i}@example.org`)
  yield '</sst>'
}

function* sheet(rows: number): Generator<string> {
  yield `${head}<worksheet xmlns="${main}"><dimension ref="A1:J${rows + 1}"/><sheetData>`
  const cells = bigSheetHeader.map((_, i) => `<c r="${'ABCDEFGHIJ'[i]}1" t="s"><v>${i}</v></c>`)
  yield `<row r="1" spans="1:10">${cells.join('')}</row>`
  const ownCurrency = bigSheetHeader.length
  const ownStatus = ownCurrency + currencies.length
  const ownCustomer = ownStatus + statuses.length
  for (let i = 0; i < rows; i++) {
    const r = i + 2
    const cents = (i * 7919) % 10_000_000
    yield `<row r="${r}" spans="1:10"><c r="A${r}" t="s"><v>${shared + 2 * i}</v></c>` +
      `<c r="B${r}" s="1"><v>${45_658 + (i % 365)}</v></c><c r="C${r}" s="2"><v>${cents / 100}</v></c>` +
      `<c r="D${r}" s="2"><v>${(cents % 997) / 100}</v></c><c r="E${r}" t="s"><v>${ownCurrency + (i % 4)}</v></c>` +
      `<c r="F${r}" t="s"><v>${ownStatus + (i % 3)}</v></c><c r="G${r}" t="s"><v>${ownCustomer + ((i * 31) % customers)}</v></c>` +
      `<c r="H${r}" t="s"><v>${shared + 2 * i + 1}</v></c><c r="I${r}"><v>${i % 1000}</v></c>` +
      `<c r="J${r}" s="3"><v>${45_659 + (i % 365) + (i % 86_400) / 86_400}</v></c></row>`
  }
  yield '</sheetData></worksheet>'
}

/** What a zip's local header and central directory share, from "version needed" on. */
interface ZipEntry {
  readonly name: string
  readonly at: number
  readonly crc: number
  readonly packed: number
  readonly unpacked: number
}

/** A zip of deflated parts under 4 GB. */
class ZipWriter {
  readonly #fd: number
  readonly #entries: ZipEntry[] = []
  #at = 0

  constructor(path: string) {
    this.#fd = openSync(path, 'w')
  }

  async add(name: string, pieces: Iterable<string>): Promise<void> {
    const at = this.#at
    this.#at += 30 + name.length
    let crc = 0
    let packed = 0
    let unpacked = 0
    const deflate = createDeflateRaw({ level: constants.Z_BEST_SPEED, chunkSize: 1 << 18 })
    deflate.on('data', (chunk: Buffer) => {
      packed += chunk.length
      this.#put(chunk)
    })
    for (const piece of joined(pieces)) {
      const bytes = Buffer.from(piece)
      crc = crc32(bytes, crc)
      unpacked += bytes.length
      await new Promise<void>((done, failed) => deflate.write(bytes, (error) => (error ? failed(error) : done())))
    }
    await new Promise<void>((done, failed) => deflate.on('error', failed).on('end', done).end())
    const entry = { name, at, crc, packed, unpacked }
    this.#entries.push(entry)
    const header = Buffer.alloc(30 + name.length)
    header.writeUInt32LE(0x04034b50, 0)
    putSizes(header, 4, entry)
    header.write(name, 30, 'latin1')
    writeSync(this.#fd, header, 0, header.length, at)
  }

  end(): void {
    const start = this.#at
    for (const entry of this.#entries) {
      const header = Buffer.alloc(46 + entry.name.length)
      header.writeUInt32LE(0x02014b50, 0)
      header.writeUInt16LE(20, 4)
      putSizes(header, 6, entry)
      header.writeUInt32LE(entry.at, 42)
      header.write(entry.name, 46, 'latin1')
      this.#put(header)
    }
    const end = Buffer.alloc(22)
    end.writeUInt32LE(0x06054b50, 0)
    end.writeUInt16LE(this.#entries.length, 8)
    end.writeUInt16LE(this.#entries.length, 10)
    end.writeUInt32LE(this.#at - start, 12)
    end.writeUInt32LE(start, 16)
    this.#put(end)
  }

  close(): void {
    closeSync(this.#fd)
  }

  #put(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at, bytes.length - at, this.#at + at)
    this.#at += bytes.length
  }
}

/** Version needed, flags, method, time, date, CRC, sizes, length of the name, length of the extra field. */
function putSizes(header: Buffer, at: number, { name, crc, packed, unpacked }: ZipEntry): void {
  header.writeUInt16LE(20, at)
  header.writeUInt16LE(8, at + 4)
  header.writeUInt16LE(0x0021, at + 8) // 1980-01-01: the same bytes every time
  header.writeUInt32LE(crc, at + 10)
  header.writeUInt32LE(packed, at + 14)
  header.writeUInt32LE(unpacked, at + 18)
  header.writeUInt16LE(name.length, at + 22)
}

/** Small pieces as larger ones. */
function* joined(pieces: Iterable<string>): Generator<string> {
  let held: string[] = []
  let length = 0
  for (const piece of pieces) {
    held.push(piece)
    length += piece.length
    if (length < 1 << 18) continue
    yield held.join('')
    held = []
    length = 0
  }
  yield held.join('')
}
