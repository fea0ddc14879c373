import { detectAll } from 'jschardet'
import type { Encoding } from '../../contracts/encodings.ts'
import { alphabets, scripts, sistersOf } from './alphabets.ts'
import { eastAsian, wordsIn } from './east-asian-words.ts'
import { decoderOf } from './encoding.ts'

/** How sure, of what, why: without a byte order mark. */
export interface Legacy {
  readonly encoding: Encoding
  readonly confidence: number
  readonly evidence: string
}

/** What jschardet may answer, and our name for it; nearer ones first where two read the sample alike. */
const answers: Readonly<Record<string, Encoding>> = {
  'windows-1250': 'windows-1250',
  'windows-1251': 'windows-1251',
  'windows-1252': 'windows-1252',
  'windows-1253': 'windows-1253',
  'windows-1254': 'windows-1254',
  'windows-1255': 'windows-1255',
  'windows-1256': 'windows-1256',
  'windows-1257': 'windows-1257',
  cp1258: 'windows-1258',
  cp874: 'windows-874',
  'iso-8859-2': 'iso-8859-2',
  'iso-8859-7': 'iso-8859-7',
  'koi8-r': 'koi8-r',
  'koi8-u': 'koi8-u',
  ibm866: 'cp866',
  cp437: 'cp437',
  cp850: 'cp850',
  cp852: 'cp852',
  cp932: 'shift_jis',
  shift_jis: 'shift_jis',
  'euc-jp': 'euc-jp',
  gb18030: 'gb18030',
  big5: 'big5',
  cp949: 'euc-kr',
  'euc-kr': 'euc-kr',
}

const doubles: ReadonlySet<Encoding> = new Set(['shift_jis', 'euc-jp', 'gb18030', 'big5', 'euc-kr'])

/** Words are gathered up to here: more of them do not change the answer. */
const wordBytes = 4 * 1024
/** How much surer jschardet must be of another encoding where windows-1252 would do as well. */
const margin = 1.5
/** A score that is clear for a few words. */
const clear = 0.1

/**
 * Tell which of the older encodings a text is in that is no UTF-8.
 *
 * Exports are mostly ASCII, whose words mislead every detector: only what has high bytes is shown to jschardet, and its
 * answer is held against alphabets. windows-1252 it is where nothing speaks clearly for another.
 */
export function legacyOf(head: Uint8Array): Legacy {
  const latin = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1')
  const words = gather(latin, /[\x80-\xff][A-Za-z\x80-\xff]*/g, /[A-Za-z]*$/)
  const pairs = gather(latin, /(?:[\x80-\xff][\x30-\xff]?)+/g)
  const named = byWords(pairs)
  if (named !== null) return named
  const guesses = guessesOf(words)
  const double = best(guessesOf(pairs), (encoding) => doubles.has(encoding) && isDouble(pairs, encoding))
  const single = best(guesses, (encoding) => !doubles.has(encoding) && fits(words, encoding))
  const western = fits(words, 'windows-1252')
  if (double !== null && double.score > (western ? clear : (single?.score ?? 0))) return answer(double, words)
  if (single === null || single.encoding === 'windows-1252') {
    if (!western && isDouble(pairs, 'shift_jis'))
      return { encoding: 'shift_jis', confidence: 0.7, evidence: 'its pairs of bytes are all Japanese' }
    return western ? letters('windows-1252', 0.8) : plain
  }
  if (decoded(words, single.encoding) === decoded(words, 'windows-1252')) return letters('windows-1252', 0.8)
  const own = guesses.find(({ encoding }) => encoding === 'windows-1252')?.score ?? 0
  if (western && single.score < margin * Math.max(own, 0.02)) return letters('windows-1252', 0.6)
  if (western && single.encoding === 'windows-1250' && wordA.test(latin)) return letters('windows-1252', 0.7)
  return answer(single, words)
}

/** The word à of French, Italian, Portuguese and Catalan; by windows-1250 it is ŕ, which is no word of any language. */
const wordA = /(?<![A-Za-z\x80-\xff])\xe0(?![A-Za-z\x80-\xff])/

/** The double-byte encoding by which the text has words of an export, where no other one has as many. */
function byWords(pairs: Buffer): Legacy | null {
  const counts = eastAsian
    .map((encoding) => {
      const text = decoded(pairs, encoding)
      return { encoding, count: isWhole(text) ? wordsIn(text, encoding) : 0 }
    })
    .sort((a, b) => b.count - a.count)
  const [first, second] = counts
  if (first === undefined || first.count < 1 || first.count === second?.count) return null
  const confidence = Math.min(0.97, 0.7 + first.count / 20)
  return { encoding: first.encoding, confidence, evidence: `it has ${first.count} words of such exports by it` }
}

/** Whether nearly all bytes of a decoded text are of its encoding. */
const isWhole = (text: string): boolean =>
  (text.match(/\ufffd/g)?.length ?? 0) * 50 <= (text.match(/[\u0080-\u{10ffff}]/gu)?.length ?? 0)

const plain: Legacy = {
  encoding: 'windows-1252',
  confidence: 0.5,
  evidence: 'it is no UTF-8, and its letters fit no other encoding better',
}

const letters = (encoding: Encoding, confidence: number): Legacy => ({
  encoding,
  confidence,
  evidence: 'its letters are those of western languages',
})

const answer = ({ encoding, score, language }: Guess, words: Buffer): Legacy => ({
  encoding,
  confidence: Math.min(0.95, 0.6 + score + Math.min(words.length, 1000) / 5000),
  evidence: `its letters are those of ${language ?? 'languages written in it'}`,
})

interface Guess {
  readonly encoding: Encoding
  /** jschardet's own. */
  readonly score: number
  readonly language: string | null
}

const best = (guesses: readonly Guess[], isPossible: (encoding: Encoding) => boolean): Guess | null =>
  guesses.find(({ encoding }) => isPossible(encoding)) ?? null

function guessesOf(sample: Buffer): Guess[] {
  if (sample.length === 0) return []
  return detectAll(sample).flatMap(({ encoding, confidence, language }) => {
    const known = answers[encoding?.toLowerCase() ?? '']
    return known === undefined ? [] : [{ encoding: known, score: confidence, language: languageName(language) }]
  })
}

const languageNames = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' })
const languageName = (code: string | null): string | null => (code === null ? null : (languageNames.of(code) ?? null))

const longestBefore = 40

/** @param before what of the text before each match goes with it */
function gather(latin: string, pattern: RegExp, before?: RegExp): Buffer {
  const found: string[] = []
  let length = 0
  for (const { 0: match, index } of latin.matchAll(pattern)) {
    const word = (before?.exec(latin.slice(Math.max(0, index - longestBefore), index))?.[0] ?? '') + match
    found.push(word)
    length += word.length + 1
    if (length > wordBytes) break
  }
  return Buffer.from(found.join(' '), 'latin1')
}

function decoded(sample: Buffer, encoding: Encoding): string {
  // To have a look, the platform's decoder is enough; our tables of these take a tenth of a second to make.
  if (doubles.has(encoding)) return new TextDecoder(encoding).decode(sample)
  const decoder = decoderOf(encoding)
  return Buffer.concat([decoder.write(sample).slice(), decoder.end() ?? Buffer.alloc(0)]).toString()
}

const mark = '[’‘“”„‚«»‹›–—…·•€£¥¢©®™°ºª§¿¡²³½¼¾±×\\u00a0\\u200c-\\u200f،؛؟ـ№]'
/** Marks that stand beside words in any language; in the middle of a word only an apostrophe and the like do. */
const marks = new RegExp(`(?<!\\p{L})${mark}|${mark}(?!\\p{L})|[’·\\u200c\\u200dـ]`, 'gu')

/** Whether nearly all letters beyond ASCII are of one language, or one script, that the encoding is for. */
function fits(sample: Buffer, encoding: Encoding): boolean {
  const page = sistersOf[encoding] ?? encoding
  const text = decoded(sample, encoding).replace(marks, ' ')
  const script = scripts[page]
  if (script !== undefined) {
    const isOfScript = (word: string) =>
      [...word].every((character) => script.test(character) || /\p{M}/u.test(character))
    return isMost(
      text.split(/\s+/).filter((word) => word !== ''),
      isOfScript,
    )
  }
  const isOfLanguage = (letters: string) =>
    (alphabets[page] ?? []).some((alphabet) =>
      isMost([...letters], (letter) => (alphabet + toneMarks).includes(letter)),
    )
  const words = text
    .split(/\s+/)
    .map(lettersOf)
    .filter((letters) => letters !== '')
  // Names of western languages stand side by side; elsewhere a file is of one.
  if (encoding === 'windows-1252') return words.length === 0 || isMost(words, isOfLanguage)
  return isOfLanguage(words.join(''))
}

/** Vietnamese has its tones apart from the letters. */
const toneMarks = '\u0300\u0301\u0303\u0309\u0323'

/** A word's letters beyond ASCII, in lower case: İ becomes i and a dot above, which is left out. */
const lettersOf = (word: string): string =>
  [...word.toLowerCase()].filter((letter) => letter > '\x7f' && letter !== '\u0307').join('')

/** Whether the pairs of bytes are all characters, and nearly all of them common ones. */
function isDouble(pairs: Buffer, encoding: Encoding): boolean {
  const text = decoded(pairs, encoding)
  const high = [...text].filter((character) => character > '\x7f')
  const bad = high.filter((character) => character === '\ufffd').length
  return bad * 50 <= high.length && isMost(high, (character) => asian.test(character))
}

const asian =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff00-\uffef\u2010-\u2026\u30fb\u30fc]/u

const isMost = (items: readonly string[], is: (item: string) => boolean): boolean =>
  items.length > 0 && items.filter(is).length >= items.length * 0.9
