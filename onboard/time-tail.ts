import { fold, timeLanguages, timeNames } from '../contracts/calendars.ts'
import { offsetsOf } from './vocabulary.ts'

/** What stands behind a date: its clock, and what follows that. */
export interface TimeTail {
  readonly format: string
  readonly hasOffset: boolean
}

const clock =
  /^(\D*?)(\d{1,2})( ?[hH] ?|[:.])(\d{2})(?:([:.]|m ?)(\d{2})(?:(?<=[:.]\d{2})([.:])(\d{3}|\d{6}))?(?:(?<=m ?\d{2})(s))?)?(?!\d)(.*)$/u
const offset = /^(.*?)([ \u00a0\u202f]?)(z|(?:gmt|utc)? ?[+-]\d{2}:?\d{2})$/iu
const lastWord = /^(.*?)([ \u00a0\u202f]?)(\p{Lu}{2,5}|\p{Ll}{2,5})$/u
const halfWord = /^([ \u00a0\u202f]?)(\p{L}[\p{L}\p{M}. \u00a0\u202f\u2019]*?\.?)$/u

/** What follows a clock: a word for the half of the day, and an offset or the word of a zone. */
interface Behind {
  readonly space: string
  readonly half: string
  readonly gap: string
  readonly zone: string
}

/** @param text as it is written, from the last digit of the clock on; null where it is none of that */
function behindOf(text: string): Behind | null {
  const [, before = text, gap = '', told = ''] = offset.exec(text) ?? []
  if (told !== '') return withHalf(before, gap, told)
  const [, rest = '', space = '', word = ''] = lastWord.exec(text) ?? []
  const isHalf = /^[ap]m$/i.test(word)
  return word !== '' && !isHalf && offsetsOf(word).length > 0 ? withHalf(rest, space, word) : withHalf(text, '', '')
}

function withHalf(text: string, gap: string, zone: string): Behind | null {
  if (text === '') return { space: '', half: '', gap, zone }
  const [, space = '', half] = halfWord.exec(text) ?? []
  return half === undefined ? null : { space, half, gap, zone }
}

const digit = /\d[^\d]*$/

/** The words behind a text's last digit: the half of the day and the zone, '' for none. */
export function wordsBehind(text: string): { readonly half: string; readonly zone: string } {
  const behind = digit.exec(text)?.[0].slice(1) ?? ''
  const { half = '', zone = '' } = behindOf(behind) ?? {}
  return { half, zone: /^\p{L}+$/u.test(zone) && zone.toLowerCase() !== 'z' ? zone : '' }
}

/** 1 for the hours before noon, 2 for those after it. */
export const halfOf = (word: string, language: string): number | undefined =>
  timeNames('A', [language]).get(fold(word).replace(/\.$/, ''))

/**
 * The language of words for halves of the day, the first of `preferred` that has them all; null where AM and PM are all there
 * are, undefined where no language has them, or several that mean different halves.
 */
export function halfLanguage(words: readonly string[], preferred: readonly string[]): string | null | undefined {
  const others = words.filter((word) => !/^[ap]m$/i.test(word))
  if (others.length === 0) return null
  const knows = (language: string) => others.every((word) => halfOf(word, language) !== undefined)
  const own = preferred.find((language) => timeLanguages().includes(language) && knows(language))
  if (own !== undefined) return own
  const [first, ...rest] = timeLanguages().filter(knows)
  const isSame = (language: string) => others.every((word) => halfOf(word, language) === halfOf(word, first as string))
  return first === undefined || !rest.every(isSame) ? undefined : first
}

/**
 * The format of what stands behind a date, and whether it tells an offset; null where that is no time.
 *
 * @param rest as it is written
 * @param isShort whether some hours have one digit
 */
export function timeTail(rest: string, isShort: boolean): TimeTail | null {
  const [, gap = '', , mark = '', , second = '', seconds, point = '', fraction, end = '', text = ''] =
    clock.exec(rest) ?? []
  const behind = mark === '' ? null : behindOf(text)
  if (behind === null) return null
  const { space, half, gap: before, zone } = behind
  const hour = half === '' ? (isShort ? 'H' : 'HH') : isShort ? 'h' : 'hh'
  const lead = gap.replace(/\p{L}+/gu, (letters) => (letters === 'T' ? 'T' : `[${letters}]`))
  const parts = [
    `${lead}${hour}${literal(mark)}mm`,
    seconds === undefined ? '' : `${literal(second)}ss`,
    fraction === undefined ? '' : `${point}${'S'.repeat(fraction.length)}`,
    literal(end),
    half === '' ? '' : `${space}A`,
    `${before}${zoneFormat(zone)}`,
  ]
  return { format: parts.join(''), hasOffset: zone !== '' }
}

function zoneFormat(zone: string): string {
  if (zone === '') return ''
  if (zone.toLowerCase() === 'z') return 'Z'
  const [, name = '', digits = ''] = /^(\p{L}* ?)([+-].*)?$/u.exec(zone) ?? []
  if (digits === '') return 'z'
  return `${literal(name)}Z`
}

/** Letters in a format that stand for themselves. */
const literal = (text: string): string => text.replace(/\p{L}+/gu, (letters) => `[${letters}]`)
