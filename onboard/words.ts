import type { FieldRuleYaml } from '../contracts/grammar.ts'
import { mostTracks } from '../contracts/tracks.ts'
import { fromColumn, meaning, type NamedProfile, strengthOf } from './columns.ts'
import type { Draft } from './draft.ts'
import { statusByFlags } from './flags.ts'
import { goesBothWays, type KindWord, kindColumn, kindMeant, only } from './kind-words.ts'
import type { Money } from './money.ts'
import { tellsProgress } from './progress.ts'
import type { Refunded } from './refunds.ts'
import type { LoadedTable } from './table.ts'
import { isPartly, type Kind, type StatusWord, statusMeanings, statusOf, wayOf } from './vocabulary.ts'
import { turnByIds } from './ways.ts'
import { wentBack } from './went-back.ts'

const statusMeant = (word: string): StatusWord | undefined => only(statusOf(word), 0.3)

/** Fill `kind`: by a column's words, by the beginning of ids, else by what the file is. */
export async function findKind(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  money: Money,
  draft: Draft,
): Promise<void> {
  const isTwoSided = await goesBothWays(table, money)
  const best = await kindColumn(table, columns, money)
  const isMovement =
    money.isStatement ||
    money.signed === 'sides' ||
    money.signed === 'direction' ||
    (isTwoSided && !(best?.words.some(({ kind }) => kind === 'sale') ?? false))
  const usual: Kind = isMovement ? 'transfer' : 'sale'
  const tellsCharges = best?.words.some(({ kind }) => kind === 'fee' || kind === 'tax') ?? false
  const prefixed = tellsCharges ? null : await byPrefix(table, columns)
  if (prefixed !== null) {
    draft.fields.set('kind', {
      rule: { ...fromColumn(prefixed.column), patterns: { ...prefixed.patterns, '*': usual } },
      evidence: `${Object.keys(prefixed.patterns).join(', ')} at the beginning of ids`,
    })
    if (money.signed === 'none' && !money.relation?.net?.reading.hasNegatives)
      turnByIds(prefixed.column, Object.keys(prefixed.patterns), draft)
    return
  }
  if (best !== undefined) {
    // A word that says which way money goes, and no more, is a movement of the account.
    const isMove = ({ word, kind }: Pick<KindWord, 'word' | 'kind'>) =>
      money.signed === 'words' &&
      (kind === undefined ? wayOf(word) !== undefined : kind === 'sale' && wayOf(word) === 'out')
    const kindOfWord = ({ word, kind }: KindWord): Kind =>
      isMove({ word, kind }) ? 'transfer' : (kind ?? (isGeneric(word) ? 'sale' : best.isOut(word) ? 'transfer' : usual))
    const map = Object.fromEntries(best.words.map((one) => [one.word, kindOfWord(one)]))
    const unknown = best.words.filter(({ kind, word }) => kind === undefined && !isGeneric(word))
    draft.fields.set('kind', {
      rule: { ...fromColumn(best.column), map },
      evidence:
        unknown.length === 0
          ? 'its words are known'
          : [...new Set(unknown.map(kindOfWord))]
              .map((kind) => `${firstOf(unknown.filter((one) => kindOfWord(one) === kind))} taken as ${kind}`)
              .join('; '),
    })
    return
  }
  draft.fields.set('kind', {
    rule: { value: usual },
    evidence: isMovement ? 'movements of an account; the sign says which way' : 'no column tells kinds apart',
  })
}

const firstOf = (words: readonly KindWord[]): string =>
  words
    .slice(0, 4)
    .map(({ word }) => JSON.stringify(word))
    .join(', ')

const isGeneric = (word: string): boolean => /^(?:transaction|payment|item|order)s?$/i.test(word)

/** Ids that begin with a word for a kind: `FEE-…`. */
async function byPrefix(table: LoadedTable, columns: readonly NamedProfile[]) {
  for (const column of meaning(columns, 'id')) {
    const rows = await table.query<{ p: string; n: string }>(
      `select regexp_extract(${column.sql}, '^([A-Za-z]{2,})[-_]', 1) as p, count(*)::varchar as n from cell where ${column.sql} is not null group by p order by count(*) desc limit 20`,
    )
    const found = rows.flatMap(({ p }) => {
      const kind = p === '' ? undefined : kindMeant(p)
      return kind === 'fee' || kind === 'tax' || kind === 'refund' || kind === 'payout'
        ? [[`${p}-*`, kind] as const]
        : []
    })
    if (found.length > 0) return { column, patterns: Object.fromEntries(found) }
  }
  return null
}

/** Fill `status` where a column tells it; without one every record is settled. */
export async function findStatus(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  money: Money,
  draft: Draft,
  refunded: Refunded | null,
): Promise<void> {
  const memo = columns.find(
    ({ words, look }) =>
      words !== null &&
      words.size <= 8 &&
      look !== 'number' &&
      [...words.keys()].some((word) => statusMeant(word) === 'memo' && statusOf(word)[0]?.strength === 1),
  )
  const found = statusColumn(table, columns)
  if (found === undefined) return await statusByFlags(table, columns, money, draft)
  const back = await wentBack(table, columns, found.column, { money, refunded, draft })
  const told = (word: string) => ({ settled: 'settled' as const, unknown: undefined })[back.get(word) ?? 'unknown']
  const best = {
    ...found,
    words: found.words.map((one) => (back.has(one.word) ? { ...one, status: told(one.word) } : one)),
  }
  const unknown = best.words.filter(({ status }) => status === undefined).map(({ word }) => word)
  const known = best.words.flatMap(({ word, status }) =>
    status === undefined || status === 'memo' ? [] : [[word, status] as const],
  )
  if (memo !== undefined && memo.sql !== best.column.sql && 'name' in memo.ref && 'name' in best.column.ref) {
    const memos = [...(memo.words ?? new Map()).keys()].filter((word) => statusMeant(word) === 'memo')
    const patterns = Object.fromEntries([
      ...memos.map((word) => [`* ${word}`, 'pending'] as const),
      ...known.map(([word, status]) => [`${word} *`, status] as const),
    ])
    draft.fields.set('status', {
      rule: { from: [best.column.ref.name, memo.ref.name], patterns },
      evidence: `${memos.map((word) => JSON.stringify(word)).join(', ')} in ${JSON.stringify(memo.name)} never moved money`,
    })
    return
  }
  draft.fields.set('status', {
    rule: { ...fromColumn(best.column), map: Object.fromEntries(known) },
    evidence:
      unknown.length === 0
        ? 'its words are known'
        : `${unknown
            .slice(0, 4)
            .map((word) => JSON.stringify(word))
            .join(
              ', ',
            )} not known: such records are ${unknown.length <= mostAsked ? 'held until that is answered' : 'rejected until a map says what they mean'}`,
  })
  if (unknown.length > 0 && unknown.length <= mostAsked)
    askForStatus(best.column, unknown, Object.fromEntries(known), draft)
}

interface StatusColumn {
  readonly column: NamedProfile
  readonly words: readonly { readonly word: string; readonly count: number; readonly status: StatusWord | undefined }[]
}

/** More words that nobody knows are no questions: a map is faster. */
const mostAsked = 4

/**
 * The column that says how far a record has come: the surest name of which most words are known; else one whose words are all
 * of statuses, success and failure among them, or of nothing else ("new" and "active" can be customers); else the name of which the most words are
 * known, since what is not known must not count as money; else one of codes, of which zeros alone mean success.
 */
function statusColumn(table: LoadedTable, columns: readonly NamedProfile[]): StatusColumn | undefined {
  const found = meaning(columns, 'status')
    .filter(({ words, filled }) => words !== null && words.size <= 40 && filled >= table.rows * 0.8)
    .map((column) => {
      const words = [...(column.words ?? [])].map(([word, count]) => ({ word, count, status: statusMeant(word) }))
      const known = words.filter(({ status }) => status !== undefined)
      return {
        column,
        words,
        share: known.reduce((sum, { count }) => sum + count, 0) / column.filled,
        known: known.length,
      }
    })
  const told = columns
    .filter(
      (column) =>
        column.words !== null &&
        column.words.size <= 12 &&
        column.look !== 'number' &&
        column.filled >= table.rows * 0.8 &&
        strengthOf(column, 'other_status', 'direction_marker') === 0,
    )
    .map((column) => ({
      column,
      words: [...(column.words ?? [])].map(([word, count]) => ({
        ...{ word, count },
        status: statusOf(word)[0]?.strength === 1 ? statusMeant(word) : undefined,
      })),
    }))
    .find(
      ({ column, words }) =>
        tellsProgress(column) ||
        (words.every(({ status }) => status !== undefined && status !== 'memo') &&
          words.some(({ status }) => status === 'settled') &&
          words.some(({ status }) => status === 'failed')),
    )
  const isNamed = ({ column }: StatusColumn) => strengthOf(column, 'status') >= 0.9
  return (
    found.find(({ share }) => share >= 0.5) ??
    told ??
    found
      .filter((one) => isNamed(one) && (one.share >= 0.2 || one.known > 1))
      .toSorted((a, b) => b.share - a.share)[0] ??
    found
      .filter(
        ({ words }) => words.every(({ word }) => /^\d{1,6}$/.test(word)) && words.some(({ word }) => /^0+$/.test(word)),
      )
      .map(({ column, words }) => ({
        column,
        words: words.map((one) => ({ ...one, status: /^0+$/.test(one.word) ? ('settled' as const) : undefined })),
      }))[0]
  )
}

/**
 * Ask what words of a status mean, of several together whether they count; a word of several meanings is asked for these. What is
 * so of a part of the money alone is asked apart: "partially refunded" may count where "refunded" does not.
 */
function askForStatus(
  column: NamedProfile,
  unknown: readonly string[],
  map: Readonly<Record<string, string>>,
  draft: Draft,
): void {
  const others = draft.questions.filter(({ safe }) => safe === undefined)
  const room = mostTracks / others.reduce((product, { candidates }) => product * candidates.length, 1)
  const partly = unknown.filter((word) => isPartly(word) && !word.includes('*'))
  const isApart = partly.length > 0 && partly.length < unknown.length && room >= 4
  const ask = (id: string, words: readonly string[], most: number, rule: (status: string) => FieldRuleYaml) => {
    const meant = meaningsOfAll(words)
    const any: readonly StatusWord[] = most < 4 ? ['settled', 'failed'] : ['settled', 'pending', 'failed', 'reversed']
    const choices = meant.length > 1 && meant.length <= most && !meant.includes('memo') ? meant : any
    const records = words.reduce((sum, word) => sum + (column.words?.get(word) ?? 0), 0)
    const named = words.map((word) => JSON.stringify(word)).join(', ')
    draft.questions.push({
      id,
      of: 'record',
      question: `What ${words.length === 1 ? 'does' : 'do'} ${named} in ${JSON.stringify(column.name)} mean?`,
      evidence: `${records} records have ${words.length === 1 ? 'it' : 'one of them'}`,
      usual: null,
      candidates: choices.map((status) => ({
        name: status,
        meaning: statusMeanings[status],
        fields: { status: rule(status) },
      })),
    })
  }
  const meaning = (words: readonly string[], status: string) => Object.fromEntries(words.map((word) => [word, status]))
  const whole = isApart ? unknown.filter((word) => !partly.includes(word)) : unknown
  ask('status', whole, isApart ? room / 2 : room, (status) => ({ map: { ...map, ...meaning(whole, status) } }))
  // A question has a key of the rule to itself.
  if (isApart)
    ask('status.partly', partly, 2, (status) => ({
      patterns: meaning(
        partly.map((word) => `${word}*`),
        status,
      ),
    }))
}

/** What all of the words may mean, where that is the same of each. */
function meaningsOfAll(words: readonly string[]): StatusWord[] {
  const [first = [], ...rest] = words.map((word) => statusOf(word).map(({ meaning }) => meaning))
  return rest.every((one) => one.join() === first.join()) ? first : []
}
