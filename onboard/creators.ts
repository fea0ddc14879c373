import { fromColumn } from './columns.ts'
import { Finder, type Fit, isNamed, isTimes, type ListColumn, type ListFile, says } from './list-file.ts'
import { countryOf } from './names.ts'

/** What of a list of creators a file has: an id, a name, and something that a person or studio has. */
export async function findCreators(file: ListFile): Promise<Fit> {
  const { table, columns, surroundings } = file
  const find = new Finder(file, 'creator')
  const id = await find.identity('creator_id', ['creator_id', 'any_id'])
  const contacts = columns.filter((column) => column.filled > 0 && isNamed(column, 'email', 'phone'))
  findName(find, table.rows)
  const hasCountry = findCountry(find)
  find.put('region', { value: surroundings.region.region }, 'the region that it is onboarded in')
  const [joined] = find.named(['joined', 'created'], isTimes)
  const hasJoined = joined !== undefined && (await find.times('joined_at', joined, false))
  const isCreators = id !== undefined && says(id, 'creator_id') >= 0.9
  if (!hasCountry && !hasJoined && contacts.length === 0 && !isCreators)
    find.lacks.push(
      'a country, a day of joining, an e-mail address or telephone, or an id that is named as a creator’s',
    )
  if (!hasCountry) {
    const { country } = surroundings.region
    find.put('country', { value: country }, "no column has one: the region's")
    find.draft.notes.push(`country: no column has one; taken as the region's, ${country}.`)
  }
  const money = columns.find((column) => isAmount(column) || (says(column, 'price') >= 0.6 && column.look === 'number'))
  // What creators have earned may stand beside the day they joined; a file of payments has another day.
  const mayHaveAmounts = hasJoined && isCreators && says(joined, 'joined') >= 0.9
  if (money !== undefined && !mayHaveAmounts)
    find.lacks.push(`records without amounts (${JSON.stringify(money.name)} is one)`)
  const buyer = columns.find(isBuyer)
  if (buyer !== undefined) find.lacks.push(`people who sell (${JSON.stringify(buyer.name)} is of who buys)`)
  const sold = columns.find((column) => says(column, 'product_id') >= 0.9)
  if (sold !== undefined) find.lacks.push(`records of creators alone (${JSON.stringify(sold.name)} is a product’s)`)
  return find.fit(money === undefined ? 'each has an id of its own, and no amounts' : null)
}

/** A column of amounts that move, by its name and cells. */
export const isAmount = (column: ListColumn): boolean =>
  column.look === 'number' &&
  isNamed(column, 'amount', 'gross', 'net', 'fee', 'debit', 'credit') &&
  says(column, 'price') < 0.9

/** A column that names who pays, by its name. */
export const isBuyer = (column: ListColumn): boolean =>
  column.filled > 0 &&
  column.look !== 'time' &&
  isNamed(column, 'sender') &&
  !isNamed(column, 'phone') &&
  says(column, 'creator_id', 'person') < 0.9

function findName(find: Finder, rows: number): void {
  const isText = (column: ListColumn) =>
    column.look !== 'number' && column.look !== 'time' && column.filled >= rows * 0.8 && !isNamed(column, 'account')
  const [first] = find.named(['first_name'], ({ look }) => look !== 'number' && look !== 'time')
  const [last] = find.named(['last_name'], ({ look }) => look !== 'number' && look !== 'time')
  const wholes = find.named(['person'], isText)
  // Beside a family name "name" is the given one.
  const [given, whole] = first === undefined && last !== undefined ? [wholes[0], undefined] : [first, wholes[0]]
  if (whole !== undefined) {
    find.take('name', whole, 'by its name')
    return
  }
  if (given === undefined || last === undefined) {
    find.lacks.push('a name')
    return
  }
  if (!('name' in given.ref) || !('name' in last.ref)) {
    find.lacks.push('a name in one column')
    return
  }
  for (const column of [given, last]) find.mark('name', column)
  find.put('name', { from: [given.ref.name, last.ref.name] }, 'given and family name')
}

/** A column of codes or names of countries. */
function findCountry(find: Finder): boolean {
  const { languages } = find.file.surroundings.region
  for (const column of find.free((one) => isNamed(one, 'country', 'customer_country') && one.words !== null)) {
    const words = [...(column.words ?? [])].map(([word, count]) => ({ word, count, code: countryOf(word, languages) }))
    const known = words.filter(({ code }) => code !== undefined)
    if (known.reduce((sum, { count }) => sum + count, 0) < column.filled * 0.6) continue
    find.mark('country', column)
    if (words.every(({ word }) => /^[A-Za-z]{2}$/.test(word))) {
      find.put('country', fromColumn(column), 'codes of countries')
      return true
    }
    const unknown = words.filter(({ code }) => code === undefined).map(({ word }) => JSON.stringify(word))
    find.put(
      'country',
      { ...fromColumn(column), map: Object.fromEntries(known.map(({ word, code }) => [word, code as string])) },
      unknown.length === 0
        ? 'its words are known'
        : `${unknown.slice(0, 4).join(', ')} not known: such records are rejected`,
    )
    return true
  }
  return false
}
