import { type NamedProfile, strengthOf } from './columns.ts'
import { isOnlyStatus, statusOf } from './vocabulary.ts'

/** More words are no column of statuses. */
const mostWords = 6

/**
 * Whether a column's words alone say that it tells how far its records have come: all of them are statuses and of nothing
 * else, some say that money has moved, and its name means nothing but a description.
 */
export function tellsProgress(column: NamedProfile): boolean {
  const { words, look, meanings } = column
  if (words === null || words.size === 0 || words.size > mostWords || look === 'number' || look === 'time') return false
  if (meanings.some((one) => one.strength >= 0.6 && one.meaning !== 'description' && one.meaning !== 'status'))
    return false
  const all = [...words.keys()]
  return all.every(isOnlyStatus) && all.some((word) => statusOf(word)[0]?.meaning === 'settled')
}

/** Whether a column that a rule reads a status from holds nothing but statuses. */
export const holdsStatuses = ({ words }: NamedProfile): boolean =>
  words !== null && words.size > 0 && [...words.keys()].every((word) => statusOf(word).length > 0)

/** Whether its name says that it tells how far a record has come; a state may be one of a country. */
export const isNamedStatus = (column: NamedProfile): boolean =>
  strengthOf(column, 'status') >= 0.6 &&
  (column.look === 'number' || [...(column.words?.keys() ?? [])].some((word) => statusOf(word).length > 0))
