import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Contract } from '../../contracts/contract.ts'
import { packageRoot } from '../../project/package-root.ts'
import { registerBridge, relation } from '../../stage/bridge.ts'
import { bridgeMode } from '../../stage/self-test.ts'
import { closeStage, stage } from '../../stage/stage.ts'
import { stageFile } from '../../stage/stage-file.ts'
import { defaultLimits } from '../../stage/staged.ts'
import { readStaged } from '../../stage/staged-folder.ts'
import { contractOf, from, sales, value } from '../contracts/contracts.ts'

let folder: string
let nth = 0
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'entrepot-stage-'))
})
afterAll(async () => {
  await closeStage()
  rmSync(folder, { recursive: true, force: true })
})

test.each([0, 150, 250, 350])('the thread can be ended %d ms after its start, in its self-test too', (waitMs) => {
  const stage = pathToFileURL(join(packageRoot, 'dist/stage/stage.js')).href
  const program = join(folder, `end-${waitMs}.mjs`)
  const text = `import { closeStage, startStage } from '${stage}'
    startStage()
    setTimeout(closeStage, ${waitMs})`
  writeFileSync(program, text)
  const { status, signal, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' })
  expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' })
})

async function staged(text: string | Buffer, contract: Contract, sql = 'select 1 where false') {
  nth += 1
  const path = join(folder, `${nth}.txt`)
  writeFileSync(path, text)
  const outDir = join(folder, `${nth}-staged`)
  const result = await stageFile({ path, contract, outDir, limits: defaultLimits }, () => {})
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const rows = (
    await connection.runAndReadAll(
      sql.replaceAll('RECORDS', `'${outDir}/records.parquet'`).replaceAll('REPEATS', `'${outDir}/repeats.parquet'`),
    )
  ).getRowObjectsJson()
  connection.closeSync()
  instance.closeSync()
  return { result, rows, outDir }
}

const header = 'id,at,amount,fee\n'
const row = (id: string, amount = '5') => `${id},2026-03-01T10:00:00,${amount},1\n`

describe('staging', () => {
  test('leaves records, repeats and counts, whole or not at all, and keeps what is there', async () => {
    const text = `${header}${row('a')}${row('b')}${row('a')}${row('b', '6')}${row('c', 'x')}\n`
    const { result, rows, outDir } = await staged(
      text,
      contractOf(sales()),
      'select _line::integer as line, verdict, _raw from REPEATS order by line',
    )
    expect(result).toMatchObject({
      read: 7,
      ignored: 2,
      valid: 4,
      rejected: 1,
      duplicates: 1,
      conflicts: 1,
      fromDate: '2026-03-01',
      lastDate: '2026-03-01',
      newestAt: '2026-03-01T09:00:00.000Z',
    })
    expect(rows).toEqual([
      { line: 4, verdict: 'duplicate', _raw: null },
      { line: 5, verdict: 'conflict', _raw: 'b,2026-03-01T10:00:00,6,1' },
    ])
    expect(readdirSync(outDir).sort()).toEqual(['records.parquet', 'repeats.parquet', 'staged.json'])
    expect(readdirSync(folder).filter((name) => name.includes('.part-'))).toEqual([])
    const again = await stageFile(
      { path: '/nowhere', contract: contractOf(sales()), outDir, limits: defaultLimits },
      () => {},
    )
    expect(again).toEqual(result)
  })

  test('in gzip, UTF-16 and windows-1252 a conflict shows its text too', async () => {
    const text = `${header}${row('é')}${row('é', '6')}`
    const { gzipSync } = await import('node:zlib')
    for (const [bytes, encoding] of [
      [gzipSync(text), 'utf-8'],
      [Buffer.from(text, 'utf16le'), 'utf-16le'],
      [Buffer.from(text, 'latin1'), 'windows-1252'],
    ] as const) {
      const { rows } = await staged(bytes, contractOf(sales(), { format: { encoding } }), 'select _raw from REPEATS')
      expect(rows).toEqual([{ _raw: 'é,2026-03-01T10:00:00,6,1' }])
    }
  })

  test('cells are regular; text that was in another encoding is a warning, and bytes that are no text a reason', async () => {
    const text = Buffer.from(
      `${header}'0001,="2026-03-01T10:00:00",１２．５０,1\ncaf\\e9,2026-03-01T10:00:00,6,1\nNumÃ©ro,2026-03-01T10:00:00,7,1\nx\\81,2026-03-01T10:00:00,8,1\n`,
    ).toString('latin1')
    const bytes = Buffer.from(text.replace('\\e9', '\xe9').replace('\\81', '\x81'), 'latin1')
    const { rows } = await staged(
      bytes,
      contractOf(sales()),
      'select transaction_id, gross::varchar as gross, _reasons, _warnings, _raw from RECORDS order by _line',
    )
    const json = JSON.parse(JSON.stringify(rows, (_, value) => (value?.items === undefined ? value : value.items)))
    expect(json).toEqual([
      { transaction_id: '0001', gross: '12.500000000', _reasons: null, _warnings: null, _raw: null },
      { transaction_id: 'café', gross: '6.000000000', _reasons: null, _warnings: ['row.repaired'], _raw: null },
      { transaction_id: 'Numéro', gross: '7.000000000', _reasons: null, _warnings: ['row.repaired'], _raw: null },
      {
        ...{ transaction_id: 'x?', gross: '8.000000000', _reasons: ['row.encoding'], _warnings: null },
        _raw: 'x?,2026-03-01T10:00:00,8,1',
      },
    ])
  })

  test('gathers columns that the contract does not name where it says so, from CSV and JSON', async () => {
    const add = { onNewColumn: 'add' } as const
    const csv = await staged(
      'id,at,amount,fee,shoe size\na,2026-03-01,5,1,42\n',
      contractOf(sales(), add),
      'select _extra from RECORDS',
    )
    expect(csv.rows).toEqual([{ _extra: '{"shoe size":"42"}' }])
    const json = await staged(
      '{"id":"a","at":"2026-03-01","amount":5,"fee":1,"size":42}\n{"id":"b","at":"2026-03-01","amount":5,"fee":1}\n',
      contractOf(sales(), { ...add, format: { type: 'ndjson' } }),
      'select _extra from RECORDS order by _line',
    )
    expect(json.rows).toEqual([{ _extra: '{"size":"42"}' }, { _extra: '{"size":null}' }])
    expect(json.result.columns).toEqual(['id', 'at', 'amount', 'fee', 'size'])
  })

  test('tells checks that the whole file fails', async () => {
    const contract = contractOf(sales(), {
      checks: [
        { name: 'enough', severity: 'block', rows: { min: 3, max: null } },
        { name: 'few', severity: 'warn', rows: { min: 0, max: 1 } },
        { name: 'small', severity: 'block', sql: 'gross < 100' },
      ],
    })
    const { result } = await staged(`${header}${row('a')}${row('b', '500')}`, contract)
    expect(result.failedChecks).toEqual([
      {
        name: 'enough',
        severity: 'block',
        message: 'the file has 2 valid records where at least 3 are expected (check "enough").',
      },
      {
        name: 'few',
        severity: 'warn',
        message: 'the file has 2 valid records where 0 to 1 are expected (check "few").',
      },
      { name: 'small', severity: 'block', message: '1 record of it does not meet the check "small".' },
    ])
  })

  test('refuses the SQL of a check that reaches out', async () => {
    const contract = contractOf(sales(), {
      checks: [{ name: 'spy', severity: 'reject', sql: "length(read_text('/etc/hostname')) > 0" }],
    })
    await expect(staged(header, contract)).rejects.toMatchObject({
      code: 'contract.check-sql',
      message: 'regions/ng/sources/shop.yaml: the SQL of checks[0].sql calls read_text, which a check may not.',
    })
  })

  test('records that `only` does not want are ignored, and a column that it names must be there', async () => {
    const text = `id,at,amount,fee,Line Type\na,2026-03-01,5,1,SALE\nb,2026-03-01,6,1,SUBTOTAL\nc,2026-03-01,7,1,\n`
    const contract = contractOf(sales(), { only: `"Line Type" = 'SALE'` })
    const { result } = await staged(text, contract)
    expect(result).toMatchObject({ read: 4, ignored: 3, valid: 1, rejected: 0 })
    await expect(staged(text.replace('Line Type', 'Line type'), contract)).rejects.toMatchObject({
      code: 'file.columns-missing',
      message: expect.stringContaining('the header lacks "Line Type"'),
    })
  })

  describe('a record that hangs on an open question', () => {
    const questions = [
      { id: 'order', question: 'Day or month first?', of: 'record' as const, candidates: ['day', 'month'] },
      { id: 'unit', question: 'Naira or kobo?', of: 'record' as const, candidates: ['naira', 'kobo'] },
    ]
    const at = (format: string) => from('at', { formats: [`${format} HH:mm`] })
    const tracks = ['DD/MM/YYYY', 'MM/DD/YYYY'].flatMap((format, i) =>
      (['major', 'minor'] as const).map((unit, j) => ({
        choices: [questions[0]?.candidates[i] ?? '', questions[1]?.candidates[j] ?? ''],
        fields: { occurred_at: at(format), gross: from('amount', { unit }) },
        ...{ sign: null, direction: null },
      })),
    )
    const contract = contractOf(sales({ occurred_at: at('DD/MM/YYYY') }), { open: { questions, tracks } })
    const lines = (...cells: string[]) => `${header}${cells.map((line) => `${line}\n`).join('')}`
    const both = lines(
      'a,13/04/2026 10:00,5.50,1', // no kobo, and no month 13
      'b,03/04/2026 10:00,5.50,1',
      'c,13/04/2026 10:00,550,1',
      'd,03/04/2026 10:00,700,2',
      'e,05/05/2026 10:00,0,0',
      'f,13/13/2026 10:00,1,0',
    )

    test('is told with what it would be by each answer, and is neither valid nor rejected', async () => {
      const { result, rows } = await staged(
        both,
        contract,
        'select transaction_id as id, _reasons, _held, _raw from RECORDS where _held is not null order by id',
      )
      expect(result).toMatchObject({ read: 7, ignored: 1, valid: 2, rejected: 1, held: 3, waiting: 0 })
      const shown = JSON.parse(JSON.stringify(rows, (_, value) => (value?.items === undefined ? value : value.items)))
      expect(shown).toEqual([
        ...[{ id: 'b', _reasons: ['question.order'], _held: ['order'], _raw: 'b,03/04/2026 10:00,5.50,1' }],
        ...[{ id: 'c', _reasons: ['question.unit'], _held: ['unit'], _raw: 'c,13/04/2026 10:00,550,1' }],
        {
          ...{ id: 'd', _reasons: ['question.order', 'question.unit'], _held: ['order', 'unit'] },
          _raw: 'd,03/04/2026 10:00,700,2',
        },
      ])
      expect(result.questions).toEqual([
        {
          ...{ id: 'order', question: 'Day or month first?', records: 2, line: 3, raw: 'b,03/04/2026 10:00,5.50,1' },
          money: {
            day: { NGN: { gross: '705.500000000', fee: '3.000000000' } },
            month: { NGN: { gross: '705.500000000', fee: '3.000000000' } },
          },
        },
        {
          ...{ id: 'unit', question: 'Naira or kobo?', records: 2, line: 4, raw: 'c,13/04/2026 10:00,550,1' },
          money: {
            naira: { NGN: { gross: '1250.000000000', fee: '3.000000000' } },
            kobo: { NGN: { gross: '12.500000000', fee: '3.000000000' } },
          },
        },
      ])
      expect(result.failedChecks).toEqual([])
    })

    test('is one of the valid ones that a file must have', async () => {
      const check = (min: number) => ({
        ...contract,
        checks: [{ name: 'rows', severity: 'block', rows: { min, max: null } }] as const,
      })
      expect((await staged(both, check(5))).result.failedChecks).toEqual([])
      expect((await staged(both, check(6))).result.failedChecks).toEqual([
        {
          ...{ name: 'rows', severity: 'block' },
          message: 'the file has 5 valid records where at least 6 are expected (check "rows").',
        },
      ])
    })

    test('holds its key: valid ones behind it wait, those before it stand', async () => {
      const text = lines(
        'a,13/04/2026 10:00,5.50,1',
        'a,03/04/2026 10:00,5.50,1', // held, behind a valid one
        'a,13/04/2026 10:00,5.50,1',
        'b,03/04/2026 10:00,5.50,1', // held
        'b,13/04/2026 10:00,5.50,1',
        'b,13/04/2026 10:00,5.50,1',
        'b,13/13/2026 10:00,5.50,1', // rejected
      )
      const { result, rows, outDir } = await staged(
        text,
        contract,
        'select _line::integer as line, verdict from REPEATS order by line',
      )
      expect(rows).toEqual([
        { line: 4, verdict: 'duplicate' },
        { line: 6, verdict: 'held' },
        { line: 7, verdict: 'held' },
      ])
      expect(result).toMatchObject({ valid: 4, rejected: 1, duplicates: 1, conflicts: 0, held: 4, waiting: 2 })
      expect(await readStaged(outDir)).toEqual(result)
      rmSync(join(outDir, 'repeats.parquet'))
      expect(await readStaged(outDir)).toBeUndefined()
    })

    test('holds each key that it may have', async () => {
      const track = (name: string, column: string) => ({
        ...{ choices: [name], fields: { transaction_id: from(column) }, sign: null, direction: null },
      })
      const open = {
        questions: [{ id: 'id', question: 'Which is the id?', of: 'record' as const, candidates: ['id', 'fee'] }],
        tracks: [track('id', 'id'), track('fee', 'amount')],
      }
      const text = lines('7,2026-03-01,8,1', '8,2026-03-01,8,1', '9,2026-03-01,9,1')
      const { result } = await staged(text, contractOf(sales({ transaction_id: from('id') }), { open }))
      expect(result).toMatchObject({ valid: 2, held: 2, waiting: 1 })
    })
  })

  test('keeps the columns of a record apart however many there are', async () => {
    const names = Array.from({ length: 300 }, (_, i) => `column number ${i}`)
    const cells = (n: number) => names.map((_, i) => `a value of twenty bytes ${n * 1000 + i}`)
    const lines = Array.from({ length: 3000 }, (_, n) => cells(n).join(','))
    const wanted = ['column number 0', 'column number 150', 'column number 299']
    const contract = contractOf({
      transaction_id: from(wanted[0] as string),
      kind: value('sale'),
      occurred_at: value('2026-03-01'),
      currency: value('NGN'),
      gross: value('1'),
      account: from(wanted[1] as string),
      reference: from(wanted[2] as string),
    })
    const { rows } = await staged(
      `${names.join(',')}\n${lines.join('\n')}\n`,
      contract,
      'select transaction_id, account, reference from RECORDS order by _line limit 1 offset 2500',
    )
    const row2500 = cells(2500)
    expect(rows).toEqual([{ transaction_id: row2500[0], account: row2500[150], reference: row2500[299] }])
  })
})

test('a column whose one long value is a short one by the time it is regular takes nothing of the column before', async () => {
  const lines = Array.from({ length: 3000 }, (_, n) => `${'é'.repeat(20)}${n},2026-03-01,1,b,${'filler '.repeat(60)}`)
  const contract = contractOf({
    ...{ transaction_id: from('id'), kind: value('sale'), local_date: from('day'), currency: value('NGN') },
    ...{ gross: from('amount'), reference: from('nr') },
  })
  const { rows } = await staged(
    `id,day,amount,nr,note\nt1,2026-03-01,1,１２３４５,\n${lines.join('\n')}\n`,
    contract,
    'select reference, count(*)::varchar as n from RECORDS group by all order by all',
  )
  expect(rows).toEqual([
    { reference: '12345', n: '1' },
    { reference: 'b', n: '3000' },
  ])
})

describe('the stage thread', () => {
  test('stages one file after another, tells progress, and passes faults on as they are', async () => {
    const path = join(folder, 'large.csv')
    writeFileSync(path, header + Array.from({ length: 200_000 }, (_, i) => row(`t${i}`)).join(''))
    const seen: number[] = []
    const task = (name: string) => ({
      path,
      contract: contractOf(sales()),
      outDir: join(folder, name),
      limits: defaultLimits,
    })
    const [one, two] = await Promise.all([
      stage(task('one'), { onProgress: ({ rows }) => seen.push(rows) }),
      stage(task('two')),
    ])
    expect(one.valid).toBe(200_000)
    expect({ ...two, seconds: 0 }).toEqual({ ...one, seconds: 0 })
    expect(seen.every((rows, i) => i === 0 || rows >= (seen[i - 1] ?? 0))).toBe(true)
    const binary = join(folder, 'picture.csv')
    writeFileSync(binary, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]))
    await expect(stage({ ...task('three'), path: binary })).rejects.toMatchObject({
      name: 'Fault',
      code: 'file.binary',
    })
    const controller = new AbortController()
    const aborted = stage(task('four'), { signal: controller.signal })
    setTimeout(() => controller.abort(new Error('enough')), 20)
    await expect(aborted).rejects.toThrow('enough')
    expect(readdirSync(folder)).not.toContain('four')
    expect((await stage(task('five'))).valid).toBe(200_000)
  })
})

describe('the bridge', () => {
  test('proves its mode on this DuckDB, and the fallback gives the same', async () => {
    const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
    expect(await bridgeMode(async () => (await DuckDBInstance.create(':memory:', { threads: '2' })).connect())).toBe(
      'address',
    )
    const connection = await instance.connect()
    const bridge = registerBridge(connection, 1, 'element')
    const { openReader } = await import('../../readers/open.ts')
    const path = join(folder, 'words.csv')
    const words = Array.from({ length: 5000 }, (_, i) => 'wörd'.repeat(i % 9))
    writeFileSync(path, `word\n${words.map((word) => `"${word}"`).join('\n')}\n`)
    const reader = await openReader(path, contractOf({}).format, null, defaultLimits, folder)
    bridge.feed(reader)
    const result = await connection.runAndReadAll(`select c0 from ${relation} order by _line`)
    expect(result.getRows().map(([word]) => word)).toEqual(words.filter((word) => word !== ''))
    connection.closeSync()
    instance.closeSync()
  })
})
