import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { onboard } from '../../operations/onboard.ts'
import { layout } from '../../project/layout.ts'
import { regionPack } from '../../project/region-pack.ts'
import { defaultLimits } from '../../stage/staged.ts'
import { temporary } from './temporary.ts'

/**
 * Exports in the shapes of providers that no sample is of (invented data), with what the program that drew them put in. Each has
 * something of its own: amounts in objects of JSON, codes for statuses, hundredths of a currency that has none, several columns
 * of fees, names of months in another language, years of another calendar, a header over two rows.
 */
const folder = join(import.meta.dirname, 'exports')

interface Expected {
  readonly file: string
  readonly region: string
  /** Without them something is held. */
  readonly answers?: Readonly<Record<string, string>>
  readonly loaded: number
  readonly rejected: number
  readonly totals: Readonly<Record<string, { rows: number; gross: string; fee: string; tax: string }>>
}

const exports = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected[]

const project = temporary('onboard-exports')
afterAll(() => rmSync(project, { recursive: true, force: true }))

function onboarded({ file, region }: Expected, answers: Readonly<Record<string, string>>) {
  const path = join(project, 'regions', region)
  mkdirSync(join(path, 'sources'), { recursive: true })
  if (!existsSync(join(path, 'region.yaml'))) writeFileSync(join(path, 'region.yaml'), regionPack(region))
  return onboard(
    layout(project),
    {
      ...{ files: [join(folder, file)], region, answers, takesUsual: true },
      name: file.replace(/\W+/g, '_').toLowerCase(),
    },
    { limits: defaultLimits, maxRejects: 100 },
  )
}

/** Millionths of a decimal; of nothing known 0. */
const millionths = (text: string | null): bigint => {
  const [whole = '0', decimals = ''] = (text ?? '0').split('.')
  return BigInt(`${whole}${decimals.padEnd(6, '0').slice(0, 6)}`)
}

test.each(exports)('$file', async (expected) => {
  const { answers = {} } = expected
  const { preview } = await onboarded(expected, answers)
  expect(preview).toMatchObject({ loaded: expected.loaded, rejected: expected.rejected, held: 0 })
  const totals = Object.entries(preview.totals).map(([currency, { rows, gross, fee, tax }]) => [
    currency,
    { rows, gross: millionths(gross), fee: millionths(fee), tax: millionths(tax) },
  ])
  const wanted = Object.entries(expected.totals).map(([currency, { rows, gross, fee, tax }]) => [
    currency,
    { rows, gross: millionths(gross), fee: millionths(fee), tax: millionths(tax) },
  ])
  expect(totals).toEqual(wanted)
})

test.each(exports.filter(({ answers }) => answers !== undefined))(
  'nothing of $file that hangs on an answer is loaded without one',
  async (expected) => {
    const { preview, questions } = await onboarded(expected, {})
    const open = questions.filter(({ chosen }) => chosen === null)
    expect(open.length).toBeGreaterThan(0)
    expect(open.length).toBeLessThanOrEqual(3)
    expect(preview.held).toBeGreaterThan(0)
  },
)
