import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type DetectedEncoding, detectEncoding } from '../../../readers/encoding/detect.ts'
import { decoderOf } from '../../../readers/encoding/encoding.ts'

/** An encoding, a text, and its bytes by Python's codecs. */
const samples = JSON.parse(readFileSync(new URL('detect.json', import.meta.url), 'utf8')) as [
  ...(readonly [string, string, string])[],
]

const decode = (bytes: Uint8Array, { encoding, bomBytes }: DetectedEncoding): string => {
  const decoder = decoderOf(encoding)
  const text = Buffer.from(decoder.write(bytes.subarray(bomBytes)))
  return Buffer.concat([text, decoder.end() ?? Buffer.from('cut')]).toString()
}

const rows = Array.from({ length: 20 }, (_, i) => `${i};12.50;2026-07-01;settled\n`).join('')
const ascii = `id;amount;date;status\n${rows}`

describe('a few words are enough', () => {
  test.each(samples)('of %s: %s', async (_, text, hex) => {
    const bytes = Buffer.from(hex, 'hex')
    const alone = await detectEncoding(bytes, false)
    expect(decode(bytes, alone).normalize()).toBe(text)
    const inExport = Buffer.concat([Buffer.from(`${ascii}7;`), bytes, Buffer.from(`\n${ascii}`)])
    const found = await detectEncoding(inExport, false)
    expect(decode(inExport, found).normalize()).toBe(`${ascii}7;${text}\n${ascii}`)
    expect(found.confidence).toBeLessThanOrEqual(1)
  })
})

const detect = (bytes: Uint8Array, hasMore = false) => detectEncoding(bytes, hasMore)
const swap = (bytes: Buffer) => Buffer.from(bytes).swap16()
const utf32 = (text: string) => {
  const bytes = Buffer.alloc([...text].length * 4)
  ;[...text].forEach((character, i) => {
    bytes.writeUInt32LE(character.codePointAt(0) as number, i * 4)
  })
  return bytes
}

describe('what is certain', () => {
  test.each<[string, Uint8Array, string, number, string]>([
    ['a mark of UTF-8', Buffer.from('\ufeffa'), 'utf-8', 3, 'its byte order mark'],
    ['a mark of UTF-16', Buffer.from('\ufeffa', 'utf16le'), 'utf-16le', 2, 'its byte order mark'],
    ['a mark of UTF-16BE', swap(Buffer.from('\ufeffa', 'utf16le')), 'utf-16be', 2, 'its byte order mark'],
    ['a mark of UTF-32', utf32('\ufeffa'), 'utf-32le', 4, 'its byte order mark'],
    ['a mark of UTF-32BE', utf32('\ufeffa').swap32(), 'utf-32be', 4, 'its byte order mark'],
    ['UTF-16', Buffer.from('a,b\n1,2\n', 'utf16le'), 'utf-16le', 0, 'where its zero bytes stand'],
    ['UTF-16BE', swap(Buffer.from('a,b\n1,2\n', 'utf16le')), 'utf-16be', 0, 'where its zero bytes stand'],
    ['UTF-16 of another alphabet', Buffer.from('المبلغ,5\n', 'utf16le'), 'utf-16le', 0, 'where its zero bytes stand'],
    ['UTF-32', utf32('a,b\n'), 'utf-32le', 0, 'where its zero bytes stand'],
    ['UTF-32BE', utf32('a,b\n').swap32(), 'utf-32be', 0, 'where its zero bytes stand'],
    ['ASCII', Buffer.from('a,b\n'), 'utf-8', 0, 'all of it is plain ASCII'],
    ['UTF-8', Buffer.from('é\n'), 'utf-8', 0, 'all of it is UTF-8'],
    ['nothing', Buffer.from(''), 'utf-8', 0, 'all of it is plain ASCII'],
    ['a NUL', Buffer.from('a\0b,c,d,e,f,g\n'), 'utf-8', 0, 'all of it is plain ASCII'],
  ])('%s', async (_, bytes, encoding, bomBytes, evidence) => {
    const found = await detect(bytes)
    expect([found.encoding, found.bomBytes, found.evidence]).toEqual([encoding, bomBytes, evidence])
  })
})

test('a beginning may end inside a character, a whole text not', async () => {
  for (const cut of [1, 2, 3]) {
    const bytes = Buffer.from('abc😀').subarray(0, -cut)
    expect(await detect(bytes, true)).toMatchObject({ encoding: 'utf-8', evidence: 'its beginning is UTF-8' })
    expect((await detect(bytes, false)).encoding).not.toBe('utf-8')
  }
})

test.each([
  ['<?xml version="1.0" encoding="ISO-8859-2"?><a>\xb3</a>', 'iso-8859-2'],
  ['<html><meta charset=windows-1251><td>\xc0', 'windows-1251'],
  ['<meta http-equiv="Content-Type" content="text/html; charset=shift_jis"><td>\x93\xfa', 'shift_jis'],
  ['OFXHEADER:100\r\nDATA:OFXSGML\r\nENCODING:USASCII\r\nCHARSET:1250\r\n\r\n\xb3', 'windows-1250'],
])('%s says so itself', async (text, encoding) => {
  const found = await detect(Buffer.from(text, 'latin1'))
  expect([found.encoding, found.evidence]).toEqual([encoding, 'it says so itself'])
})

test('what a file says of itself does not count where its bytes are no text then', async () => {
  const said = '<?xml version="1.0" encoding="UTF-8"?><a>Soci\xe9t\xe9 G\xe9n\xe9rale</a>'
  expect((await detect(Buffer.from(said, 'latin1'))).encoding).toBe('windows-1252')
})

test('UTF-8 with some cells in windows-1252 is UTF-8', async () => {
  const mixed = Buffer.concat([Buffer.from('Zoë;Müller;Łódź;é;à;ü;ö\n'), Buffer.from('caf\xe9;K\xf6ln\n', 'latin1')])
  expect(await detect(mixed)).toEqual({
    encoding: 'utf-8',
    bomBytes: 0,
    confidence: 0.9,
    evidence: '8 places are UTF-8, 2 are not',
  })
})

test('letters far behind plain ASCII are seen in a whole file', async () => {
  const text = Buffer.concat([Buffer.from(ascii.repeat(5000)), Buffer.from('Soci\xe9t\xe9;1\n', 'latin1')])
  expect(text.length).toBeGreaterThan(2 * 1024 * 1024)
  expect((await detect(text)).encoding).toBe('windows-1252')
})
