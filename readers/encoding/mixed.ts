import { isUtf8 } from 'node:buffer'

/**
 * Texts whose encodings are mixed: letters of windows-1252 inside UTF-8, and UTF-8 that was read as windows-1252 and
 * written again.
 */

/** windows-1252 from 0x80 to 0xFF: what stands alone in texts; a blank for the other bytes. */
const western =
  '€  ƒ …   ‰Š‹Œ Ž  ‘’“”•–— ™š›œ žŸ\u00a0¡ £   § ©ª«  ® °      ·  º»   ¿' +
  'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö øùúûüýþÿ'

/** Longer runs of such bytes are words of another alphabet. */
const mostRun = 3

/**
 * A text of UTF-8 with the bytes in it that are none read as windows-1252; null where one of them is no letter there, or
 * is the beginning of a character that was cut off.
 *
 * @param text has any byte at the places of `bad`
 * @param bad offsets in `text`, in order; `bytes`: what stood there
 */
export function withWestern(text: Uint8Array, bad: readonly number[], bytes: readonly number[]): Uint8Array | null {
  const whole = Uint8Array.from(text)
  bad.forEach((at, i) => {
    whole[at] = bytes[i] as number
  })
  const parts: (Uint8Array | string)[] = []
  let from = 0
  for (let i = 0; i < bad.length; ) {
    const start = bad[i] as number
    const first = i
    while (i < bad.length && bad[i] === start + i - first) i++
    const end = start + i - first
    const run = whole.subarray(start, end)
    const isAlone = (whole[start - 1] ?? 0) < 0x80 && (whole[end] ?? 0) < 0x80
    const letters = Array.from(run, (byte) => western[byte - 0x80] ?? ' ')
    // 0xFF is what systems fill with: a letter it is inside a word alone.
    const isFilling = run[0] === 0xff && !isLetter(whole[start - 1])
    if (!isAlone || run.length > mostRun || isCutCharacter(run) || letters.includes(' ') || isFilling) return null
    parts.push(whole.subarray(from, start), letters.join(''))
    from = end
  }
  parts.push(whole.subarray(from))
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
}

/** A first byte of three or four with a part of what belongs to it. */
const isCutCharacter = ([first = 0, second = 0]: Uint8Array): boolean =>
  first >= 0xe0 && first <= 0xf4 && second >= 0x80 && second < 0xc0

const isLetter = (byte = 0): boolean => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a

/** windows-1252 from 0x80 to 0x9F, as browsers read it. */
const high = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

/** Runs that UTF-8 can have become; of a single character only what is common. */
const garbled =
  /[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{2,}/g
const common = /^[\u00a0-\u00ff\u2013-\u203a\u20ac\u2122]$/
/** `É»` and `Å”` are letters before a mark as well. */
const besideLetters = /[…‘’“”–—›»]$/
const oneScript =
  /^(?:\p{Script=Cyrillic}+|\p{Script=Greek}+|\p{Script=Arabic}+|\p{Script=Hebrew}+|\p{Script=Thai}+|\p{Script=Devanagari}+|\p{Script=Bengali}+|\p{Script=Han}+|\p{Script=Latin}+)$/u

/**
 * A text without what comes of UTF-8 that was read as windows-1252 and written again, perhaps more than once:
 * `NumÃ©ro` is `Numéro`.
 */
export function ungarbled(text: string): string {
  let now = text
  for (let times = 0; times < 3; times++) {
    const before = now
    now = before.replace(garbled, ungarbledRun)
    if (now === before) break
  }
  return now
}

function ungarbledRun(run: string): string {
  const bytes = Buffer.from(run, 'latin1')
  for (let i = 0; i < run.length; i++) {
    const code = run.charCodeAt(i)
    if (code > 0xff) bytes[i] = 0x80 + high.indexOf(run[i] as string)
  }
  if (!isUtf8(bytes)) return run
  const meant = bytes.toString()
  const characters = [...meant]
  const isMeant =
    characters.every((character) => common.test(character)) ||
    (characters.length > 1 ? oneScript.test(meant) : /[\u0100-\u017f]/.test(meant) && !besideLetters.test(run))
  return isMeant ? meant : run
}
