import type { Random } from '../../../scripts/generate/random.ts'
import { type Base, type BaseWish, baseWith } from './base.ts'
import { chinese, japanese } from './eastern-voices.ts'
import { encodeAs, utf16 } from './encodings.ts'
import { type Made, madeOf, type Pollute } from './made.ts'
import { french } from './voices.ts'

interface Encoding {
  readonly name: string
  readonly wish: BaseWish
  readonly encode: (text: string) => Uint8Array
}

const unicode = (name: string, encode: Encoding['encode']): Encoding => ({ name, wish: {}, encode })

const encodings: readonly Encoding[] = [
  unicode('UTF-8 with a mark', (text) => Buffer.from(`\ufeff${text}`)),
  unicode('UTF-16LE with a mark', (text) => utf16(text, false, true)),
  unicode('UTF-16BE with a mark', (text) => utf16(text, true, true)),
  // Without a mark the zero bytes of Latin text tell.
  { name: 'UTF-16LE', wish: { voice: french }, encode: (text) => utf16(text, false, false) },
  { name: 'UTF-16BE', wish: { voice: french }, encode: (text) => utf16(text, true, false) },
  { name: 'windows-1252', wish: { voice: french }, encode: (text) => encodeAs('windows-1252', text) },
  { name: 'Shift-JIS', wish: { voice: japanese }, encode: (text) => encodeAs('shift_jis', text) },
  { name: 'GB18030', wish: { voice: chinese }, encode: (text) => encodeAs('gb18030', text) },
]

/** Twenty characters beyond ASCII at least: fewer bytes fit many encodings. */
const tells = ({ table }: Base): boolean =>
  ([...table.header, ...table.rows.flat()].join('').match(/[^\0-\x7f\u00a0€]/g)?.length ?? 0) >= 20

function encoding(random: Random): Made {
  const { name, wish, encode } = random.pick(encodings)
  const made = madeOf(
    baseWith(random, { rows: [4, 80], ...wish }, (base) => wish.voice === undefined || tells(base)),
    name,
  )
  return { ...made, content: encode(made.content as string) }
}

export const encodingKinds: Record<string, Pollute> = { encoding }
