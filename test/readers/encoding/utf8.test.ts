import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { repairUtf8 } from '../../../readers/encoding/utf8.ts'

test.each<[string, string]>([
  ['c080', '??'], // overlong
  ['c1bf', '??'],
  ['e09fbf', '???'],
  ['f08fbfbf', '????'],
  ['eda080', '???'], // a surrogate
  ['f4908080', '????'], // beyond the last character
  ['f5808080', '????'],
  ['e282', '??'], // cut off
  ['f09f98', '???'],
  ['80', '?'], // no lead
  ['61ff62', 'a?b'],
  ['c3a9e0a080ed9fbff0908080f48fbfbf', 'é\u0800\ud7ff\u{10000}\u{10ffff}'],
  ['c341', '?A'],
])('%s', (hex, text) => {
  const bytes = Buffer.from(hex, 'hex')
  repairUtf8(bytes)
  expect(bytes.toString()).toBe(text)
})

test('what is no UTF-8, and only that, becomes question marks of the same length', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme' }).map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom('e2', 'e282', 'f09f', 'eda0', 'c0').map((hex) => Buffer.from(hex, 'hex')),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const original = Buffer.concat(pieces)
      const repaired = Buffer.from(original)
      const bad = repairUtf8(repaired)
      expect(isUtf8(repaired)).toBe(true)
      const marked = [...original]
      for (const at of bad) {
        expect(original[at]).toBeGreaterThanOrEqual(0x80)
        marked[at] = 0x3f
      }
      expect([...repaired]).toEqual(marked)
      // A decoder puts U+FFFD for bad bytes, one for some: what is left without them is the same text.
      const plain = (text: string) => text.replaceAll('\ufffd', '')
      const kept = marked.filter((_, i) => !bad.includes(i))
      expect(plain(Buffer.from(kept).toString())).toBe(plain(original.toString()))
    }),
    { seed: 17, numRuns: 500 },
  )
})
