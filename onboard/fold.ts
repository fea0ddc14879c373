/** A word of a header or a cell, evened out. */
export interface Word {
  /** Lower case, composed, singular; with its accents. */
  readonly exact: string
  /** The same without accents. */
  readonly plain: string
}

/**
 * The words of a text: split at spaces, marks, camelCase and snake_case, without numbers, in singular where English and its
 * like make the plural with s, abbreviations written out. `#` and `&` are words, and so is `%` where no number
 * stands before it.
 *
 * @param abbreviations by the word or the two words that they stand for, as this function leaves them
 */
export function wordsOf(text: string, abbreviations: ReadonlyMap<string, string> = new Map()): Word[] {
  const parts = splitCamelCase(evened(text))
    .replace(/\p{N}+(?:[.,]\p{N}+)*\s*%/gu, ' ')
    .replaceAll('İ', 'i')
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+|[#%&]/gu)
  const words = (parts ?? []).filter((part) => !/^\p{N}+$/u.test(part)).map(singular)
  return written(words, abbreviations).map((exact) => ({ exact, plain: withoutAccents(exact) }))
}

/** Composed, compatible forms as one; letters that Arabic and its neighbours write in several ways as one; no marks unseen. */
function evened(text: string): string {
  if (isAscii(text)) return text
  return text
    .replaceAll('°', 'o')
    .normalize('NFKC')
    .replace(/[\p{Cf}\u064b-\u0652\u0640]/gu, '')
    .replace(/[أإآٱ]/g, 'ا')
    .replace(/[يىۍ]/g, 'ی')
    .replaceAll('ك', 'ک')
    .replace(/[ةۃہۀ]/g, 'ه')
}

/** `TransAmount` -> `Trans Amount`, `RRNNumber` -> `RRN Number`, `IDs` -> `ID`. */
export const splitCamelCase = (text: string): string =>
  text
    .replace(/(?<=\p{Lu}{2})s(?![\p{L}\p{M}])/gu, '')
    .replace(/([\p{Ll}\p{N}])(?=\p{Lu})/gu, '$1 ')
    .replace(/(\p{Lu})(?=\p{Lu}\p{Ll})/gu, '$1 ')

function singular(word: string): string {
  if (word.length < 4 || word === 'pays' || !/^[a-z]+$/.test(word)) return word
  if (/[^aeiou]ies$/.test(word) && word.length > 4) return `${word.slice(0, -3)}y`
  if (/(x|ch|sh|ss)es$/.test(word)) return word.slice(0, -2)
  return /[^sui]s$/.test(word) ? word.slice(0, -1) : word
}

function written(words: readonly string[], abbreviations: ReadonlyMap<string, string>): string[] {
  const out: string[] = []
  for (let at = 0; at < words.length; at += 1) {
    const [one = '', next] = words.slice(at, at + 2)
    const pair = next === undefined ? undefined : abbreviations.get(`${one} ${next}`)
    if (pair !== undefined) at += 1
    out.push(...(pair ?? abbreviations.get(one) ?? one).split(' '))
  }
  return out
}

const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text)

/** Only of letters whose accents people leave out: vowel signs of Indian scripts are no accents. */
function withoutAccents(word: string): string {
  if (isAscii(word)) return word
  return word
    .normalize('NFD')
    .replace(/(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{Mn}+/gu, '')
    .normalize('NFC')
    .replace(/[đıłøßæœ]/g, (letter) => bare[letter] ?? letter)
}

const bare: Readonly<Record<string, string>> = { đ: 'd', ı: 'i', ł: 'l', ø: 'o', ß: 'ss', æ: 'ae', œ: 'oe' }
