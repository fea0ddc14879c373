import { type Word, wordsOf } from './fold.ts'

/** A phrase that was found in a text. */
export interface Found<T> {
  readonly meaning: T
  /** Languages that have the phrase, in the order of the file. */
  readonly languages: readonly string[]
  /**
   * 1 where the text is the phrase, 0.95 where it is but for words that add nothing; below that the phrase is a part of it:
   * over 0.5 where it says what the whole is ("fee currency" is a currency), under 0.5 where it says of what.
   */
  readonly strength: number
}

export type Phrases<T extends string> = Readonly<Record<T, Readonly<Record<string, readonly string[]>>>>

/** Phrases of several meanings, by language. */
export type Several<T extends string> = {
  readonly [language: string]: Readonly<Record<string, readonly T[]>> | undefined
}

/** What the words of a language do to each other. */
export interface Grammar {
  /** Languages whose phrases end in the word that says what the whole is; the others begin with it. */
  readonly headLast: ReadonlySet<string>
  /** Words that add nothing, as `wordsOf` leaves them, with the languages of which they are. */
  readonly fillers: ReadonlyMap<string, ReadonlySet<string>>
  readonly abbreviations: ReadonlyMap<string, string>
}

interface Entry<T> {
  readonly words: readonly Word[]
  readonly means: Set<T>
  readonly languages: Set<string>
}

/** Phrases with their meanings, found in texts: longest first, accents where they are written, none where none are. */
export class Lexicon<T extends string> {
  private readonly byPlain = new Map<string, Entry<T>[]>()
  private readonly grammar: Grammar
  private longest = 0

  /** @throws Error for a phrase under two meanings that is not in `several` */
  constructor(phrases: Phrases<T>, several: Several<T>, grammar: Grammar) {
    this.grammar = grammar
    const slips: string[] = []
    for (const [means, byLanguage] of Object.entries(phrases) as [T, Record<string, readonly string[]>][])
      for (const [language, list] of Object.entries(byLanguage))
        for (const phrase of list) {
          const entry = this.entry(phrase)
          if (entry.means.size > 0 && !entry.means.has(means))
            slips.push(`"${phrase}" means ${[...entry.means][0]} and ${means}; put it under "several"`)
          entry.means.add(means)
          entry.languages.add(language)
        }
    for (const [language, list] of Object.entries(several))
      for (const [phrase, meanings] of Object.entries(list ?? {})) {
        const entry = this.entry(phrase)
        if (entry.means.size > 0 && [...meanings].some((one) => !entry.means.has(one)))
          slips.push(`"${phrase}" is under "several" of ${language} and means ${[...entry.means].join(', ')} too`)
        for (const means of meanings) entry.means.add(means)
        entry.languages.add(language)
      }
    if (slips.length > 0) throw new Error(slips.join('\n'))
  }

  /** The meanings of the whole text; none where it is more or less than a phrase. */
  exactly(text: string): Found<T>[] {
    const found = this.found(this.wordsOf(text), 1)
    return found.length > 0 ? found : this.found(wordsOf(text), 1)
  }

  /** The meanings of the text and of phrases in it, strongest first. A word counts in the longest phrase that it is in. */
  within(text: string): Found<T>[] {
    const words = this.wordsOf(text)
    const whole = this.exactly(text)
    if (whole.length > 0) return whole
    const taken = new Array<number>(words.length).fill(0)
    const found: Found<T>[] = []
    for (let size = Math.min(this.longest, words.length - 1); size > 0; size -= 1)
      for (let from = 0; from + size <= words.length; from += 1) {
        const part = words.slice(from, from + size)
        if (part.some((_, at) => (taken[from + at] ?? 0) > size)) continue
        // "Amount in" is money in, "amount in local currency" is not.
        if (from + size < words.length && this.grammar.fillers.has(part.at(-1)?.plain ?? '')) continue
        const here = this.matching(part).filter((entry) => !this.isFiller(entry))
        if (here.length > 0) taken.fill(size, from, from + size)
        for (const entry of here) found.push(...foundOf(entry, this.strength(words, from, size, entry)))
      }
    return strongest(found)
  }

  private wordsOf(text: string): Word[] {
    return wordsOf(text, this.grammar.abbreviations)
  }

  private entry(phrase: string): Entry<T> {
    const words = this.wordsOf(phrase)
    if (words.length === 0) throw new Error(`"${phrase}" has no words`)
    const plain = words.map((word) => word.plain).join(' ')
    const entries = this.byPlain.get(plain) ?? []
    this.byPlain.set(plain, entries)
    this.longest = Math.max(this.longest, words.length)
    const known = entries.find((entry) => entry.words.every(({ exact }, at) => exact === words[at]?.exact))
    if (known !== undefined) return known
    const entry: Entry<T> = { words, means: new Set(), languages: new Set() }
    entries.push(entry)
    return entry
  }

  private found(words: readonly Word[], strength: number): Found<T>[] {
    return strongest(this.matching(words).flatMap((entry) => foundOf(entry, strength)))
  }

  /** A word without accents may be one that has them, unless it is a word itself: `no` is not `nợ`. */
  private matching(words: readonly Word[]): Entry<T>[] {
    const entries = this.byPlain.get(words.map(({ plain }) => plain).join(' ')) ?? []
    const same = entries.filter((entry) => entry.words.every(({ exact }, at) => exact === words[at]?.exact))
    if (same.length > 0) return same
    return entries.filter((entry) =>
      entry.words.every(({ exact }, at) => words[at]?.exact === exact || words[at]?.exact === words[at]?.plain),
    )
  }

  private isFiller({ words, languages }: Entry<T>): boolean {
    return words.every(({ plain }) => [...(this.grammar.fillers.get(plain) ?? [])].some((one) => languages.has(one)))
  }

  private strength(words: readonly Word[], from: number, size: number, { languages }: Entry<T>): number {
    const fills = (at: number) => this.grammar.fillers.has(words[at]?.plain ?? '')
    const others = words.filter((_, at) => (at < from || at >= from + size) && !fills(at)).length
    if (others === 0) return 0.95
    const share = size / (size + others)
    let [first, last] = [0, words.length - 1]
    while (first < last && fills(first)) first += 1
    const of = words.findIndex(({ exact }, at) => at > 0 && /^(of|in|per|for)$/.test(exact))
    if (of > 0) last = of - 1
    while (last > 0 && fills(last)) last -= 1
    const has = (at: number) => at >= from && at < from + size
    const speaks = [...languages]
    const isHead =
      (has(last) && speaks.some((one) => this.grammar.headLast.has(one))) ||
      (has(first) && speaks.some((one) => !this.grammar.headLast.has(one)))
    return Math.round((isHead ? 0.5 + 0.4 * share : 0.4 * share) * 100) / 100
  }
}

const foundOf = <T>({ means, languages }: Entry<T>, strength: number): Found<T>[] =>
  [...means].map((meaning) => ({ meaning, languages: [...languages], strength }))

/** One of each meaning, the strongest, in order. */
function strongest<T>(found: readonly Found<T>[]): Found<T>[] {
  const best = new Map<T, Found<T>>()
  for (const one of found) {
    const known = best.get(one.meaning)
    if (known === undefined || one.strength > known.strength) best.set(one.meaning, one)
  }
  return [...best.values()].sort((a, b) => b.strength - a.strength)
}
