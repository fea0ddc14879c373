import { literal } from '../contracts/sql-text.ts'
import { plainNumberSql } from './amounts.ts'
import { strengthOf } from './columns.ts'
import { isAmount } from './creators.ts'
import { Finder, type Fit, isKey, isNamed, type ListColumn, type ListFile, says } from './list-file.ts'
import { marksQuestion, styleKeys } from './money-writer.ts'
import { type NumberReading, readNumbers } from './numbers.ts'
import { pivoted } from './pivoted.ts'
import { findRateCurrency, hasCurrencies, type RateCurrency } from './rate-currency.ts'
import { farOff, rateOfName, type Span, type Way, wayOf, wayOfValues } from './rate-ways.ts'

/** What of a list of daily rates a file has: a day, a currency, and a rate of which it is known which way round it is. */
export async function findRates(file: ListFile): Promise<Fit> {
  const { table, surroundings } = file
  const find = new Finder(file, 'fx_rate')
  const day = await findDay(find)
  const wide = await pivoted(file)
  if (wide !== null) find.lacks.push(`one column of rates (there is one for each ${wide.by})`)
  const named = rateColumns(find)
  const currency = findRateCurrency(find, named[0]?.name ?? '')
  const rates = named.length === 0 ? onlyNumber(find, currency) : named
  const rate = rates[0]
  if (rate === undefined) find.lacks.push('a column of rates')
  if (day === null) find.lacks.push('a column of days')
  const others = file.columns.find((column) => isAmount(column) && !rates.includes(column))
  if (others !== undefined) find.lacks.push(`rates alone (${JSON.stringify(others.name)} is an amount)`)
  if (rate === undefined || day === null || others !== undefined) return find.fit()
  const reading = readNumbers(rate, mostDecimals, surroundings.region)
  const spans = await spansOf(file, rate, reading, currency)
  const found = currency ?? (hasCurrencies(find) ? null : ofRegion(file, rate, spans))
  if (found === null) find.lacks.push('a column of currencies’ codes')
  else {
    const why = otherBase(rate, found, sizedBy(spans, found))
    if (why !== null) find.lacks.push(`rates against the US dollar (${why})`)
    const parts = [day, ...found.columns].map(({ sql }) => sql)
    if (find.lacks.length === 0 && !(await isKey(table, parts)))
      find.lacks.push('one rate for each day and currency (some have several)')
  }
  if (find.lacks.length > 0 || found === null) return find.fit()
  find.put('currency', found.rule, found.evidence)
  find.take('usd_rate', rate, `by its name; ${reading.evidence}`, styleKeys(reading.style, surroundings.region))
  if (reading.other !== null && reading.certainty !== 'proven')
    // Of a rate no habit tells: 1.234 and 1,234 are both rates.
    find.ask({ ...marksQuestion('usd_rate', { column: rate, reading }, reading.other), usual: null })
  askColumn(find, rates)
  turn(find, rate, found.way, sizedBy(spans, found))
  find.draft.top.set('checks', {
    value: [{ name: 'rate_positive', sql: 'usd_rate > 0', severity: 'reject' }],
    evidence: 'a rate is above zero',
  })
  return find.fit('a rate for each day and currency, and no amounts')
}

/** Why rates are against another currency than the dollar; null where nothing says so. */
function otherBase(rate: ListColumn, found: RateCurrency, spans: readonly Span[]): string | null {
  if (found.refusal !== null) return found.refusal
  const of = rateOfName(rate.name)
  const named = [of?.base, of?.quote].find((code) => code != null && code !== 'USD')
  if (of !== null && named != null && wayOf(of) === null && named !== found.rule.value)
    return `${JSON.stringify(rate.name)} names ${named}`
  const dollar = spans.find(({ code }) => code === 'USD')
  if (dollar !== undefined && found.way === null && (dollar.least !== 1 || dollar.most !== 1))
    return `the dollar itself has ${dollar.most} in ${JSON.stringify(rate.name)}`
  const far = farOff(spans)
  return far === null ? null : `${far.most} for ${far.code} is the size of none`
}

/** Beside pairs of currencies, or with more decimals than money has, the only number is the rate, whatever it is called. */
function onlyNumber(find: Finder, currency: RateCurrency | null): ListColumn[] {
  const numbers = find.free(({ look }) => look === 'number')
  const [only] = numbers
  if (numbers.length !== 1 || only === undefined || currency === null) return []
  return currency.way !== null || isFine(only) ? [only] : []
}

/** Whether most numbers have four or more digits behind their last mark: no money, and no thousands. */
export function isFine({ shapes, filled }: ListColumn, least = 4): boolean {
  const fine = shapes.filter(({ text }) => new RegExp(`[.,]9{${least},}$`).test(text.replace(/[৯٩۹९９]/g, '9')))
  return fine.reduce((sum, { count }) => sum + count, 0) >= filled * 0.5
}

/** A rate has at most so many. */
const mostDecimals = 9

async function findDay(find: Finder): Promise<ListColumn | null> {
  const days = find
    .free((column) => column.look === 'time' || (column.look === 'number' && isNamed(column, 'time', 'value_date')))
    .toSorted((a, b) => strengthOf(b, 'time', 'value_date') - strengthOf(a, 'time', 'value_date'))
  for (const day of days) if (await find.times('date', day, true)) return day
  return null
}

/** Columns named as rates; in the middle before those at which a bank buys or sells. */
function rateColumns(find: Finder): ListColumn[] {
  const numbers = find.free(({ look }) => look === 'number')
  const isRate = (column: ListColumn) =>
    isNamed(column, 'rate') || says(column, 'mid', 'buying', 'selling') >= 0.6 || rateOfName(column.name) !== null
  const named = numbers.filter(isRate)
  const middle = named.filter((column) => says(column, 'mid') >= 0.6)
  const dollars = named.filter(({ name }) => wayOf(rateOfName(name) ?? { base: null, quote: null }) === 'dollars')
  if (middle.length === 1) return middle
  // Of a rate and its inverse the one that is the model's.
  return dollars.length === 1 ? dollars : named
}

/** The least and the greatest rate of each currency. */
async function spansOf(
  { table }: ListFile,
  column: ListColumn,
  reading: NumberReading,
  currency: RateCurrency | null,
): Promise<Span[]> {
  const code = currency?.code ?? `''`
  const number = `try_cast(${plainNumberSql({ column, reading })} as double)`
  const rows = await table.query<{ code: string | null; least: number | null; most: number | null }>(
    `select ${code} as code, min(${number}) as least, max(${number}) as most from cell where ${number} > 0 group by 1 order by 1`,
  )
  return rows.flatMap(({ code, least, most }) =>
    code === null || least === null || most === null ? [] : [{ code, least, most }],
  )
}

/** Where only the dollar is named, the other currency is the region's if the rates have its size. */
function ofRegion({ surroundings }: ListFile, rate: ListColumn, spans: readonly Span[]): RateCurrency | null {
  const { currency } = surroundings.region
  const of = rateOfName(rate.name)
  if (of === null || wayOf(of) === null || wayOfValues(spans.map((span) => ({ ...span, code: currency }))) === null)
    return null
  return {
    ...{ rule: { value: currency }, code: literal(currency), columns: [], way: null, refusal: null },
    evidence: "no column names one: the region's, and the rates have its size",
  }
}

/** Ask which of several columns is meant. */
function askColumn(find: Finder, rates: readonly ListColumn[]): void {
  if (rates.length < 2) return
  const of = (column: ListColumn) =>
    'name' in column.ref ? { from: column.ref.name } : { column: column.ref.position }
  find.ask({
    id: 'usd_rate.column',
    of: 'file',
    question: `Which of the columns ${rates.map(({ name }) => JSON.stringify(name)).join(', ')} is the rate?`,
    evidence: 'all are named as rates',
    usual: null,
    candidates: rates.slice(0, 4).map((column) => ({
      name: column.name === '' ? JSON.stringify(column.ref) : column.name,
      meaning: `the rates in ${JSON.stringify(column.name)}`,
      fields: { usd_rate: of(column) },
    })),
  })
}

/** Say which way round the rates are, where names or sizes prove it and none speaks against it; else ask. */
function turn(find: Finder, rate: ListColumn, byCurrency: Way | null, spans: readonly Span[]): void {
  const of = rateOfName(rate.name)
  const sized = wayOfValues(spans)
  const said: { way: Way | null; why: string }[] = [
    { way: of === null ? null : wayOf(of), why: `the name ${JSON.stringify(rate.name)}` },
    { way: byCurrency, why: 'the pairs of currencies' },
    { way: sized?.way ?? null, why: sized === null ? '' : `${sized.span.most} for ${sized.span.code}` },
  ].filter(({ way }) => way !== null)
  const [first] = said
  const field = find.draft.fields.get('usd_rate')
  if (field === undefined) return
  if (first !== undefined && said.every(({ way }) => way === first.way)) {
    const proof = `${said.map(({ why }) => why).join(' and ')}: ${means[first.way as Way]}`
    const rule = first.way === 'units' ? { ...field.rule, invert: true } : field.rule
    find.put('usd_rate', rule, `${proof}; ${field.evidence}`)
    const namesDollar = said.length > 1 || sized === null || spans.some(({ code }) => code === 'USD')
    if (!namesDollar)
      find.draft.notes.push(
        'usd_rate: nothing names the US dollar as the other side; the rates have the size of its rates.',
      )
    return
  }
  const example = spans[0]
  find.ask({
    id: 'usd_rate.direction',
    of: 'file',
    question: 'Are the rates US dollars for one unit of the currency, or units for one US dollar?',
    evidence:
      first === undefined
        ? `no name says it, and rates such as ${example?.most} for ${example?.code} can be both`
        : said.map(({ way, why }) => `${why} says ${means[way as Way]}`).join(', '),
    usual: null,
    candidates: [
      { name: 'dollars', meaning: means.dollars, fields: { usd_rate: {} } },
      { name: 'units', meaning: means.units, fields: { usd_rate: { invert: true } } },
    ],
  })
}

const means = { dollars: 'US dollars for one unit', units: 'units for one US dollar' } as const

/** Rates of a file without a column of currencies are of the one that its contract names. */
const sizedBy = (spans: readonly Span[], { rule }: RateCurrency): Span[] =>
  spans.map((span) => (typeof rule.value === 'string' ? { ...span, code: rule.value } : span))
