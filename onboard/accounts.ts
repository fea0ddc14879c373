import { isAmount } from './creators.ts'
import { Finder, type Fit, isKey, isNamed, isTimes, type ListColumn, type ListFile } from './list-file.ts'

/** What of a list of creators' accounts a file has: whose, at which provider, which account, and since when. */
export async function findAccounts(file: ListFile): Promise<Fit> {
  const { table, surroundings } = file
  const find = new Finder(file, 'creator_account')
  const isFull = ({ filled }: ListColumn) => filled >= table.rows * 0.9
  const [owner] = find.named(['creator_id'], (column) => column.look !== 'time' && isFull(column))
  if (owner === undefined) find.lacks.push('a column of creators’ ids')
  else find.take('creator_id', owner, 'by its name')
  const [provider] = find.named(['provider'], (column) => isFull(column) && column.words !== null && !isTimes(column))
  const account =
    find.free((column) => isNamed(column, 'account') && isFull(column) && column.look !== 'time')[0] ??
    find.free((column) => isNamed(column, 'phone') && isFull(column) && column.look !== 'time')[0]
  if (account === undefined) find.lacks.push('a column of account numbers')
  else find.take('account', account, 'by its name')
  // What is valid may end in the future.
  const later = new Date(surroundings.now.getTime() + 100 * 365 * 86_400_000)
  const [from] = find.named(['valid_from'], isTimes)
  const hasFrom = from !== undefined && (await find.times('valid_from', from, true, later))
  const [to] = find.named(['valid_to'], isTimes)
  if (to !== undefined) await find.times('valid_to', to, true, later)
  if (provider !== undefined)
    find.take('provider', provider, 'by its name; contracts must call their provider by the same word')
  else if (hasFrom) find.param('provider', 'at which provider the accounts are')
  else find.lacks.push('a column of providers, or of days from which an account is valid')
  if (!hasFrom) askSince(find)
  const parts = [provider, account, hasFrom ? from : undefined].flatMap((column) => column?.sql ?? [])
  if (find.lacks.length === 0 && !(await isKey(table, parts)))
    find.lacks.push('accounts that are each named once (one is in several records)')
  const money = file.columns.find(isAmount)
  if (money !== undefined) find.lacks.push(`records without amounts (${JSON.stringify(money.name)} is one)`)
  return find.fit('an account stands beside its creator, and no amounts')
}

function askSince(find: Finder): void {
  const today = find.file.surroundings.now.toISOString().slice(0, 10)
  const since = (day: string) => ({ valid_from: { value: day } })
  find.put('valid_from', { value: '1970-01-02' }, 'no column says since when')
  find.ask({
    id: 'valid_from',
    of: 'file',
    question: 'Since when are the accounts the creators’?',
    evidence: 'no column says it',
    usual: null,
    candidates: [
      { name: 'always', meaning: 'earlier sales are theirs too', fields: since('1970-01-02') },
      { name: 'today', meaning: `sales from ${today} on are theirs`, fields: since(today) },
    ],
  })
}
