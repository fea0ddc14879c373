import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Fault } from '../../models/fault.ts'
import { readFile } from '../../readers/read-file.ts'
import { unknownFormat } from '../../readers/settle.ts'
import { defaultLimits } from '../../stage/staged.ts'

/** A case is a folder: `input.*`, `expected.json`, and for real exports `truth.json` that was made without our code. */
const cases = new URL('cases/', import.meta.url).pathname
const tempDir = mkdtempSync(join(tmpdir(), 'entrepot-cases-'))
afterAll(() => rmSync(tempDir, { recursive: true, force: true }))

interface Table {
  header: readonly string[] | null
  rows: (readonly string[])[]
  lines: number[]
}

async function tablesOf(path: string): Promise<{ tables: Table[] } | { error: string }> {
  try {
    const file = await readFile(path, unknownFormat, defaultLimits, tempDir)
    const tables: Table[] = []
    try {
      for (const sheet of file.sheets)
        for (const part of sheet.parts()) {
          if (part.kind === 'table') tables.push({ header: part.header, rows: [], lines: [] })
          else if (part.kind === 'record') {
            tables.at(-1)?.rows.push(part.row.cells)
            tables.at(-1)?.lines.push(part.row.line)
          }
        }
    } finally {
      file.close()
    }
    return { tables }
  } catch (error) {
    if (error instanceof Fault) return { error: error.code }
    throw error
  }
}

const folders = readdirSync(cases)

test('there are cases', () => {
  expect(folders.length).toBeGreaterThanOrEqual(80)
})

const inputOf = (folder: string) =>
  join(cases, folder, readdirSync(join(cases, folder)).find((name) => name.startsWith('input.')) ?? '')

test.each(folders)('%s is read as expected', async (folder) => {
  const read = await tablesOf(inputOf(folder))
  const path = join(cases, folder, 'expected.json')
  if (!existsSync(path) && process.env.CI === undefined) writeFileSync(path, written(read))
  // `parse` writes nothing for null, as for an empty cell.
  const nothing = (_: string, value: unknown) => (value === null ? '' : value)
  expect(JSON.parse(JSON.stringify(read), nothing)).toEqual(JSON.parse(readFileSync(path, 'utf8'), nothing))
})

test.each(folders.filter((folder) => existsSync(join(cases, folder, 'truth.json'))))(
  '%s has every record of the truth at its line',
  async (folder) => {
    const read = await tablesOf(inputOf(folder))
    const { rows, rejects } = JSON.parse(readFileSync(join(cases, folder, 'truth.json'), 'utf8')) as Truth
    const found = new Map(
      'tables' in read
        ? read.tables.flatMap(({ rows, lines }) => lines.map((line, i) => [line, rows[i] ?? []] as const))
        : [],
    )
    expect([...rows, ...rejects].filter(({ line }) => !found.has(line))).toEqual([])
    expect(rows.filter(({ line, id }) => id && !found.get(line)?.some((cell) => cell.includes(id)))).toEqual([])
  },
)

interface Truth {
  readonly rows: readonly { readonly line: number; readonly id: string | null }[]
  readonly rejects: readonly { readonly line: number }[]
}

const written = (read: Awaited<ReturnType<typeof tablesOf>>): string => {
  if ('error' in read) return `${JSON.stringify(read)}\n`
  const tables = read.tables.map(({ header, rows, lines }) => {
    const list = rows.map((row) => `        ${JSON.stringify(row)}`).join(',\n')
    return `    {\n      "header": ${JSON.stringify(header)},\n      "rows": [\n${list}\n      ],\n      "lines": ${JSON.stringify(lines)}\n    }`
  })
  return `{\n  "tables": [\n${tables.join(',\n')}\n  ]\n}\n`
}
