import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Encoding, encodingNames, encodingOf, encodings } from '../../../contracts/encodings.ts'
import { decoderOf } from '../../../readers/encoding/encoding.ts'
import { readCsv } from '../support.ts'

const known = JSON.parse(readFileSync(new URL('encodings.json', import.meta.url), 'utf8')) as {
  single: Record<string, string>
  multi: Record<string, { text: string; hex: string }>
}

/** Decoded in pieces of so many bytes; what is no character is U+FFFD. */
function decode(encoding: Encoding, bytes: Uint8Array, piece = bytes.length): string {
  const decoder = decoderOf(encoding)
  const parts: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += piece) parts.push(decoder.write(bytes.slice(at, at + piece)).slice())
  parts.push(decoder.end() ?? Buffer.from('cut'))
  return Buffer.concat(parts).toString()
}

describe('every byte of', () => {
  const bytes = Uint8Array.from({ length: 128 }, (_, i) => i + 128)
  test.each(Object.entries(known.single))('%s', (encoding, expected) => {
    // What Windows' pages leave open below 0xA0 is a control character, as browsers read it; 0xDB on a Mac is the euro.
    const open = encoding.startsWith('windows-') ? 32 : 0
    const characters = [...expected].map((character, i) =>
      character === '\ufffd' && i < open ? String.fromCharCode(i + 128) : character,
    )
    expect(decode(encoding as Encoding, bytes)).toBe(characters.join(''))
  })

  test('ISO 8859-1, -9 and -11, which are read as the pages of Windows that have more', () => {
    for (const [iso, windows] of [
      ['iso-8859-1', 'windows-1252'],
      ['iso-8859-9', 'windows-1254'],
      ['iso-8859-11', 'windows-874'],
    ] as const)
      expect(decode(iso, bytes)).toBe(decode(windows, bytes))
  })
})

test.each(Object.entries(known.multi))('%s, in pieces of any size', (encoding, { text, hex }) => {
  const bytes = Buffer.from(hex, 'hex')
  for (let piece = 1; piece <= bytes.length; piece++) expect(decode(encoding as Encoding, bytes, piece)).toBe(text)
})

const alphabets: Partial<Record<Encoding, string>> = {
  ...known.single,
  'iso-8859-1': 'éÿ€',
  'iso-8859-9': 'éş€',
  'iso-8859-11': 'ก€',
  'utf-16le': 'é😀\u0800',
  'utf-16be': 'é😀\u0800',
  ...Object.fromEntries(Object.entries(known.multi).map(([encoding, { text }]) => [encoding, text])),
}

/** Bytes of a character, by decoding every code that could be it. */
function encoderOf(encoding: Encoding): (text: string) => Buffer {
  if (encoding.startsWith('utf-')) {
    const unit = encoding.startsWith('utf-16') ? 2 : 4
    return (text) => {
      const units = Buffer.concat(
        (unit === 2 ? Array.from(text, (c) => c) : [...text]).map((character) => {
          if (unit === 2) return Buffer.from(character, 'utf16le')
          const bytes = Buffer.alloc(4)
          bytes.writeUInt32LE(character.codePointAt(0) as number)
          return bytes
        }),
      )
      if (encoding.endsWith('le')) return units
      return unit === 2 ? units.swap16() : units.swap32()
    }
  }
  const codes = new Map<string, Buffer>()
  const see = (...bytes: number[]) => {
    const text = decode(encoding, Uint8Array.from(bytes))
    if (!text.includes('\ufffd') && !codes.has(text)) codes.set(text, Buffer.from(bytes))
  }
  for (let byte = 0; byte < 256; byte++) see(byte)
  const { text, hex } = known.multi[encoding] ?? { text: '', hex: '' }
  if (text !== '')
    for (let from = 0; from < hex.length; from += 2)
      for (const length of [2, 3, 4]) see(...Buffer.from(hex.slice(from, from + length * 2), 'hex'))
  return (text) => Buffer.concat([...text].map((character) => codes.get(character) ?? Buffer.of(0x3f)))
}

test.each(encodings.filter((encoding) => encoding !== 'utf-8'))(
  'records are cut from %s by their bytes, also beside bytes that are no text',
  async (encoding) => {
    const encode = encoderOf(encoding)
    const letters = [...(alphabets[encoding] ?? '')].filter(
      (character) => character > '\x9f' && character !== 'Ê' && !/\ufffd|\p{M}/u.test(character),
    )
    const bad = { single: [0x81, 0xff], 'utf-16le': [0x00, 0xd8], 'utf-16be': [0xd8, 0x00] }
    const isWide = encoding.startsWith('utf-32')
    const noText = Buffer.from(isWide ? [0xff, 0xff, 0xff, 0xff] : (bad[encoding as 'utf-16le'] ?? bad.single))
    const cell = fc.string({ unit: fc.constantFrom('a', ' ', ...letters), maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, fc.boolean()), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 8, max: 64 }),
        async (rows, piece) => {
          const lines = rows.map(([a, b, isBad]) =>
            Buffer.concat([encode(`${a}x;`), isBad ? noText : encode(''), encode(`;${b}`)]),
          )
          const file = Buffer.concat([encode('h1;h2;h3\n'), ...lines.flatMap((line) => [line, encode('\r\n')])])
          const { records } = await readCsv(file, { format: { encoding, delimiter: ';' }, piece })
          expect(records.map(({ start, length }) => file.subarray(start, start + length).toString('hex'))).toEqual(
            lines.map((line) => line.toString('hex')),
          )
          rows.forEach(([a, b, isBad], i) => {
            const record = records[i]
            expect(record?.cells[0]).toBe(`${a}x`)
            if (isBad) return
            expect(record?.cells[2]).toBe(b)
            expect(record?.fault).toBe('')
          })
        },
      ),
      { seed: 5, numRuns: 40 },
    )
  },
)

test('bytes that are no text cost their record, and no delimiter', async () => {
  // 0x81 begins a character that 0x3B, the delimiter, is no end of.
  const { records } = await readCsv(Buffer.from('61303b62300a81813b82a00a813b783b0aa93b7a0a', 'hex'), {
    format: { encoding: 'shift_jis', delimiter: ';' },
  })
  expect(records.map(({ cells, fault, start, length }) => [fault, ...cells, start, length])).toEqual([
    ['', '＝', 'あ', 6, 5],
    ['row.encoding', '?', 'x', 12, 4],
    ['', 'ｩ', 'z', 17, 3],
  ])
})

test('names of encodings, in any case', () => {
  expect(encodingNames.map((name) => encodingOf(name.toUpperCase()))).not.toContain(undefined)
  expect([encodingOf('latin1'), encodingOf(' CP1252 '), encodingOf('sjis'), encodingOf('utf16')]).toEqual([
    ...['iso-8859-1', 'windows-1252', 'shift_jis', 'utf-16le'],
  ])
  expect(encodingOf('utf-7')).toBeUndefined()
})
