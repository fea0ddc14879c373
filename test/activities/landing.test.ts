import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { batchUnits } from '../../activities/batch-units.ts'
import { walkLanding } from '../../activities/landing.ts'
import type { UnitFile } from '../../activities/unit.ts'

const folder = mkdtempSync(join(tmpdir(), 'entrepot-landing-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('walkLanding', () => {
  it('meets whole files alone, oldest first, and follows no link', async () => {
    const root = join(folder, 'zone')
    mkdirSync(join(root, 'shop', 'deep'), { recursive: true })
    mkdirSync(join(folder, 'outside'))
    writeFileSync(join(folder, 'outside', 'secret.csv'), 'x')
    const names = [
      'b.csv',
      'a.csv',
      'deep/c.csv',
      'd.csv.part',
      'e.tmp',
      'f.crdownload',
      'g.csv~',
      'h.filepart',
      '.i.csv',
    ]
    for (const [at, name] of names.entries()) {
      const path = join(root, 'shop', name)
      writeFileSync(path, 'x')
      utimesSync(path, 1_000 + at, 1_000 + at)
    }
    symlinkSync(join(folder, 'outside'), join(root, 'linked'))
    symlinkSync(join(folder, 'outside', 'secret.csv'), join(root, 'shop', 'linked.csv'))
    const { files, problems } = await walkLanding(root)
    expect(files.map(({ name }) => name)).toEqual(['shop/b.csv', 'shop/a.csv', 'shop/deep/c.csv'])
    expect(files[0]).toMatchObject({ path: join(root, 'shop', 'b.csv'), sizeBytes: 1, mtimeNs: '1000000000000' })
    expect([...problems].sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: 'linked', message: 'is a symbolic link, which is not followed' },
      { name: 'shop/linked.csv', message: 'is a symbolic link, which is not followed' },
    ])
  })

  it('is empty where there is no zone', async () => {
    expect(await walkLanding(join(folder, 'nowhere'))).toEqual({ files: [], problems: [] })
  })

  it('says which folder it may not list', async () => {
    const root = join(folder, 'closed')
    mkdirSync(join(root, 'shop'), { recursive: true })
    chmodSync(join(root, 'shop'), 0)
    const { problems } = await walkLanding(root)
    chmodSync(join(root, 'shop'), 0o755)
    // root may list everything
    expect(problems.map(({ name }) => name)).toEqual(process.getuid?.() === 0 ? [] : ['shop'])
  })
})

const mb = 1024 * 1024

const file = (n: number, source: string, sizeBytes: number): UnitFile => ({
  file: { region: 'ng', source, sha256: String(n).padStart(64, '0'), name: `${n}.csv`, sizeBytes, arrivedAt: '' },
  contractVersion: 'v1',
  seen: null,
})

describe('batchUnits', () => {
  const sizes = (files: readonly UnitFile[]) => batchUnits('ng', files).map((unit) => unit.files.length)

  it('takes small files of a source together, 64 at most', () => {
    expect(sizes(Array.from({ length: 130 }, (_, n) => file(n, 'shop', 10)))).toEqual([64, 64, 2])
  })

  it('takes 64 MB together at most', () => {
    expect(sizes(Array.from({ length: 10 }, (_, n) => file(n, 'shop', 15 * mb)))).toEqual([4, 4, 2])
  })

  it('takes a big file alone, after what came before it', () => {
    const units = batchUnits('ng', [
      file(1, 'shop', 5),
      file(2, 'shop', 100 * mb),
      file(3, 'shop', 5),
      file(4, 'bank', 5),
    ])
    expect(units.map((unit) => unit.files.map(({ file: { name } }) => name))).toEqual([
      ['1.csv'],
      ['2.csv'],
      ['3.csv'],
      ['4.csv'],
    ])
    expect(units[1]).toMatchObject({ source: 'shop', id: '000000000000', sizeBytes: 100 * mb })
  })
})
