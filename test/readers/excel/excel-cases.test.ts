import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openReader } from '../../../readers/open.ts'
import { defaultLimits } from '../../../stage/staged.ts'
import { csv, faultOf, names, readAll, tempDir } from '../support.ts'

const folder = join(import.meta.dirname, '..', 'cases')
const cases = readdirSync(folder).filter((name) => /^(xlsx?|html|xml-spreadsheet)-/.test(name))

interface Expected {
  readonly error?: string
  readonly tables?: { header: (string | null)[]; rows: (string | null)[][]; lines: number[] }[]
}

/** Each case as a contract reads it: its columns wanted by name. */
describe('sheets and HTML tables, columns wanted by name', () => {
  it.each(cases)('%s', async (name) => {
    const files = readdirSync(join(folder, name))
    const input = join(folder, name, files.find((file) => file.startsWith('input.')) as string)
    const { error, tables = [] }: Expected = JSON.parse(readFileSync(join(folder, name, 'expected.json'), 'utf8'))
    const format = {
      ...csv,
      found: ['encoding' as const],
      type: name.startsWith('html') ? ('html' as const) : ('excel' as const),
    }
    const open = (wanted: string[]) => openReader(input, format, names(...wanted), defaultLimits, tempDir)
    if (error !== undefined) {
      expect(await faultOf(() => open(['Date']))).toMatchObject({ code: error })
      return
    }
    for (const { header, rows, lines } of tables) {
      const wanted = header.flatMap((text) => (text === null ? [] : [text]))
      const records = readAll(await open(wanted), wanted.length)
      const own = tables.length === 1 ? records : records.slice(0, rows.length)
      expect(own.map(({ line }) => line)).toEqual(lines)
      const cells = rows.map((row) => row.filter((_, i) => header[i] !== null))
      expect(own.map((record) => record.cells)).toEqual(cells)
    }
  })
})
