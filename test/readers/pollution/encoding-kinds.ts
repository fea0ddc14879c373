import iconv from 'iconv-lite'
import type { Random } from '../../../scripts/generate/random.ts'
import { type Base, type BaseWish, baseWith } from './base.ts'
import { chinese, japanese } from './eastern-voices.ts'
import { type Made, madeOf, type Pollute } from './made.ts'
import { french } from './voices.ts'

type Encoding = readonly [name: string, hasMark: boolean, wish: BaseWish]

const encodings: readonly Encoding[] = [
  ['utf-8', true, {}],
  ['utf-16le', true, {}],
  ['utf-16be', true, {}],
  // Without a mark the zero bytes of Latin text tell.
  ['utf-16le', false, { voice: french }],
  ['utf-16be', false, { voice: french }],
  ['windows-1252', false, { voice: french }],
  ['shift_jis', false, { voice: japanese }],
  ['gb18030', false, { voice: chinese }],
]

/** Of text without a mark: the encoding has every character, and twenty are beyond ASCII; fewer fit many encodings. */
function tells({ table }: Base, name: string): boolean {
  const text = [...table.header, ...table.rows.flat()].join('')
  return iconv.decode(iconv.encode(text, name), name) === text && (text.match(/[^\0-\x7f\u00a0€]/g)?.length ?? 0) >= 20
}

function encoding(random: Random): Made {
  const [name, hasMark, wish] = random.pick(encodings)
  const base = baseWith(random, { rows: [4, 80], ...wish }, (each) => hasMark || tells(each, name))
  const made = madeOf(base, `${name}${hasMark ? ' with a mark' : ''}`)
  return { ...made, content: iconv.encode(made.content as string, name, { addBOM: hasMark }) }
}

export const encodingKinds: Record<string, Pollute> = { encoding }
