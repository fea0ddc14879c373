import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Format } from '../../../contracts/contract.ts'
import { openReader } from '../../../readers/open.ts'
import { defaultLimits } from '../../../stage/staged.ts'
import { csv, fileOf, type Read, readAll, readCsv, readDocument, readFallback, readLines, tempDir } from '../support.ts'

const only1252: Record<string, number> = { '€': 0x80, '’': 0x92, œ: 0x9c }
const encode1252 = (text: string) => Uint8Array.from([...text], (c) => only1252[c] ?? (c.codePointAt(0) as number))
const decode1252 = (bytes: Uint8Array) =>
  [...bytes]
    .map((byte) => Object.keys(only1252).find((c) => only1252[c] === byte) ?? String.fromCharCode(byte))
    .join('')

interface Coding {
  readonly encoding: Format['encoding']
  readonly encode: (text: string) => Uint8Array
  readonly decode: (bytes: Uint8Array) => string
}

const utf8: Coding = {
  encoding: 'utf-8',
  encode: (text) => Buffer.from(text),
  decode: (bytes) => Buffer.from(bytes).toString(),
}
const utf16: Coding = {
  encoding: 'utf-16le',
  encode: (text) => Buffer.from(text, 'utf16le'),
  decode: (bytes) => Buffer.from(bytes).toString('utf16le'),
}
const codings: Record<string, Coding> = {
  'UTF-8': utf8,
  'UTF-8 with a mark': { ...utf8, encode: (text) => Buffer.from(`\ufeff${text}`) },
  'UTF-16LE': utf16,
  'UTF-16LE with a mark': { ...utf16, encoding: 'utf-8', encode: (text) => Buffer.from(`\ufeff${text}`, 'utf16le') },
  'UTF-16BE': {
    encoding: 'utf-16be',
    encode: (text) => Buffer.from(text, 'utf16le').swap16(),
    decode: (bytes) => Buffer.from(bytes).swap16().toString('utf16le'),
  },
  'windows-1252': { encoding: 'windows-1252', encode: encode1252, decode: decode1252 },
}

const cell = (isLatin: boolean) =>
  fc.string({
    unit: fc.constantFrom('a', 'bc', ' ', '"', '\n', '\r\n', 'é', '€', '’', ...(isLatin ? [] : ['ব', '😀', 'o\u0302'])),
  })

const rowsOf = (isLatin: boolean) =>
  fc.array(fc.array(cell(isLatin), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 })

function expectCuts(records: readonly Read[], bytes: Uint8Array, decode: Coding['decode']): void {
  let end = 0
  for (const { start, length, raw } of records) {
    expect(start).toBeGreaterThanOrEqual(end)
    expect(decode(bytes.slice(start, start + length))).toBe(raw)
    end = start + length
  }
}

test.each(Object.entries(codings))(
  'every record is cut whole from its file by its position: %s',
  async (name, coding) => {
    const { encoding, encode, decode } = coding
    await fc.assert(
      fc.asyncProperty(rowsOf(name === 'windows-1252'), fc.integer({ min: 1, max: 64 }), async (rows, piece) => {
        const written = rows.map((cells) =>
          cells.map((text) => (/["\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)),
        )
        const format = { encoding }

        const lines = encode(`Some export\n\nh1,h2,h3\n${written.map((cells) => `${cells.join(',')}\r\n`).join('')}`)
        const delimited = await readCsv(lines, { format, wanted: [{ name: 'h2' }], piece })
        expectCuts(delimited.records, lines, decode)
        expect(delimited.records.length + delimited.ignored.blank).toBe(rows.length + 1)
        expectCuts((await readCsv(lines, { format: { ...format, header: false }, piece })).records, lines, decode)
        expectCuts((await readCsv(lines, { format: { ...format, skipRows: 2 }, piece })).records, lines, decode)

        const wide = encode(`h1||h2\n${written.map((cells) => `${cells.join('||')}\n`).join('')}`)
        expectCuts((await readFallback(wide, { format: { ...format, delimiter: '||' }, piece })).records, wide, decode)

        const objects = rows.map((cells) => ({ cells, first: cells[0] }))
        const json = encode(objects.map((object) => `${JSON.stringify(object)}\n`).join('\r\n'))
        const ofLines = await readLines(json, { format, piece })
        expectCuts(ofLines.records, json, decode)
        expect(ofLines.records.length).toBe(rows.length)

        const document = encode(JSON.stringify({ 'é€': rows, data: objects }, null, 1))
        const ofDocument = await readDocument(document, { format: { ...format, path: 'data[]' }, piece })
        expectCuts(ofDocument.records, document, decode)
        expect(ofDocument.records.map(({ line }) => line)).toEqual(rows.map((_, i) => i + 1))
      }),
      { seed: 13, numRuns: 25 },
    )
  },
)

test('positions of a gzipped file are those of what is in it', async () => {
  const bytes = Buffer.from('\ufeffa,b\n1,"é\n"\n2,3\n')
  const reader = await openReader(fileOf(gzipSync(bytes)), csv, null, defaultLimits, tempDir)
  const records = readAll(reader)
  expectCuts(records, bytes, utf8.decode)
  expect(records.map(({ start, length }) => [start, length])).toEqual([
    [7, 7],
    [15, 3],
  ])
})
