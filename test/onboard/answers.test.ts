import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type Onboarded, onboard } from '../../operations/onboard.ts'
import { layout } from '../../project/layout.ts'
import { regionPack } from '../../project/region-pack.ts'
import { defaultLimits } from '../../stage/staged.ts'
import { temporary } from './temporary.ts'

const project = temporary('onboard-answers')
afterAll(() => rmSync(project, { recursive: true, force: true }))
const sources = join(project, 'regions', 'ng', 'sources')
mkdirSync(sources, { recursive: true })
writeFileSync(join(project, 'regions', 'ng', 'region.yaml'), regionPack('ng'))

const asked = (name: string, answers: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Onboarded> =>
  onboard(
    layout(project),
    { files: [join(project, `${name}.csv`)], region: 'ng', name, answers, takesUsual: true },
    { limits: defaultLimits, maxRejects: 10, ...(signal === undefined ? {} : { signal }) },
  )

const file = (name: string, lines: readonly string[]) =>
  writeFileSync(join(project, `${name}.csv`), `${lines.join('\n')}\n`)
const two = (n: number) => String(n).padStart(2, '0')

describe('what each answer would come to', () => {
  test('is what comes of it: repeats, rejects and a total do not count', async () => {
    const record = (n: number, date: string) => `T${n},${date},sale,${n * 1000}`
    file('mixed', [
      'Transaction Id,Date,Type,Amount',
      ...Array.from({ length: 40 }, (_, n) => record(n + 1, `${two(1 + (n % 12))}/${two(1 + ((n * 5) % 12))}/2025`)),
      record(3, '03/11/2025'), // the same once more
      'T4,04/04/2025,sale,999000', // another one with its id
      record(41, '31/31/2025'),
      'Total,,,1820000',
    ])
    const { questions, contract } = await asked('mixed', {})
    expect(questions.map(({ id }) => id).sort()).toEqual(['local_date.order', 'transaction_id.repeats', 'unit'])
    expect(readFileSync(join(project, contract ?? ''), 'utf8')).toContain(
      'format: { end: "^[\\",;\\\\s]*Total[\\" ]*(?:,|;|\\\\||\\t|$)" }',
    )
    // The unit stays open: its first candidate is taken where another question is looked at.
    for (const { id, candidates, rows, money } of questions)
      for (const { name } of candidates) {
        const { preview } = await asked('mixed', { unit: 'major', [id]: name })
        expect({ id, name, rows: rows[name], money: money[name] }).toEqual({
          ...{ id, name, rows: preview.loaded },
          money: Object.fromEntries(Object.entries(preview.totals).map(([currency, { gross }]) => [currency, gross])),
        })
      }
    expect(questions.find(({ id }) => id === 'unit')).toMatchObject({ chosen: null, rows: { major: 40, minor: 40 } })
  })
})

describe('days that can be read in two orders', () => {
  const head = 'Transaction Id,Date,Amount'
  const days = Array.from({ length: 60 }, (_, n) => [1 + (n % 6), 2 + Math.trunc(n / 6)] as const)
  const line = ([month, day]: readonly [number, number], n: number) => `T${n},${two(month)}/${two(day)}/2025,${n}.50`

  test('are those of the region in a file without order', async () => {
    const shuffled = days.map((_, n) => days[(n * 37) % days.length] as (typeof days)[0])
    file('shuffled', [head, ...shuffled.map(line)])
    const { questions } = await asked('shuffled', {})
    expect(questions.map(({ id, chosen }) => [id, chosen])).toEqual([['local_date.order', 'dmy']])
  })

  test('stay open in a file that is in order by the other one', async () => {
    const sorted = days.toSorted(([a, b], [c, d]) => a - c || b - d)
    file('sorted', [head, ...sorted.map(line)])
    const { questions } = await asked('sorted', {})
    expect(questions.map(({ id, chosen }) => [id, chosen])).toEqual([['local_date.order', null]])
    expect(questions[0]?.evidence).toBe(
      '55 cells such as "01/02/2025" are other days in another order; the file is in order by the other one',
    )
  })

  test('are proven by one above 12 in the last record', async () => {
    file('proven', [head, ...days.toSorted(([a, b], [c, d]) => a - c || b - d).map(line), 'T99,13/01/2025,1.50'])
    const { questions, preview } = await asked('proven', {})
    expect(questions).toEqual([])
    expect(preview.loaded).toBe(61)
  })
})

test('an interrupted onboarding leaves neither files nor a contract', async () => {
  file('stopped', ['Transaction Id,Date,Amount', 'T1,2025-01-13,1.50', 'T2,2025-01-14,2.50'])
  const before = process.env.TMPDIR
  const folder = join(project, 'tmp')
  mkdirSync(folder)
  process.env.TMPDIR = folder
  try {
    await expect(asked('stopped', {}, AbortSignal.abort(new Error('Interrupted.')))).rejects.toThrow('Interrupted.')
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
  expect(readdirSync(folder)).toEqual([])
  expect(existsSync(join(sources, 'stopped.yaml'))).toBe(false)
})
