import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { init } from '../../operations/init.ts'

test('a region that does not ship is made of what its country is known for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'entrepot-init-'))
  try {
    await init(join(folder, 'shop'), ['in', 'ke'])
    const profile = (region: string) => parse(readFileSync(join(folder, `shop/regions/${region}/region.yaml`), 'utf8'))
    expect(profile('in')).toMatchObject({ currency: 'INR', zone: 'Asia/Calcutta', group: ',', grouping: 'indian' })
    expect(profile('ke')).toMatchObject({ currency: 'KES', zone: 'Africa/Nairobi', grouping: 'western' })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
