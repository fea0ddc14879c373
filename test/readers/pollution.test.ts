import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ParsedFile, parseFiles } from '../../operations/parse.ts'
import { defaultLimits } from '../../stage/staged.ts'
import { kinds } from './pollution/pollute.ts'
import { firstDifference, type Row } from './pollution/truth.ts'
import { type PollutedFile, readTables, writePolluted } from './pollution/write.ts'
import { isSlow, runSeed } from './seed.ts'
import { tempDir } from './support.ts'

/** Set: the polluted files, what was read of them and the truth stay there, to be looked at. */
const folder = process.env.ENTREPOT_POLLUTION_DIR ?? join(tempDir, 'pollution')
const filesPerKind = isSlow ? 100 : 10
/** At least 98% of a kind; of ten files, one. */
const allowed = Math.max(1, Math.floor(filesPerKind * 0.02))

describe('polluted files are read right without being told', () => {
  let files: PollutedFile[]
  let results: ParsedFile[]
  let tables: Map<string, Row[][]>
  const missed: string[] = []

  beforeAll(async () => {
    files = await writePolluted(folder, runSeed, kinds.length * filesPerKind)
    results = await parseFiles(
      files.map(({ path }) => path),
      join(folder, 'out'),
      { limits: defaultLimits },
    )
    tables = await readTables(join(folder, 'out'))
  }, 1_800_000)

  afterAll(() => {
    if (isSlow) process.stdout.write(`misread of ${filesPerKind} files a kind: ${missed.join(', ') || 'none'}\n`)
  })

  test.each(kinds)('%s', (kind) => {
    const own = files.filter((file) => file.kind === kind)
    const misses = own.flatMap((file) => {
      const difference = firstDifference(file.truth, tables.get(file.name) ?? [])
      const fault = results[files.indexOf(file)]?.error
      if (difference === null && !fault) return []
      return [`${file.name}: ${file.note}\n  ${fault ? `${fault.code}: ${fault.message}` : difference}`]
    })
    if (misses.length > 0) missed.push(`${kind} ${misses.length}`)
    const shown = misses.slice(0, 5).join('\n')
    expect(own).toHaveLength(filesPerKind)
    expect(
      misses.length,
      `${misses.length} of ${own.length} misread, ENTREPOT_SEED=${runSeed}\n${shown}\n`,
    ).toBeLessThanOrEqual(allowed)
  })
})
