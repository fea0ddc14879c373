import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Onboarded, onboard } from '../../operations/onboard.ts'
import { layout } from '../../project/layout.ts'
import { regionPack } from '../../project/region-pack.ts'
import { defaultLimits } from '../../stage/staged.ts'
import { temporary } from './temporary.ts'

/**
 * Exports of providers (invented data), each with what an independent program says it holds. Every one is onboarded as a
 * person would with `--yes`; where a folder has `answers.yaml`, with those answers too.
 */
const folder = join(import.meta.dirname, 'samples')

/** Whose exports they are. Those that name no currency have their region's. */
const regions: Readonly<Record<string, string>> = {
  ...{ bkash: 'bd', safepay: 'pk', opay: 'ng', paystack_json: 'ng', hdfc: 'in', razorpay_recon: 'in', mpesa: 'ke' },
  ...{ daraja_c2b: 'ke', mt940: 'ng', mtn_momo: 'cm', wave_business: 'sn', mercadopago_account_statement: 'br' },
  ...{ ofx: 'br', vietcombank: 'vn', xendit_balance: 'id', etsy_statement: 'us', gumroad_sales: 'us', kofi: 'us' },
  ...{ stripe_balance: 'us', paypal_activity: 'us', wise: 'us', etherscan_erc20: 'us' },
}

interface Expected {
  readonly file: string
  readonly exponents: Readonly<Record<string, number>>
  readonly counts: { readonly parsed: number; readonly rejected: number }
  readonly totals: Readonly<
    Record<string, { rows: number; gross_minor: number; fee_minor: number; tax_minor: number; net_minor: number }>
  >
  readonly rejects: readonly { line: number; reason: string }[]
}

/** The reasons of the samples in the words of the model; the first that fits is enough. */
const reasons: Readonly<Record<string, readonly RegExp[]>> = {
  bad_amount: [/^(gross|fee|tax|net)\.(unparseable|precision)$/],
  no_amount: [/^gross\.missing$/],
  bad_date: [/^(occurred_at|local_date)\.(unparseable|missing)$/, /^row\.malformed$/],
  missing_id: [/^transaction_id\.missing$/],
  // A record that breaks a rule of its own is told so, before its key is looked at.
  conflicting_duplicate: [/^key\.conflict$/, /^check\.net$/],
  sum_mismatch: [/^check\.net$/],
  column_count: [/^row\.arity$/],
  unknown_currency: [/^currency\.unknown$/],
  unknown_asset: [/^currency\.unknown$/],
  unknown_type: [/^kind\.unknown$/],
  both_sides: [/^gross\.both_sides$/],
  malformed_record: [/^row\.malformed$/],
}

const project = temporary('onboard-samples')
afterAll(() => rmSync(project, { recursive: true, force: true }))

function projectWith(region: string) {
  const path = join(project, 'regions', region)
  mkdirSync(join(path, 'sources'), { recursive: true })
  if (!existsSync(join(path, 'region.yaml'))) writeFileSync(join(path, 'region.yaml'), regionPack(region))
  return layout(project)
}

const cases = Object.keys(regions).flatMap((name) =>
  readdirSync(join(folder, name))
    .filter((file) => /^expected.*\.json$/.test(file))
    .map((file) => ({ name, expected: JSON.parse(readFileSync(join(folder, name, file), 'utf8')) as Expected })),
)

/** Formats that need answers: one question each. */
const answered = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'answers.yaml')))

describe('exports of 22 providers', () => {
  test('of which at most five need an answer', () => {
    expect(Object.keys(regions)).toHaveLength(22)
    expect(answered.length).toBeLessThanOrEqual(5)
    for (const name of answered) expect(Object.keys(answersOf(name)).length).toBeLessThanOrEqual(3)
  })

  test.each(cases)('$name: $expected.file', async ({ name, expected }) => {
    const done = await onboard(
      projectWith(regions[name] as string),
      {
        files: [join(folder, name, expected.file)],
        region: regions[name] as string,
        name: `${name}_${expected.file.toLowerCase().replace(/\W+/g, '_')}`.slice(0, 60),
        answers: answersOf(name),
        takesUsual: true,
      },
      { limits: defaultLimits, maxRejects: 1000 },
    )
    expect(outcome(done, expected)).toEqual(wanted(expected))
  })
})

const answersOf = (name: string): Record<string, string> =>
  answered.includes(name)
    ? (parse(readFileSync(join(folder, name, 'answers.yaml'), 'utf8')) as Record<string, string>)
    : {}

/** What an onboarding came to, in the words of the samples. */
function outcome({ preview, questions }: Onboarded, expected: Expected) {
  const minor = (text: string | null | undefined, currency: string): number => {
    const [whole = '0', fraction = ''] = (text ?? '0').split('.')
    return Number(
      `${whole}${fraction.padEnd(expected.exponents[currency] ?? 2, '0').slice(0, expected.exponents[currency] ?? 2)}`,
    )
  }
  return {
    open: questions.filter(({ chosen }) => chosen === null).map(({ id }) => id),
    loaded: preview.loaded,
    held: preview.held,
    refused: preview.rejected + preview.duplicate,
    rejects: preview.rejects.map(({ line, reasons: codes }) => {
      const known = expected.rejects.find((reject) => reject.line === line)
      const fits =
        known !== undefined && codes.some((code) => reasons[known.reason]?.some((pattern) => pattern.test(code)))
      return `${line} ${fits ? known.reason : codes.join(', ')}`
    }),
    totals: Object.fromEntries(
      Object.entries(preview.totals).map(([currency, totals]) => [
        currency,
        {
          rows: totals.rows,
          gross: minor(totals.gross, currency),
          fee: minor(totals.fee, currency),
          tax: minor(totals.tax, currency),
        },
      ]),
    ),
  }
}

/** A repeated record with the same content is a duplicate, and in no list of rejects. A fee that the file does not name is unknown, and counts as 0. */
const wanted = (expected: Expected) => ({
  open: [],
  loaded: expected.counts.parsed,
  held: 0,
  refused: expected.counts.rejected,
  rejects: expected.rejects
    .filter(({ reason }) => reason !== 'duplicate_id')
    .map(({ line, reason }) => `${line} ${reason}`),
  totals: Object.fromEntries(
    Object.entries(expected.totals).map(([currency, totals]) => [
      currency,
      { rows: totals.rows, gross: totals.gross_minor, fee: totals.fee_minor, tax: totals.tax_minor },
    ]),
  ),
})
