import { readdirSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Format } from '../../../contracts/contract.ts'
import { openSource } from '../../../readers/source/source.ts'
import { defaultLimits, type Limits } from '../../../stage/staged.ts'
import { csv, faultOf, fileOf, readCsv, tempDir } from '../support.ts'

const open = (bytes: string | Uint8Array, format: Partial<Format> = {}, limits: Partial<Limits> = {}, name?: string) =>
  openSource(fileOf(bytes, name), { ...csv, ...format }, { ...defaultLimits, ...limits }, tempDir)

/** The whole text, as UTF-8. */
async function textOf(bytes: string | Uint8Array, format: Partial<Format> = {}): Promise<string> {
  const source = await open(bytes, format)
  try {
    const text = Buffer.alloc(source.bytes)
    expect(source.read(text, 0, text.length, 0)).toBe(text.length)
    return text.toString()
  } finally {
    source.close()
  }
}

const swap = (bytes: Buffer) => Buffer.from(bytes).swap16()
const text = 'naïve,€,😀\n1,2,3\n'
const utf16 = Buffer.from(text, 'utf16le')

describe('encodings', () => {
  test.each<[string, Uint8Array, Format['encoding']]>([
    ['UTF-8', Buffer.from(text), 'utf-8'],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`), 'utf-8'],
    ['UTF-8 with a mark, declared windows-1252', Buffer.from(`\ufeff${text}`), 'windows-1252'],
    ['UTF-16LE', utf16, 'utf-16le'],
    ['UTF-16BE', swap(utf16), 'utf-16be'],
    ['UTF-16LE with a mark, declared UTF-8', Buffer.from(`\ufeff${text}`, 'utf16le'), 'utf-8'],
    ['UTF-16BE with a mark, declared UTF-16LE', swap(Buffer.from(`\ufeff${text}`, 'utf16le')), 'utf-16le'],
  ])('%s, plain and gzipped', async (_, bytes, encoding) => {
    expect(await textOf(bytes, { encoding })).toBe(text)
    expect(await textOf(gzipSync(bytes), { encoding })).toBe(text)
  })

  test('every byte of windows-1252', async () => {
    const bytes = Uint8Array.from({ length: 256 - 0x20 }, (_, i) => i + 0x20)
    const high =
      '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ' +
      String.fromCharCode(...Array.from({ length: 96 }, (_, i) => i + 0xa0))
    expect(await textOf(bytes, { encoding: 'windows-1252' })).toBe(
      `${String.fromCharCode(...Array.from({ length: 96 }, (_, i) => i + 0x20))}${high}`,
    )
  })

  test('a large UTF-16 file, whose characters are cut by the pieces it is read in', async () => {
    const long = `${'a😀é€'.repeat(150_001)}\n`
    expect(await textOf(Buffer.from(`\ufeff${long}`, 'utf16le'))).toBe(long)
    expect(await textOf(Buffer.from(`\ufeffx${long}`, 'utf16le'))).toBe(`x${long}`)
    expect(await textOf(gzipSync(Buffer.from(`\ufeff${long}`, 'utf16le')))).toBe(long)
  })

  test.each<[string, number, Uint8Array, Format['encoding']]>([
    [
      'at the beginning',
      0,
      Buffer.from('d3cbe8f6e02c20c1e0f0e0f5eeebeae02c20eae2e0f0f2e8f0e0203132', 'hex'),
      'windows-1251',
    ],
    [
      'behind much ASCII',
      700_000,
      Buffer.from('d3cbe8f6e02c20c1e0f0e0f5eeebeae02c20eae2e0f0f2e8f0e0203132', 'hex'),
      'windows-1251',
    ],
    ['UTF-8 behind much ASCII', 700_000, Buffer.from('Улица'), 'utf-8'],
    ['a character that the end of a piece cuts', 262_144 - 1, Buffer.from('é'), 'utf-8'],
  ])('letters %s', async (_, ascii, letters, encoding) => {
    const bytes = Buffer.concat([Buffer.alloc(ascii, 'a,b\n'), letters, Buffer.alloc(400_000, '\nc,d')])
    const source = await open(bytes, { found: ['encoding'] })
    expect(source.encoding.encoding).toBe(encoding)
    source.close()
  })

  test('a surrogate without its other half marks its record', async () => {
    const bytes = Buffer.from('a,b\nx\ud83d,1\n\ude00y,2\nok,3\nz,\ud83d', 'utf16le')
    const { records } = await readCsv(bytes, { format: { encoding: 'utf-16le' } })
    expect(records.map(({ cells, fault, start, length }) => [fault, ...cells, start, length])).toEqual([
      ['row.encoding', 'x?', '1', 8, 8],
      ['row.encoding', '?y', '2', 18, 8],
      ['', 'ok', '3', 28, 8],
      ['row.encoding', 'z', '?', 38, 6],
    ])
  })

  test('lines left out are counted in bytes of the source', async () => {
    const bytes = Buffer.from('\ud83d😀é\na\n1\n', 'utf16le')
    const { records } = await readCsv(bytes, { format: { encoding: 'utf-16le', skipRows: 1 } })
    expect(records.map(({ cells, start, length }) => [...cells, start, length])).toEqual([['1', 14, 2]])
  })

  test('U+FFFD in UTF-16 is a character like others', async () => {
    const { records } = await readCsv(Buffer.from('a\n\ufffd\n', 'utf16le'), { format: { encoding: 'utf-16le' } })
    expect(records.map(({ cells, fault }) => [fault, ...cells])).toEqual([['', '\ufffd']])
  })

  test('nothing is left in the folder for decoded text', async () => {
    const before = readdirSync(tempDir)
    const source = await open(gzipSync(text))
    expect(readdirSync(tempDir)).toEqual(before)
    source.close()
  })
})

describe('gzip', () => {
  test('is known by its bytes, in one member or several', async () => {
    expect(await textOf(gzipSync(text))).toBe(text)
    expect(await textOf(Buffer.concat([gzipSync('a,b\n'), gzipSync('1,2\n')]))).toBe('a,b\n1,2\n')
  })

  test('cut off', async () => {
    const bytes = gzipSync(text)
    expect(await faultOf(() => open(bytes.subarray(0, bytes.length - 9), {}, {}, 'sales.csv.gz'))).toEqual({
      code: 'file.damaged',
      message:
        'sales.csv.gz is damaged: its gzip data does not unpack (unexpected end of file). Nothing of it is read.',
      fix: 'Ask the sender for the file again; it was probably cut off on its way.',
    })
  })

  test('corrupt', async () => {
    const bytes = gzipSync(text.repeat(100))
    bytes[bytes.length - 6] = (bytes.at(-6) as number) ^ 1
    expect((await faultOf(() => open(bytes))).message).toBe(
      'sales.csv is damaged: its gzip data does not unpack (incorrect data check). Nothing of it is read.',
    )
  })

  test('larger than the limit', async () => {
    expect(await faultOf(() => open(gzipSync('x'.repeat(5000)), {}, { decompressedBytes: 4999 }))).toEqual({
      code: 'file.too-large',
      message: 'sales.csv unpacks to more than 4999 bytes.',
      fix: 'Ask the sender for smaller files. If the file is right, raise limits.decompressed_bytes in entrepot.yaml.',
    })
    const source = await open(gzipSync('x'.repeat(5000)), {}, { decompressedBytes: 5000 })
    expect(source.bytes).toBe(5000)
    source.close()
  })
})

const readByNone = 'Ask the sender for the text export, or unpack the file and land what is in it.'
const readAs = (type: string) => `Say \`type: ${type}\` in the contract's format, or leave the type out: it is found.`

describe('no text', () => {
  test.each([
    ['nothing', ''],
    ['a byte order mark alone', '\ufeff'],
    ['gzip of nothing', gzipSync('')],
    ['gzip of a byte order mark', gzipSync('\ufeff')],
  ])('%s is empty', async (_, bytes) => {
    expect(await faultOf(() => open(bytes))).toEqual({
      code: 'file.empty',
      message: 'sales.csv is empty.',
      fix: 'Ask the sender for the file again; a day without records has a header alone.',
    })
  })

  test.each([
    ['an old Office document', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', readAs('excel')],
    ['a PDF', '%PDF-1.7', readByNone],
    ['a PNG image', '\x89PNG\r\n\x1a\n', readByNone],
    ['a Parquet file', 'PAR1\x15\x04', readAs('parquet')],
    ['a SQLite database', 'SQLite format 3\0', readByNone],
  ])('%s', async (what, magic, fix) => {
    const bytes = Buffer.from(`${magic}and text behind it`, 'latin1')
    const expected = {
      code: 'file.binary',
      message: `sales.csv is ${what}, not text.`,
      fix,
    }
    expect(await faultOf(() => open(bytes))).toEqual(expected)
    expect(await faultOf(() => open(gzipSync(bytes)))).toEqual(expected)
  })

  test('a NUL in a short text is a character of it', async () => {
    expect(await textOf('a,b\n1,x\0y\n2,z\n')).toBe('a,b\n1,x\0y\n2,z\n')
  })

  test('control characters', async () => {
    expect(await faultOf(() => open('abc\0\x01\x02def\n'))).toEqual({
      code: 'file.binary',
      message: 'sales.csv is not text: 3 of its first 10 characters are control characters when it is read as utf-8.',
      fix: 'Ask the sender for the text export.',
    })
  })

  test('UTF-16 without a mark, declared UTF-8', async () => {
    expect(await faultOf(() => open(Buffer.from('a,b\n1,2\n', 'utf16le')))).toEqual({
      code: 'file.binary',
      message: 'sales.csv is not text: 8 of its first 16 characters are control characters when it is read as utf-8.',
      fix: "It looks like utf-16le without a byte order mark: say `encoding: utf-16le` in the contract's format.",
    })
    expect((await faultOf(() => open(swap(Buffer.from('a,b\n1,2\n', 'utf16le'))))).fix).toBe(
      "It looks like utf-16be without a byte order mark: say `encoding: utf-16be` in the contract's format.",
    )
  })

  test('UTF-16 that ends inside a character', async () => {
    const source = await open(Buffer.from('\ufeffa,b\n', 'utf16le').subarray(0, 9))
    expect(Buffer.from(source.head(100).text).toString()).toBe('a,b')
    expect(await faultOf(async () => source.bytes)).toEqual({
      code: 'file.damaged',
      message: 'sales.csv is damaged: it ends inside a character of utf-16le. Nothing of it is read.',
      fix: 'Ask the sender for the file again; it was probably cut off on its way.',
    })
    source.close()
  })
})
