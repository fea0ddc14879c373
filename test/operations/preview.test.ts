import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { preview, previewEntries } from '../../operations/preview.ts'
import { closeStage } from '../../stage/stage.ts'
import { defaultLimits } from '../../stage/staged.ts'
import { contractOf, from, sales } from '../contracts/contracts.ts'
import { zipOf } from '../readers/zip-of.ts'

const folder = mkdtempSync(join(tmpdir(), 'entrepot-preview-test-'))
afterAll(async () => {
  await closeStage()
  rmSync(folder, { recursive: true, force: true })
})

test('a file that a check holds would load nothing, and is told why', async () => {
  const path = join(folder, 'a.csv')
  writeFileSync(path, 'id,at,amount,fee\nt1,2026-03-01T10:00:00Z,100,1\nt2,2026-03-01T10:00:00Z,1,2\n')
  const under = (sql: string) => {
    const contract = contractOf(sales(), { checks: [{ name: 'cheap', severity: 'block' as const, sql }] })
    return preview(path, contract, { limits: defaultLimits, maxRejects: 10 })
  }
  expect(await under('gross < 50')).toEqual({
    ...{ read: 3, loaded: 0, duplicate: 0, rejected: 0, ignored: 1, held: 2, totals: {}, rejects: [] },
    heldBy: ['1 record of it does not meet the check "cheap".'],
    warnings: [],
  })
  expect(await under('gross < 500')).toMatchObject({ loaded: 2, held: 0, heldBy: [] })
})

test('records that hang on an open question are held, and none of the rejects', async () => {
  const path = join(folder, 'open.csv')
  writeFileSync(
    path,
    'id,at,amount,fee\nt1,03/04/2026,100,1\nt2,13/04/2026,5,1\nt1,14/04/2026,7,1\nt3,14/04/2026,x,1\n',
  )
  const format = (text: string) => from('at', { formats: [text] })
  const track = (name: string, text: string) => ({
    ...{ choices: [name], fields: { local_date: format(text) }, sign: null, direction: null },
  })
  const questions = [
    { id: 'order', question: 'Day or month first?', of: 'record' as const, candidates: ['day', 'month'] },
  ]
  const open = { questions, tracks: [track('day', 'DD/MM/YYYY'), track('month', 'MM/DD/YYYY')] }
  const { occurred_at: _, ...fields } = sales({ local_date: format('DD/MM/YYYY') })
  expect(await preview(path, contractOf(fields, { open }), { limits: defaultLimits, maxRejects: 10 })).toEqual({
    ...{ read: 5, loaded: 1, duplicate: 0, rejected: 1, ignored: 1, held: 2 },
    heldBy: ['question.order: Day or month first? (1 record)'],
    warnings: [],
    totals: { NGN: { rows: 1, gross: '5.00', fee: '1.00', tax: null, net: '4.00' } },
    rejects: [{ line: 5, reasons: ['gross.unparseable'], raw: 't3,14/04/2026,x,1' }],
  })
})

test('balances and totals that do not hold warn, or hold the file', async () => {
  const path = join(folder, 'b.csv')
  const row = (id: string, amount: number, balance: number) => `${id},2026-03-01T10:00:00Z,${amount},1,${balance}\n`
  writeFileSync(path, `Sum,8\nid,at,amount,fee,left\n${row('t1', 3, 3)}${row('t2', 4, 8)}`)
  const under = (severity: 'warn' | 'block') => {
    const sum = { at: 'beside', label: 'Sum', rule: from([]) } as const
    const balance = { rule: from('left'), of: 'gross', by: [], order: 'oldest_first', shows: 'after' } as const
    const total = { sum: 'gross', equals: 'total' }
    const contract = contractOf(sales(), {
      values: { total: sum },
      checks: [
        { name: 'left', severity: 'warn', balance, tolerance: '0' },
        { name: 'sum', severity, total, tolerance: '0.5' },
      ],
    })
    return preview(path, contract, { limits: defaultLimits, maxRejects: 10 })
  }
  const left =
    'the balance "left" does not follow from gross at 1 of 1 step: on line 4 it is 8.00 where 7.00 is expected (check "left").'
  const sum = 'gross comes to 7.00 NGN over 2 records, but total is 8.00: 1.00 more (check "sum").'
  expect(await under('warn')).toMatchObject({ loaded: 2, held: 0, heldBy: [], warnings: [left, sum] })
  expect(await under('block')).toMatchObject({ loaded: 0, held: 2, heldBy: [sum], warnings: [left] })
})

test('a ZIP with several files is told file by file; one that can not be read stops none', async () => {
  const path = join(folder, 'july.zip')
  const row = (id: string) => `id,at,amount,fee\n${id},2026-03-01T10:00:00Z,100,1\n`
  const options = { limits: defaultLimits, maxRejects: 10 }
  const contract = contractOf(sales())
  writeFileSync(
    path,
    zipOf([
      { name: 'a.csv', data: row('t1') },
      { name: 'more/b.csv', data: `${row('t2')}t3,never,1,1\n`, isDeflated: true },
      { name: 'cut.csv', data: row('t4'), crc: 1 },
      { name: 'readme.txt', data: 'Sales of July\n' },
    ]),
  )
  const entries = await previewEntries(path, contract, options)
  expect(
    entries?.map(({ name, preview: found, problem }) => [name, found?.loaded, found?.rejected, problem?.code]),
  ).toEqual([
    ['a.csv', 1, 0, undefined],
    ['more/b.csv', 1, 1, undefined],
    ['cut.csv', undefined, undefined, 'file.damaged'],
    ['readme.txt', undefined, undefined, 'file.columns-missing'],
  ])
  expect(entries?.[1]?.preview?.rejects).toEqual([
    { line: 3, reasons: ['occurred_at.unparseable'], raw: 't3,never,1,1' },
  ])
  writeFileSync(path, zipOf([{ name: 'a.csv', data: row('t1') }]))
  expect(await previewEntries(path, contract, options)).toBeNull()
  expect(await preview(path, contract, options)).toMatchObject({ loaded: 1 })
})
