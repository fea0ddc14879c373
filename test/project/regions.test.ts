import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { formatProblem } from '../../contracts/language.ts'
import { missingParams, withParams } from '../../contracts/params.ts'
import { Fault } from '../../models/fault.ts'
import { layout } from '../../project/layout.ts'
import { packageRoot } from '../../project/package-root.ts'
import { listRegions, loadProfile, loadSources, matchSource, verifySources } from '../../project/regions.ts'

function project(files: Record<string, string>) {
  const root = mkdtempSync(join(tmpdir(), 'entrepot-regions-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return layout(root)
}

const faultOf = (act: () => unknown): Fault => {
  try {
    act()
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

const profile = 'region: ng\nname: Nigeria\ncountry: NG\nzone: Africa/Lagos\ncurrency: NGN\n'
const contract = (source: string, match: string, more = '') =>
  `source: ${source}\nmodel: transaction\nmatch: "${match}"\n${more}fields:\n  transaction_id: Id\n  kind: { value: sale }\n  occurred_at: At\n  gross: Amount\n`

test("every contract of the repository's regions is sound", async () => {
  const own = layout(packageRoot)
  const regions = listRegions(own)
  expect(regions).toEqual(['bd', 'gh', 'ng', 'pk'])
  for (const region of regions) {
    const { contracts, broken } = await verifySources(own, region)
    expect(loadSources(own, region)).toEqual({ contracts, broken })
    expect(broken).toEqual([])
    expect(contracts.length).toBeGreaterThan(2)
  }
})

test('a profile gives its defaults, and its mistakes by line and key', () => {
  expect(loadProfile(project({ 'regions/ng/region.yaml': profile }), 'ng')).toMatchObject({
    decimal: '.',
    schedule: { cron: '*/15 * * * *', catchup: '1h', jitter: '30s' },
    params: {},
  })
  const wrong = project({
    'regions/ng/region.yaml': profile.replace('Lagos', 'Lagoss').replace('currency', 'curency'),
  })
  expect(faultOf(() => loadProfile(wrong, 'ng'))).toMatchObject({
    code: 'region.invalid',
    message:
      'regions/ng/region.yaml line 4, zone: is no IANA time zone.\n' +
      'regions/ng/region.yaml line 5, curency: is no key of a region profile. Did you mean "currency"?',
    details: {
      errors: [
        { line: 4, key: 'zone' },
        { line: 5, key: 'curency' },
      ],
    },
  })
})

test('a profile in the wrong folder, and a region that is not there, are told', () => {
  const there = project({ 'regions/ng/region.yaml': profile, 'regions/gh/region.yaml': profile })
  expect(faultOf(() => loadProfile(there, 'gh')).message).toBe(
    'regions/gh/region.yaml line 1, region: is ng, but the folder is named gh. Did you mean "gh"?',
  )
  expect(faultOf(() => loadProfile(there, 'nq'))).toMatchObject({
    code: 'region.unknown',
    fix: expect.stringContaining('gh, ng'),
  })
  expect(listRegions(project({}))).toEqual([])
})

test('a broken contract never stops the others', () => {
  const there = project({
    'regions/ng/region.yaml': profile,
    'regions/ng/sources/good.yaml': contract('good', 'good/**/*.csv'),
    'regions/ng/sources/bad.yaml': contract('bad', '../*.csv'),
    'regions/ng/sources/worse.yaml': '\x00: [',
    'regions/ng/sources/twin.yaml': contract('twin', 'twin/*.csv'),
    'regions/ng/sources/twin.yml': contract('twin', 'twin/*.csv'),
    'regions/ng/sources/notes.txt': 'no contract',
  })
  writeFileSync(join(there.sources('ng'), 'latin.yaml'), Buffer.from([0xe9, 0x3a]))
  mkdirSync(join(there.sources('ng'), 'folder.yaml'))
  const { contracts, broken } = loadSources(there, 'ng')
  expect(contracts.map(({ source }) => source)).toEqual(['good'])
  expect(broken.map(({ file, errors }) => [file.replace('regions/ng/sources/', ''), errors[0]?.message])).toEqual([
    ['bad.yaml', 'has "..", which would leave the landing folder'],
    ['folder.yaml', 'is a folder'],
    ['latin.yaml', 'is not UTF-8 text'],
    ['twin.yaml', 'has the same source as twin.yml; remove one'],
    ['twin.yml', 'has the same source as twin.yaml; remove one'],
    ['worse.yaml', expect.stringContaining('is no YAML')],
  ])
})

test('a check whose SQL may not run makes its contract broken, and no other', async () => {
  const there = project({
    'regions/ng/region.yaml': profile,
    'regions/ng/sources/good.yaml': contract('good', 'good/*.csv', 'checks: [{ name: a, sql: gross > 0 }]\n'),
    'regions/ng/sources/bad.yaml': contract('bad', 'bad/*.csv', 'checks: [{ name: a, sql: gros > 0 }]\n'),
  })
  expect(loadSources(there, 'ng').broken).toEqual([])
  expect(await verifySources(there, 'ng')).toMatchObject({
    contracts: [{ source: 'good' }],
    broken: [{ source: 'bad', errors: [{ line: 4, key: 'checks[0].sql', suggestion: 'gross' }] }],
  })
})

test('a contract takes lists from its region alone, plain and small', () => {
  const wanted = (name: string, list: string) =>
    contract(name, `${name}/*`).replace('  gross', `  creator_id: { from: Account, lookup: ${list} }\n  gross`)
  const names = ['sound', 'absent', 'other', 'linked', 'fifo', 'folder', 'large', 'latin']
  const there = project({
    'regions/ng/region.yaml': profile,
    'regions/gh/region.yaml': profile.replace('ng', 'gh'),
    ...Object.fromEntries(names.map((name) => [`regions/ng/sources/${name}.yaml`, wanted(name, name)])),
    'regions/ng/lookups/sound.csv': 'account,creator\n1,c1\n',
    'regions/gh/lookups/other.csv': 'account,creator\n1,c1\n',
    'regions/ng/lookups/large.csv': `a,b\n${'x'.repeat(1024 * 1024)},y\n`,
    'regions/ng/lookups/folder.csv/x': '',
    'secret.csv': 'a,b\nroot,secret\n',
  })
  const list = (name: string) => join(there.root, `regions/ng/lookups/${name}.csv`)
  symlinkSync(join(there.root, 'secret.csv'), list('linked'))
  execFileSync('mkfifo', [list('fifo')])
  writeFileSync(list('latin'), Buffer.from('a,b\ncaf\xe9,x\n', 'latin1'))
  const { contracts, broken } = loadSources(there, 'ng')
  expect(contracts.map(({ source, fields }) => [source, fields.creator_id?.map])).toEqual([['sound', { 1: 'c1' }]])
  const told = Object.fromEntries(broken.map(({ source, errors }) => [source, formatProblem(errors)]))
  const wrong = (name: string, why: string) =>
    `regions/ng/sources/${name}.yaml line 8, fields.creator_id.lookup: is ${name}, and lookups/${name}.csv ${why}.`
  expect(told).toEqual({
    absent: wrong('absent', 'is not there'),
    other: wrong('other', 'is not there'),
    linked: wrong('linked', 'is no plain file'),
    fifo: wrong('fifo', 'is no plain file'),
    folder: wrong('folder', 'is no plain file'),
    large: wrong('large', 'is larger than 1024 KiB'),
    latin: wrong('latin', 'is not UTF-8 text'),
  })
  rmSync(join(there.root, 'regions/ng/lookups'), { recursive: true })
  symlinkSync(join(there.root, 'regions/gh/lookups'), join(there.root, 'regions/ng/lookups'))
  expect(loadSources(there, 'ng').contracts).toEqual([])
})

test('a file goes to the one source that claims it, with the params of its path', () => {
  const there = project({
    'regions/ng/region.yaml': profile,
    'regions/ng/sources/shop.yaml': contract('shop', 'shop/**/*.csv*'),
    'regions/ng/sources/shop_new.yaml': contract('shop_new', 'shop/new/*.csv'),
    'regions/ng/sources/wallet.yaml': contract(
      'wallet',
      'wallet/{own_account}/{year}-*.csv',
      'params: [own_account, year]\ndirection: { in: To, out: From, own: own_account }\n',
    ).replace(
      '  gross',
      '  account: { value: "{own_account}" }\n  reference: { value: "{year}: {own_account}" }\n  gross',
    ),
  })
  const { contracts, broken } = loadSources(there, 'ng')
  expect(broken).toEqual([])
  const match = (path: string) => matchSource(contracts, path)

  expect(match('shop/2026/07/a.csv.gz')).toMatchObject({ contract: { source: 'shop' } })
  expect(match('shop/a.csv')).toMatchObject({ contract: { source: 'shop' } })
  expect(match('shop/new/a.csv')).toEqual({ ambiguous: ['shop', 'shop_new'] })
  expect(match('shop/a.txt')).toBeUndefined()
  expect(match('shopping/a.csv')).toBeUndefined()
  expect(match('wallet/a.csv')).toBeUndefined()
  expect(match('wallet/1/2/2026-07.csv')).toBeUndefined()

  const found = match('wallet/0100 (old)/2026-07.csv')
  expect(found).toMatchObject({
    contract: {
      params: { own_account: '0100 (old)', year: '2026' },
      direction: { own: ['0100 (old)'] },
      fields: { account: { value: '0100 (old)' }, reference: { value: '2026: 0100 (old)' } },
    },
  })

  const [, , wallet] = contracts
  if (wallet === undefined) throw new Error('no wallet')
  expect(missingParams(wallet)).toEqual(['own_account', 'year'])
  const byHand = withParams(withParams(wallet, { own_account: '7', year: '2025' }), { own_account: '8' })
  expect(missingParams(byHand)).toEqual([])
  expect([byHand.direction?.own, byHand.fields.reference?.value]).toEqual([['8'], '2025: 8'])
  expect(faultOf(() => withParams(wallet, { own_acount: '8' }))).toMatchObject({
    code: 'contract.unknown-param',
    message: 'The contract ng/wallet has no param "own_acount". Did you mean "own_account"?',
    fix: 'Use one of own_account, year.',
  })
})
