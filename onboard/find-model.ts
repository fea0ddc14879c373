import type { FieldRuleYaml } from '../contracts/grammar.ts'
import { currencies } from '../models/currency.ts'
import { Fault } from '../models/fault.ts'
import { type ModelName, models } from '../models/index.ts'
import { findAccounts } from './accounts.ts'
import { fromColumn, named, type Surroundings, strengthOf } from './columns.ts'
import { findCreators, isAmount, isBuyer } from './creators.ts'
import { codeOf } from './currencies.ts'
import type { Draft, Question } from './draft.ts'
import { noteFullLists } from './full-lists.ts'
import { infer } from './infer.ts'
import { type Fit, isNamed, isTimes, type ListColumn, type ListFile, listColumn, says } from './list-file.ts'
import { pivoted } from './pivoted.ts'
import { findProducts } from './products.ts'
import { profile } from './profile.ts'
import { findRates, isFine } from './rates.ts'
import type { LoadedTable } from './table.ts'
import { unreadDates } from './unread-dates.ts'
import { offerOf } from './vocabulary.ts'

/** What a file's contract can be: of one model, or of several between which a person has to choose. */
export interface FoundModels {
  /** The likeliest first. */
  readonly drafts: ReadonlyMap<ModelName, Draft>
  /** Which model it is, where nothing in the file tells. */
  readonly question: Question | null
}

/**
 * Find what the records of a file are. What moves money is a transaction, whatever else it looks like; a list of creators,
 * accounts, products or rates is one where all that its model needs is there.
 *
 * @throws Fault "onboard.no-model", "onboard.pivoted"
 */
export async function findModels(table: LoadedTable, surroundings: Surroundings): Promise<FoundModels> {
  const columns = (await profile(table)).map(named)
  const file: ListFile = { table, columns: columns.map(listColumn), surroundings }
  const inferred = await infer(table, surroundings, columns)
  const transactions = inferred !== null && isMoney(file, inferred) ? inferred : null
  if (transactions !== null && movesMoney(file, transactions)) return only('transaction', transactions)
  const fits = [await findRates(file), await findProducts(file), await findAccounts(file), await findCreators(file)]
  const whole = fits.filter(({ lacks }) => lacks.length === 0)
  for (const { model, draft } of whole) await noteFullLists(file, model, draft)
  const [first, ...others] = whole
  if (transactions !== null) {
    if (first === undefined) return only('transaction', transactions)
    if (others.length === 0 && first.proof !== null) return only(first.model, first.draft)
    return several(whole, transactions)
  }
  if (first !== undefined) return others.length === 0 ? only(first.model, first.draft) : several(whole, null)
  await refusePivoted(file)
  throw noModel(file, fits)
}

const only = (model: ModelName, draft: Draft): FoundModels => ({ drafts: new Map([[model, draft]]), question: null })

function several(fits: readonly Fit[], transactions: Draft | null): FoundModels {
  const drafts = new Map<ModelName, Draft>(fits.map(({ model, draft }) => [model, draft]))
  if (transactions !== null) drafts.set('transaction', transactions)
  return {
    drafts,
    question: {
      id: 'model',
      of: 'file',
      question: `What is a record: ${[...drafts.keys()].join(' or ')}?`,
      evidence: fits.map(({ model, found }) => `as ${model} it has ${found.join(', ')}`).join('; '),
      usual: null,
      candidates: [...drafts.keys()].map((model) => ({ name: model, meaning: models[model].description, fields: {} })),
    },
  }
}

/** Whether what would be the amount has no more decimals than its currency, in most records; of an unknown one any may be. */
function isMoney({ columns }: ListFile, { fields }: Draft): boolean {
  const amount = columnOf(columns, fields.get('gross')?.rule)
  if (amount === undefined) return true
  const currency = fields.get('currency')?.rule
  const words = [...(columnOf(columns, currency)?.words?.keys() ?? [String(currency?.value ?? '')])]
  const exponents = words.map((word) => currencies.get(codeOf(word) ?? '')?.exponent)
  const known = exponents.filter((exponent) => exponent !== undefined)
  return known.length < exponents.length || !isFine(amount, Math.max(4, ...known.map((exponent) => exponent + 1)))
}

/** Whether records move money: by an amount that is no price, by who pays, by words for what moved or how far it has come. */
function movesMoney({ columns }: ListFile, { fields, top }: Draft): boolean {
  if (top.has('sign') || top.has('direction') || top.has('role')) return true
  const gross = fields.get('gross')?.rule
  const of = (rule: typeof gross) => columnOf(columns, rule)
  const time = of(fields.get('occurred_at')?.rule ?? fields.get('local_date')?.rule)
  // What is told of the day somebody joined, or something was listed, did not move on that day.
  if (time !== undefined && says(time, 'joined', 'listed') >= 0.9) return false
  const amount = of(gross)
  if (amount === undefined || says(amount, 'price') < 0.9) return true
  const isFilled = (column: ListColumn) => column.filled > 0
  const id = of(fields.get('transaction_id')?.rule)
  const isOfMovements =
    id !== undefined && strengthOf(id, 'id') >= 0.75 && says(id, 'any_id', 'product_id', 'creator_id') < 0.9
  const status = of(fields.get('status')?.rule)
  const isProgress =
    status !== undefined && ![...(status.words?.keys() ?? [])].some((word) => offerOf(word) !== undefined)
  return (
    isOfMovements ||
    isProgress ||
    columns.some(
      (column) =>
        isFilled(column) &&
        ((column !== amount && isAmount(column)) ||
          (isTimes(column) && says(column, 'moved') >= 0.6) ||
          (column.look === 'number' && isNamed(column, 'balance')) ||
          isBuyer(column)),
    )
  )
}

/** The column that fills a field alone. */
const columnOf = (columns: readonly ListColumn[], rule: FieldRuleYaml | undefined): ListColumn | undefined =>
  columns.find((column) => JSON.stringify(fromColumn(column)) === JSON.stringify(pick(rule)))

const pick = (rule: { readonly from?: unknown; readonly column?: unknown } | undefined) =>
  rule?.from === undefined ? { column: rule?.column } : { from: rule.from }

/** Many rates in one record, which no contract takes apart. */
async function refusePivoted(file: ListFile): Promise<void> {
  const wide = await pivoted(file)
  if (wide === null) return
  throw new Fault(
    'onboard.pivoted',
    `${file.table.name} has a column for each ${wide.by} (${list(wide.names)}): each line has ${wide.names.length} rates, and a contract makes one record of a line.`,
    'Write the table with one line for each day and currency, in columns such as date, currency and usd_rate, and onboard that.',
  )
}

const list = (names: readonly string[]): string =>
  names
    .slice(0, 30)
    .map((name) => JSON.stringify(name))
    .join(', ')

function noModel(file: ListFile, fits: readonly Fit[]): Fault {
  const { table, columns } = file
  const unread = unreadDates(file)
  const clauses = fits.map(
    ({ model, found, lacks }) =>
      `${model}: ${found.length === 0 ? '' : `${found.join(', ')}; `}lacks ${lacks.join(', ')}`,
  )
  return new Fault(
    'onboard.no-model',
    `${table.name} fits no model. transaction: no column of amounts beside one of dates${unread === null ? '' : `; ${unread.why}`}. ${clauses.join('. ')}. ${table.hasHeader ? `Its columns are ${list(columns.map(({ name }) => name))}.` : `Its ${columns.length} columns have no names.`}`,
    unread?.fix ??
      'Name the columns by what they hold, or write the contract by hand; docs/contracts.md says how, and `entrepot preview` tries it.',
  )
}
