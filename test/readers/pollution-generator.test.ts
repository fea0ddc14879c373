import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import { kinds, pollute } from './pollution/pollute.ts'
import { firstDifference, type Row, written } from './pollution/truth.ts'
import { runSeed } from './seed.ts'

const files = Array.from({ length: kinds.length * 20 }, (_, at) => ({ seed: runSeed + at, ...pollute(runSeed + at) }))

test('seeds in a row go round all kinds, and the same seed gives the same file', () => {
  expect(new Set(files.map(({ kind }) => kind))).toEqual(new Set(kinds))
  for (const { seed, ...file } of files.slice(0, kinds.length)) expect(pollute(seed)).toEqual(file)
})

test('something is done to every file but those that have nothing done to them', () => {
  const unchanged = files.filter(({ bytes, before }) => Buffer.from(before).equals(bytes))
  const apart = unchanged.filter(({ kind }) => kind !== 'plain' && kind !== 'one-data-row')
  expect(apart.map(({ seed, kind, note }) => `${kind} ENTREPOT_SEED=${seed}: ${note}`)).toEqual([])
})

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`
const plainly = (rows: readonly Row[]) => rows.map((row) => `${row.map(quoted).join(',')}\n`).join('')

test('the truth written plainly is read as the truth', () => {
  for (const { seed, truth } of files) {
    const read = truth.tables.map((table) => parse(plainly(written(table)), { relax_column_count: true }))
    expect(firstDifference(truth, read), `ENTREPOT_SEED=${seed}`).toBeNull()
  }
})

test('a file that nothing was done to is its truth, told its delimiter', () => {
  for (const { seed, kind, note, bytes, truth } of files) {
    if (kind !== 'plain') continue
    const delimiter = JSON.parse(/delimiter ("[^"]*")/.exec(note)?.[1] as string)
    const read = parse(Buffer.from(bytes), { delimiter, record_delimiter: ['\r\n', '\n'] })
    expect(firstDifference(truth, [read]), `ENTREPOT_SEED=${seed}`).toBeNull()
  }
})

test('two columns at least have a digit in every row, which no header has', () => {
  const shifted = ['extra-delimiter', 'missing-delimiter']
  for (const { seed, kind, truth } of files) {
    const [table] = truth.tables
    if (table === undefined || table.rows.length === 0 || shifted.includes(kind)) continue
    const typed = table.rows[0]?.filter((_, at) => table.rows.every((row) => /\d/.test(row[at] as string)))
    expect(typed?.length, `${kind} ENTREPOT_SEED=${seed}`).toBeGreaterThan(1)
    expect(table.header?.some((name) => /\d/.test(name)) ?? false, `${kind} ENTREPOT_SEED=${seed}`).toBe(false)
  }
})

test('a difference names the table, the row and what was read', () => {
  const truth = {
    tables: [{ header: ['a', 'b'], rows: [['1', '2'], ['3']] }],
    either: [{ table: 0, row: 1, cells: [['3', '']] }],
  }
  const [header, row] = [
    ['a', 'b'],
    ['1', '2'],
  ]
  expect(firstDifference(truth, [[header, row, ['3']]] as Row[][])).toBeNull()
  expect(firstDifference(truth, [[header, row, ['3', '']]] as Row[][])).toBeNull()
  expect(firstDifference(truth, [[header, row, ['4']]] as Row[][])).toBe(
    'table 1, row 3 of 3: ["4"] instead of ["3"] or ["3",""]',
  )
  expect(firstDifference(truth, [[header]] as Row[][])).toBe('table 1, row 2 of 3: nothing instead of ["1","2"]')
  expect(firstDifference(truth, [[header, row, ['3']], [['x']]] as Row[][])).toBe('a table too many: ["x"]')
})
