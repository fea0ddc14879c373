import { meaning, type NamedProfile, strengthOf } from './columns.ts'
import { wordsOf } from './fold.ts'
import type { Money } from './money.ts'
import type { LoadedTable } from './table.ts'
import { type Kind, kindOf, wayOf } from './vocabulary.ts'

/** The strongest meaning of a word; undefined where there is none, or several are as strong. */
export function only<T>(
  found: readonly { readonly meaning: T; readonly strength: number }[],
  least: number,
): T | undefined {
  const [first, second] = found
  if (first === undefined || first.strength < least) return undefined
  return second !== undefined && second.strength === first.strength ? undefined : first.meaning
}

/** The kind that a word means; undefined where it is unknown. What gives a fee or a tax back is one of the other sign. */
export function kindMeant(word: string): Kind | undefined {
  const found = kindOf(word)
  const charge = found.find(({ meaning }) => meaning === 'fee' || meaning === 'tax')
  if (charge !== undefined && found[0]?.meaning === 'refund') return charge.meaning
  return only(found, 0.3)
}

/** A word of a column that may tell kinds, and what it means by itself. */
export interface KindWord {
  readonly word: string
  readonly count: number
  readonly kind: Kind | undefined
}

/** The words of a column, those too that its records tell. */
export interface KindWords {
  readonly words: readonly KindWord[]
  /** Whether all records with a word are money out. */
  readonly isOut: (word: string) => boolean
}

/** Money of which nothing was taken, and that comes in and goes out: not just a few refunds among sales. */
export async function goesBothWays(table: LoadedTable, { movement, signed, fee }: Money): Promise<boolean> {
  if (fee !== null || (signed !== 'cells' && signed !== 'marker')) return false
  const [row] = await table.query<{ out: string; in: string }>(
    `select count(*) filter (${movement} < 0)::varchar as "out", count(*) filter (${movement} > 0)::varchar as "in" from amount`,
  )
  const [out, all] = [Number(row?.out), Number(row?.out) + Number(row?.in)]
  return out >= all * 0.1 && out < all
}

/**
 * What the words of a column mean; those that can mean several things by what their records are. A charge is a fee where it is named
 * after what it was charged for, or goes out; what was received is a sale where a fee was taken of it.
 */
export async function kindWords(
  table: LoadedTable,
  column: NamedProfile,
  { movement, fee }: Money,
): Promise<KindWords> {
  const words = [...(column.words ?? [])].map(([word, count]) => ({ word, count, kind: kindMeant(word) }))
  const rows = await table.query<{ w: string; out: string; in: string; taken: string }>(
    `select ${column.sql} as w, count(*) filter (${movement} < 0)::varchar as "out", count(*) filter (${movement} > 0)::varchar as "in",
       count(*) filter (${fee ?? '0'} <> 0)::varchar as taken
     from amount where ${column.sql} is not null group by 1`,
  )
  const of = new Map(rows.map((row) => [row.w, { out: Number(row.out), in: Number(row.in), taken: Number(row.taken) }]))
  const isSigned = rows.some((row) => Number(row.out) > 0)
  const isOut = (word: string) => (of.get(word)?.out ?? 0) > 0 && of.get(word)?.in === 0
  const isIn = (word: string) => (of.get(word)?.in ?? 0) > 0 && of.get(word)?.out === 0
  const plain = (text: string) => wordsOf(text).map(({ plain }) => plain)
  const others = new Set(words.map(({ word }) => plain(word).join(' ')))
  const told = (word: string): Kind | undefined => {
    const tied = tiedKinds(word)
    const isEither = (...kinds: Kind[]) => tied.length === kinds.length && kinds.every((kind) => tied.includes(kind))
    if (isEither('sale', 'transfer') && isIn(word)) {
      const { in: all = 0, taken = 0 } = of.get(word) ?? {}
      return taken >= all * 0.8 ? 'sale' : 'transfer'
    }
    if (!isEither('sale', 'fee')) return undefined
    // What stands before the word that says what the whole is.
    const before = plain(word).slice(0, -1).join(' ')
    if (before !== '' && others.has(before)) return 'fee'
    if (isSigned && isIn(word)) return 'sale'
    const charged = kindMeant(before)
    if (isOut(word) && (before === '' || charged !== undefined)) return 'fee'
    return charged !== undefined && charged !== 'sale' ? 'fee' : undefined
  }
  return { words: words.map((one) => ({ ...one, kind: one.kind ?? told(one.word) })), isOut }
}

/** A column that tells kinds. */
export interface KindColumn extends KindWords {
  readonly column: NamedProfile
}

/** The column whose words tell the kinds of records best; undefined where none does. */
export async function kindColumn(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  money: Money,
): Promise<KindColumn | undefined> {
  const isChoice = ({ words, look, filled }: NamedProfile) =>
    words !== null && words.size <= Math.max(6, Math.min(60, filled * 0.3)) && look !== 'number' && look !== 'time'
  // Where amounts have no sign, a word that says which way money goes tells as much as one of a kind.
  const isUnsigned = money.signed === 'none' || money.signed === 'words'
  const found = []
  for (const column of [...meaning(columns, 'type'), ...meaning(columns, 'description')].filter(isChoice)) {
    const told = await kindWords(table, column, money)
    const known = told.words.filter(({ word, kind }) => kind !== undefined || (isUnsigned && wayOf(word) !== undefined))
    const share = known.reduce((sum, { count }) => sum + count, 0) / Math.max(1, column.filled)
    const kinds = new Set(known.map(({ kind }) => kind)).size
    found.push({ ...told, column, share, score: share * 2 + kinds * 0.5 + strengthOf(column, 'type') * 2 })
  }
  return found
    .filter(({ share, column }) => share >= 0.2 && column.filled >= table.rows * 0.8)
    .toSorted((a, b) => b.score - a.score)[0]
}

/** The kinds that a word means alike, where there are several. */
function tiedKinds(word: string): Kind[] {
  const found = kindOf(word)
  const tied = found.filter(({ strength }) => strength === found[0]?.strength && strength >= 0.3)
  return tied.length < 2 ? [] : tied.map(({ meaning }) => meaning)
}
