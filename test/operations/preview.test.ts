import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { preview } from '../../operations/preview.ts'
import { closeStage } from '../../stage/stage.ts'
import { defaultLimits } from '../../stage/staged.ts'
import { contractOf, sales } from '../contracts/contracts.ts'

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
  })
  expect(await under('gross < 500')).toMatchObject({ loaded: 2, held: 0, heldBy: [] })
})
