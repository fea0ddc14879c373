import { wordsOf } from './fold.ts'
import { type HeaderHints, splitHeader } from './header-hints.ts'
import { type Found, type Grammar, Lexicon } from './lexicon.ts'
import {
  type ColumnMeaning,
  type Flag,
  type Kind,
  type LineKind,
  type ListMeaning,
  type Offer,
  readColumns,
  readLists,
  readWords,
  type Side,
  type StatusWord,
  type Way,
} from './vocabulary-files.ts'

export type { HeaderHints } from './header-hints.ts'
export type { Found } from './lexicon.ts'
export { currenciesOf, lookAlikeOf, offsetsOf } from './symbols.ts'
export type {
  ColumnMeaning,
  Flag,
  Kind,
  LineKind,
  ListMeaning,
  Offer,
  Side,
  StatusWord,
  Way,
} from './vocabulary-files.ts'

/** What a column's name can mean, strongest first; none where it says nothing known. Only its cells prove it. */
export function meaningsOf(header: string): Found<ColumnMeaning>[] {
  return vocabulary().columns.within(splitHeader(withoutContainers(header)).name)
}

function withoutContainers(header: string): string {
  const { containers } = vocabulary()
  let name = header
  for (
    let dot = name.indexOf('.');
    dot > 0 && containers.has(name.slice(0, dot).replace('[]', '').toLowerCase());
    dot = name.indexOf('.')
  )
    name = name.slice(dot + 1)
  return name
}

/** What a column's name says of its cells: unit, currency, zone, order of dates. */
export const hintsOf = (header: string): HeaderHints => splitHeader(header).hints

/** Kinds that a cell's text can mean, strongest first; several of one strength where the word has several meanings. */
export const kindOf = (text: string): Found<Kind>[] => vocabulary().kinds.within(text)

/** Statuses that a cell's text can mean, as `kindOf`. A text with a "not" in it is none, unless it is a phrase as a whole. */
export function statusOf(text: string): Found<StatusWord>[] {
  const { statuses, negations } = vocabulary()
  const found = statuses.within(text)
  return found[0]?.strength !== 1 && wordsOf(text).some(({ exact }) => negations.has(exact)) ? [] : found
}

/** Whether a text says that something is so of a part: `Partially refunded`. */
export function isPartly(text: string): boolean {
  const words = ` ${wordsOf(text)
    .map(({ exact }) => exact)
    .join(' ')} `
  return vocabulary().partly.some((phrase) => words.includes(` ${phrase} `))
}

/** Whether a whole cell is a status of a movement of money, and tells of nothing else: "new" may be a customer. */
export function isOnlyStatus(text: string): boolean {
  const found = vocabulary().statuses.exactly(text)
  const plain = wordsOf(text)
    .map(({ exact }) => exact)
    .join(' ')
  return found.length === 1 && found[0]?.meaning !== 'memo' && !vocabulary().elsewhere.has(plain)
}

/** What each status means for the money, for who is asked. */
export const statusMeanings: Readonly<Record<StatusWord, string>> = {
  settled: 'the money has moved, and counts',
  pending: 'the money has not moved yet',
  failed: 'no money moved',
  reversed: 'the money went back, and does not count',
  expired: 'no money moved in time',
  disputed: 'somebody disputes it',
  memo: 'it never was about money',
}

/** What a column of yes and no says of a payment by its name: `is_success`, `Refunded?`; undefined where it says nothing, or more. */
export function flagOf(header: string): Flag | undefined {
  const [first, second] = vocabulary().flags.within(withoutContainers(header))
  return first !== undefined && first.strength >= 0.95 && second === undefined ? first.meaning : undefined
}

/** The side that a whole cell means in a column of debit and credit marks; undefined where it is no such mark. */
export function sideOf(text: string): Side | undefined {
  const sign = { '+': 'credit', '-': 'debit', '−': 'debit' } as const
  const found = vocabulary().sides.exactly(text)
  return sign[text.trim() as keyof typeof sign] ?? (found.length === 1 ? found[0]?.meaning : undefined)
}

/** Which way a kind of records says that its money goes: `Transfer sent`, `Cash In`; undefined where it says neither, or both. */
export function wayOf(text: string): Way | undefined {
  const side = sideOf(text)
  if (side !== undefined) return side === 'credit' ? 'in' : 'out'
  const found = vocabulary().ways.within(text)
  return found.length === 1 ? found[0]?.meaning : undefined
}

/**
 * What a cell says its line is, where it is no record: a total, a summary, an opening or closing balance. Numbers, brackets,
 * currencies and what follows a colon do not count; more words do.
 */
export function lineOf(text: string): LineKind | undefined {
  const { lines } = vocabulary()
  const found = [text, ...text.split(/[:：]/).slice(0, 1)].flatMap((one) => lines.exactly(splitHeader(one).name))
  return found[0]?.meaning
}

export const isTotal = (text: string): boolean => lineOf(text) === 'total'

/** Whether a cell says that it holds nothing: `--`, `n/a`, `null`; empty is so too, zero is not. */
export function isNil(text: string): boolean {
  const plain = text.normalize('NFKC').trim().toLowerCase()
  return plain === '' || /^[-‐-―−]+$/u.test(plain) || vocabulary().nil.has(plain)
}

/** What a column of a list of creators, accounts, products or rates can mean by its name, strongest first. */
export function listMeaningsOf(header: string): Found<ListMeaning>[] {
  const { lists } = vocabulary()
  return lists.columns.within(splitHeader(withoutContainers(header)).name)
}

/** What a product's status means; undefined where the whole text is no such word. */
export function offerOf(text: string): Offer | undefined {
  const found = vocabulary().lists.offers.exactly(text)
  return found.length === 1 ? found[0]?.meaning : undefined
}

/** Whether a whole cell says yes or no; undefined where it says neither. */
export function truthOf(text: string): boolean | undefined {
  const plain = text.trim()
  if (plain === '1' || plain === '0') return plain === '1'
  const found = vocabulary().lists.truths.exactly(plain)
  return found.length === 1 ? found[0]?.meaning === 'yes' : undefined
}

/** Words of a rate's name, in lower case: those between two currencies, and for the dollar. */
export const rateWords = (): RateWords => vocabulary().lists.links

type RateWords = Readonly<Record<'per' | 'to' | 'dollar', readonly string[]>>

interface Vocabulary {
  readonly columns: Lexicon<ColumnMeaning>
  readonly kinds: Lexicon<Kind>
  readonly statuses: Lexicon<StatusWord>
  readonly flags: Lexicon<Flag>
  readonly sides: Lexicon<Side>
  readonly ways: Lexicon<Way>
  readonly lines: Lexicon<LineKind>
  readonly lists: {
    readonly columns: Lexicon<ListMeaning>
    readonly offers: Lexicon<Offer>
    readonly truths: Lexicon<'yes' | 'no'>
    readonly links: RateWords
  }
  readonly containers: ReadonlySet<string>
  readonly negations: ReadonlySet<string>
  readonly partly: readonly string[]
  readonly elsewhere: ReadonlySet<string>
  readonly nil: ReadonlySet<string>
}

let cached: Vocabulary | undefined

function vocabulary(): Vocabulary {
  cached ??= read()
  return cached
}

function read(): Vocabulary {
  const columns = readColumns()
  const words = readWords()
  const lists = readLists()
  const plain = (text: string) =>
    wordsOf(text)
      .map((word) => word.exact)
      .join(' ')
  const abbreviations = new Map(
    Object.entries(columns.abbreviations).map(([short, long]) => [plain(short), plain(long)]),
  )
  const grammar: Grammar = { headLast: new Set(columns.head.last), fillers: fillersOf(columns.fillers), abbreviations }
  // In a cell "payment" is a word like any other.
  const cells: Grammar = { ...grammar, fillers: new Map() }
  return {
    columns: new Lexicon(columns.columns, columns.several, grammar),
    kinds: new Lexicon(words.kinds, words.several.kinds, cells),
    statuses: new Lexicon(words.statuses, words.several.statuses, cells),
    flags: new Lexicon(words.flags.names, {}, { ...grammar, fillers: fillersOf(words.flags.fillers) }),
    sides: new Lexicon(words.sides, {}, cells),
    ways: new Lexicon(words.ways, {}, cells),
    lines: new Lexicon(words.lines, {}, cells),
    lists: {
      columns: new Lexicon(lists.columns, lists.several, grammar),
      offers: new Lexicon(lists.offers, {}, cells),
      truths: new Lexicon(lists.truths, {}, cells),
      links: lists.links,
    },
    containers: new Set(columns.containers),
    negations: new Set(words.negations.map(plain)),
    partly: words.partly.map(plain),
    elsewhere: new Set(Object.values(words.elsewhere).flat().map(plain)),
    nil: new Set(words.nil.map((text) => text.normalize('NFKC').toLowerCase())),
  }
}

/** Words that add nothing -> the languages of which they are. */
function fillersOf(lists: Readonly<Record<string, readonly string[]>>): Map<string, Set<string>> {
  const fillers = new Map<string, Set<string>>()
  for (const [language, list] of Object.entries(lists))
    for (const filler of list)
      for (const word of wordsOf(filler)) fillers.set(word.plain, (fillers.get(word.plain) ?? new Set()).add(language))
  return fillers
}
