import { currencies } from '../models/currency.ts'
import { isAmount, isBuyer } from './creators.ts'
import { findCurrency, putCurrency } from './currencies.ts'
import { Finder, type Fit, isNamed, isTimes, type ListColumn, type ListFile, says } from './list-file.ts'
import { marksQuestion, styleKeys } from './money-writer.ts'
import { readNumbers } from './numbers.ts'
import { unitQuestion } from './unit.ts'
import { offerOf, truthOf } from './vocabulary.ts'

/** What of a list of products a file has: an id, a title, a price, whose it is. A price is no movement of money. */
export async function findProducts(file: ListFile): Promise<Fit> {
  const { table, columns } = file
  const find = new Finder(file, 'product')
  const id = await find.identity('product_id', ['product_id', 'any_id'])
  const isText = ({ look }: ListColumn) => look !== 'number' && look !== 'time'
  const [title] = find.named(['title'], (column) => isText(column) && column.filled >= table.rows * 0.8)
  if (title === undefined) find.lacks.push('a title')
  else {
    find.take('title', title, 'by its name')
    const [row] = await table.query<{ titles: string }>(
      `select count(distinct ${title.sql})::varchar as titles from cell`,
    )
    if (Number(row?.titles) < title.filled * 0.8)
      find.lacks.push(`titles that differ (${row?.titles} in ${title.filled} records)`)
  }
  const isProducts = id !== undefined && says(id, 'product_id') >= 0.9
  const [price] = find.named(['price'], ({ look }) => look === 'number')
  if (price !== undefined) await findPrice(find, price)
  else if (!isProducts) find.lacks.push('a price, or an id that is named as a product’s')
  const [owner] = find.named(['creator_id'], ({ look, filled }) => look !== 'time' && filled >= table.rows * 0.5)
  if (owner !== undefined) find.take('creator_id', owner, 'by its name')
  else find.param('creator_id', 'whose the products are')
  const [kind] = find.free((column) => isNamed(column, 'type') && column.words !== null && isText(column))
  if (kind !== undefined) find.take('kind', kind, 'by its name')
  const isOffer = findOffer(find)
  const [listed] = find.named(['listed'], isTimes)
  const hasListed = listed !== undefined && (await find.times('listed_at', listed, false))
  const created = find.named(['created'], isTimes)
  if (!hasListed && created.length > 0)
    find.draft.notes.push(
      `listed_at: ${JSON.stringify(created[0]?.name)} says when the entry was made, which need not be when it was listed; left out.`,
    )
  const amount = columns.find(isAmount)
  const mayHaveAmounts = hasListed && isProducts
  if (amount !== undefined && !mayHaveAmounts)
    find.lacks.push(`prices alone (${JSON.stringify(amount.name)} is an amount that moves)`)
  refuseSales(find)
  const proof =
    isOffer !== null
      ? `${JSON.stringify(isOffer.name)} says what can be bought`
      : hasListed
        ? `${JSON.stringify(listed.name)} is of what is on sale`
        : isProducts && created.length > 0
          ? `each has an id in ${JSON.stringify(id.name)}, and the day it was made`
          : null
  // How many, or somebody's address, is of a sale as often as of a product.
  const mayBeSales = columns.some((column) => column.filled > 0 && isNamed(column, 'quantity', 'email', 'phone'))
  return find.fit(mayBeSales || amount !== undefined ? null : proof)
}

async function findPrice(find: Finder, price: ListColumn): Promise<void> {
  const { table, columns, surroundings } = find.file
  const currency = findCurrency(table, columns, surroundings.region)
  const exponent = Math.max(...currency.codes.map((code) => currencies.get(code)?.exponent ?? 2))
  const reading = readNumbers(price, exponent, surroundings.region)
  if (currency.column !== null) find.mark('currency', currency.column as ListColumn)
  putCurrency(find.draft, currency)
  const isMinor = price.hints.unit === 'minor'
  find.take('price', price, isMinor ? `${reading.evidence}; the header says the unit` : reading.evidence, {
    ...styleKeys(reading.style, surroundings.region),
    ...(isMinor ? { unit: 'minor' } : {}),
  })
  const { other, certainty, accepted } = reading
  if (other !== null && certainty !== 'proven') find.ask(marksQuestion('price', { column: price, reading }, other))
  const isWhole = reading.decimals < Math.max(1, accepted * 0.1)
  if (isWhole && !isMinor && exponent > 0 && accepted > 0) find.ask(unitQuestion(['price'], reading.hasDecimals))
}

/** The status: a column of words for what can be bought, or of yes and no. */
function findOffer(find: Finder): ListColumn | null {
  const few = ({ words }: ListColumn) => words !== null && words.size <= 12
  for (const column of find.free((one) => few(one) && isNamed(one, 'status'))) {
    const words = [...(column.words ?? [])].map(([word, count]) => ({ word, count, offer: offerOf(word) }))
    const known = words.filter(({ offer }) => offer !== undefined)
    if (known.reduce((sum, { count }) => sum + count, 0) < column.filled * 0.5) continue
    const unknown = words.filter(({ offer }) => offer === undefined).map(({ word }) => JSON.stringify(word))
    find.take(
      'status',
      column,
      unknown.length === 0
        ? 'its words are known'
        : `${unknown.slice(0, 4).join(', ')} not known: such records are rejected until a map says what they mean`,
      { map: Object.fromEntries(known.map(({ word, offer }) => [word, offer as string])) },
    )
    return column
  }
  for (const column of find.named(['on_sale'], few)) {
    const words = [...(column.words ?? [])].map(([word]) => ({ word, truth: truthOf(word) }))
    if (words.some(({ truth }) => truth === undefined)) continue
    find.take('status', column, 'yes or no in each', {
      map: Object.fromEntries(words.map(({ word, truth }) => [word, truth ? 'listed' : 'unlisted'])),
    })
    return column
  }
  return null
}

/** What a record of a sale has, and one of a product does not. */
function refuseSales(find: Finder): void {
  const { columns } = find.file
  const named = (accepts: (column: ListColumn) => boolean) =>
    columns.find((column) => column.filled > 0 && accepts(column))?.name
  const time = named((column) => isTimes(column) && says(column, 'moved') >= 0.6)
  if (time !== undefined) find.lacks.push(`records without the time of a sale (${JSON.stringify(time)} is one)`)
  const buyer = named(isBuyer)
  if (buyer !== undefined) find.lacks.push(`records without a buyer (${JSON.stringify(buyer)} is one)`)
}
