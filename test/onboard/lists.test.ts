import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { Fault } from '../../models/fault.ts'
import { type Onboarded, onboard } from '../../operations/onboard.ts'
import { withRegion } from '../../operations/region-client.ts'
import { layout } from '../../project/layout.ts'
import { regionPack } from '../../project/region-pack.ts'
import { defaultLimits } from '../../stage/staged.ts'
import { bookOf } from '../readers/workbook.ts'
import { type ListCase, listCases } from './list-cases.ts'
import { temporary } from './temporary.ts'

/** Files that list creators, accounts, products or rates: onboarded with `--yes`, then ingested by the contract that was made. */
const root = temporary('onboard-lists')
afterAll(() => rmSync(root, { recursive: true, force: true }))
const project = layout(root)

function prepare({ region, files }: Pick<ListCase, 'region' | 'files'>): string[] {
  mkdirSync(project.sources(region), { recursive: true })
  if (!existsSync(project.regionFile(region))) writeFileSync(project.regionFile(region), regionPack(region))
  return Object.entries(files).map(([name, content]) => {
    if (typeof content !== 'string') return bookOf({ sheets: [content.map(rowOf).join('')] }, name)
    writeFileSync(join(root, name), content)
    return join(root, name)
  })
}

const rowOf = (cells: readonly (string | number)[], row: number): string =>
  `<row r="${row + 1}">${cells
    .map((cell, i) => {
      const at = `r="${String.fromCharCode(65 + i)}${row + 1}"`
      return typeof cell === 'number'
        ? `<c ${at}><v>${cell}</v></c>`
        : `<c ${at} t="inlineStr"><is><t>${cell}</t></is></c>`
    })
    .join('')}</row>`

const onboarded = (given: Pick<ListCase, 'region' | 'files' | 'answers'>): Promise<Onboarded> =>
  onboard(
    project,
    { files: prepare(given), region: given.region, name: null, answers: given.answers ?? {}, takesUsual: true },
    { limits: defaultLimits, maxRejects: 100 },
  )

describe('lists are onboarded as what they are, and load', () => {
  test.each(listCases)('$name', async (given) => {
    const done = await onboarded(given)
    const contract = readFileSync(join(root, done.contract ?? ''), 'utf8')
    expect({
      model: done.model,
      open: done.questions.filter(({ chosen }) => chosen === null).map(({ id }) => id),
      previewed: [done.preview.loaded, done.preview.rejected, done.preview.held],
      unsaid: given.says.filter((line) => !contract.includes(line)),
      contract: given.says.every((line) => contract.includes(line)) ? '' : contract,
    }).toEqual({ model: given.model, open: given.open ?? [], previewed: given.counts, unsaid: [], contract: '' })
    expect(contract).toContain(`model: ${given.model}\n`)
    expect(contract).not.toContain('\nmode:')

    const loaded = await withRegion(project, given.region, async (region) => {
      const counts = [0, 0, 0]
      for (const path of prepare(given)) {
        const { report } = await region.ingest({ path, source: done.source, params: given.params ?? {} })
        for (const [i, count] of [report.loaded + report.unchanged, report.rejected, report.held].entries())
          counts[i] = (counts[i] ?? 0) + count
      }
      const text = given.select.split(/, (?![^(]*\))/).map((column) => `coalesce((${column})::varchar, '')`)
      const rows = await region.query(
        `select concat_ws('|', ${text.join(', ')}) as row from core.${given.model} where source = '${done.source}' order by row`,
      )
      return { counts, rows: rows.map(({ row }) => row) }
    })
    expect(loaded).toEqual({ counts: given.counts, rows: given.rows })
  })
})

const either = {
  region: 'ng',
  files: {
    'list.csv':
      'ID,Title,Price,Currency,Date\n1,Budget Planner,2500.50,NGN,2025-01-15\n2,Lagos Presets,4000.00,NGN,2025-01-16\n',
  },
}

describe('a file that can be of two models', () => {
  test('is a question, and no contract is written', async () => {
    const done = await onboarded(either)
    expect(done).toEqual({
      contract: null,
      source: 'list',
      model: null,
      confidence: 0,
      questions: [
        {
          id: 'model',
          question: 'What is a record: product or transaction?',
          evidence: 'as product it has product_id in "ID", title in "Title", currency in "Currency", price in "Price"',
          candidates: [
            { name: 'product', meaning: 'A digital product on sale' },
            { name: 'transaction', meaning: "Every movement of money, signed from the creator's side" },
          ],
          chosen: null,
          rows: { product: 2, transaction: 2 },
          money: { product: {}, transaction: { NGN: '6500.50' } },
        },
      ],
      preview: {
        ...{
          read: 3,
          loaded: 0,
          duplicate: 0,
          rejected: 0,
          ignored: 1,
          held: 2,
          warnings: [],
          totals: {},
          rejects: [],
        },
        heldBy: ['question.model: What is a record: product or transaction?'],
      },
      notes: [],
    })
    expect(existsSync(join(project.sources('ng'), 'list.yaml'))).toBe(false)
  })

  test('is what a person answers', async () => {
    const done = await onboarded({ ...either, answers: { model: 'product' } })
    expect([done.model, done.preview.loaded, done.questions[0]?.chosen]).toEqual(['product', 2, 'product'])
    await expect(onboarded({ ...either, answers: { model: 'creator' } })).rejects.toThrow(
      '"creator" is no answer to model.',
    )
  })

  test('asks on a terminal first for the model, then what that model leaves open', async () => {
    const asked: string[] = []
    const done = await onboard(
      project,
      {
        files: prepare({
          region: 'ng',
          files: {
            'asked.csv': 'ID,Title,Price,Currency,Date\n1,One,2500,NGN,2025-01-15\n2,Two,4000,NGN,2025-01-16\n',
          },
        }),
        ...{ region: 'ng', name: null, answers: {}, takesUsual: false },
      },
      {
        ...{ limits: defaultLimits, maxRejects: 100 },
        ask: async ({ id }) => {
          asked.push(id)
          return id === 'model' ? 'product' : 'minor'
        },
      },
    )
    expect(asked).toEqual(['model', 'unit'])
    expect([done.model, done.preview.loaded]).toEqual(['product', 2])
  })

  test.each([
    [
      'creators with what they have sold',
      'creator_id,name,country,joined_at,total_sales\nc1,Ada,NG,2025-01-14,100.50\nc2,Bo,NG,2025-01-15,200.50\n',
      { creator: 2, transaction: 2 },
    ],
    [
      'products or sales of them with an address of somebody',
      'SKU,Product Name,Price,Created At,Email\n1,One,19.99,2025-01-14T00:00:00Z,a@example.com\n2,Two,29.99,2025-01-15T00:00:00Z,b@example.com\n',
      { product: 2, transaction: 2 },
    ],
  ])('%s', async (_, text, rows) => {
    const done = await onboarded({ region: 'ng', files: { 'mixed.csv': text } })
    expect([done.model, done.contract, done.questions.map((question) => question.rows)]).toEqual([null, null, [rows]])
  })

  test('creators with accounts are creators or accounts', async () => {
    const done = await onboarded({
      region: 'ng',
      files: {
        'both.csv':
          'creator_id,name,country,provider,account,valid_from\nc1,Ada,NG,opay,1,2025-01-15\nc2,Bode,NG,opay,2,2025-01-16\n',
      },
    })
    expect(done.questions.map(({ id, rows }) => ({ id, rows }))).toEqual([
      { id: 'model', rows: { creator_account: 2, creator: 2 } },
    ])
  })
})

const refused = async (name: string, text: string): Promise<unknown> => {
  try {
    return await onboarded({ region: 'ng', files: { [name]: text } })
  } catch (error) {
    if (error instanceof Fault) return `${error.code}: ${error.message} ${error.fix}`
    throw error
  }
}

describe('a file that fits no model is refused, with what was looked for and found', () => {
  const byHand =
    'Name the columns by what they hold, or write the contract by hand; docs/contracts.md says how, and `entrepot preview` tries it.'

  test('what is none of them', async () => {
    expect(await refused('weather.csv', 'Station,Sky,Wind\nIkeja,clear,north\nKano,cloudy,west\n')).toBe(
      `onboard.no-model: weather.csv fits no model. transaction: no column of amounts beside one of dates. fx_rate: lacks a column of rates, a column of days. product: lacks a column of ids, a title, a price, or an id that is named as a product’s. creator_account: lacks a column of creators’ ids, a column of account numbers, a column of providers, or of days from which an account is valid. creator: lacks a column of ids, a name, a country, a day of joining, an e-mail address or telephone, or an id that is named as a creator’s. Its columns are "Station", "Sky", "Wind". ${byHand}`,
    )
  })

  test.each([
    [
      'ids that repeat',
      'creator_id,name,country\nc1,Ada,NG\nc1,Bode,NG\nc2,Chi,NG\n',
      'creator: name in "name", country in "country"; lacks ids that tell records apart ("creator_id" repeats)',
    ],
    [
      'a list of payouts without days',
      'User ID,Name,Email,Amount\nu1,Ada,a@example.com,10.50\nu2,Bode,b@example.com,11.50\n',
      'lacks records without amounts ("Amount" is one)',
    ],
    [
      'several rates for a day and currency',
      'date,currency,rate\n2026-03-01,NGN,1500\n2026-03-01,NGN,1510\n2026-03-02,NGN,1500\n',
      'lacks one rate for each day and currency (some have several)',
    ],
    [
      'rates against the naira',
      'date,currency,rate\n2026-03-01,USD,1500.5\n2026-03-01,EUR,1650.5\n2026-03-02,USD,1501.5\n',
      'lacks rates against the US dollar (the dollar itself has 1501.5 in "rate")',
    ],
    [
      'rates against a base that is another one',
      'date,base,currency,rate\n2026-03-01,EUR,NGN,1650.5\n2026-03-01,EUR,KES,140.5\n2026-03-02,EUR,NGN,1651.5\n',
      'lacks rates against the US dollar (neither "base" nor "currency" has it)',
    ],
    [
      'rates against a currency that the name tells',
      'date,currency,NGN rate\n2026-03-01,GBP,1900.5\n2026-03-01,EUR,1650.5\n2026-03-02,EUR,1651.5\n',
      'lacks rates against the US dollar ("NGN rate" names NGN)',
    ],
    [
      'rates of a size that is not the dollar’s',
      'date,currency,rate\n2026-03-01,GBP,1900.5\n2026-03-01,EUR,1650.5\n2026-03-02,EUR,1651.5\n',
      'lacks rates against the US dollar (1651.5 for EUR is the size of none)',
    ],
    [
      'rates of nobody knows what',
      'date,rate\n2026-03-01,1500.5\n2026-03-02,1501.5\n',
      'lacks a column of currencies’ codes',
    ],
    [
      'rates against the euro in a column that is not named so, which are no money',
      'CURRENCY,DAY,VALUE\nUSD,2026-03-02,1.0845\nJPY,2026-03-02,160.2512\nUSD,2026-03-03,1.0851\n',
      'lacks rates against the US dollar (the dollar itself has 1.0851 in "VALUE")',
    ],
    [
      'sales without days, which are no products',
      'ID,Title,Price,Buyer\n1,One,2.50,Ada\n2,Two,3.50,Bo\n3,Three,4.50,Chi\n',
      'lacks records without a buyer ("Buyer" is one)',
    ],
    [
      'customers, who are no creators',
      'customer_id,customer_name,email,country\n1,Ada,a@example.com,NG\n2,Bo,b@example.com,NG\n',
      'lacks a column of ids, people who sell ("customer_name" is of who buys)',
    ],
    [
      'pairs without the dollar',
      'date,pair,rate\n2026-03-01,EUR/GBP,0.8512\n2026-03-01,EUR/NGN,1650.5\n2026-03-02,EUR/GBP,0.8513\n',
      'lacks rates against the US dollar ("pair" has pairs without it)',
    ],
    [
      'titles that repeat, so that records are sales',
      'id,product,price\n1,One,2.50\n2,One,2.50\n3,One,2.50\n4,Two,3.50\n',
      'lacks titles that differ (2 in 4 records)',
    ],
  ])('%s', async (_, text, why) => {
    const told = await refused('odd.csv', text)
    expect(told).toContain('onboard.no-model: odd.csv fits no model.')
    expect(told).toContain(why)
  })

  test('what has no names', async () => {
    expect(await refused('bare.csv', 'x1,clear\nx2,cloudy\nx3,clear\n')).toMatch(/ Its 2 columns have no names\. Name/)
  })

  test('a table with a column for each currency, or each day', async () => {
    const fix =
      'Write the table with one line for each day and currency, in columns such as date, currency and usd_rate, and onboard that.'
    expect(
      await refused('wide.csv', 'Date,NGN,GHS,KES\n2026-03-01,1500.1,10.9,129.5\n2026-03-02,1501.2,10.8,129.6\n'),
    ).toBe(
      `onboard.pivoted: wide.csv has a column for each currency ("NGN", "GHS", "KES"): each line has 3 rates, and a contract makes one record of a line. ${fix}`,
    )
    expect(
      await refused('days.csv', 'Currency,2026-03-01,2026-03-02\nNGN,1500.1,1501.2\nGHS,10.9,10.8\nKES,129.5,129.6\n'),
    ).toBe(
      `onboard.pivoted: days.csv has a column for each day ("2026-03-01", "2026-03-02"): each line has 2 rates, and a contract makes one record of a line. ${fix}`,
    )
  })
})
