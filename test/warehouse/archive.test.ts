import { createHash, randomBytes } from 'node:crypto'
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { contractVersion } from '../../contracts/version.ts'
import { layout } from '../../project/layout.ts'
import { archiveContract, archivedPath, archiveFile, removeUnfinished } from '../../warehouse/archive.ts'
import { contractOf } from './staged.ts'

let root: string
let landing: string
const places = () => layout(root)

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'entrepot-archive-'))
  landing = places().landing('ng')
  mkdirSync(landing, { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true }))

const archive = (name: string) => archiveFile(places(), 'ng', join(landing, name), landing)

test.each([0, 1, 4 * 1024 * 1024, 9_500_000])('%i bytes are kept under their hash', async (size) => {
  const bytes = randomBytes(size)
  writeFileSync(join(landing, 'a.csv'), bytes)
  const { sha256, sizeBytes, arrivedAt, durable } = await archive('a.csv')
  await durable
  expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
  expect(sizeBytes).toBe(size)
  const place = archivedPath(places(), 'ng', sha256)
  expect(place).toBe(join(root, 'data/archive/ng', sha256.slice(0, 2), sha256))
  expect(readFileSync(place).equals(bytes)).toBe(true)
  expect(arrivedAt).toBe(statSync(place).mtime.toISOString())
})

test('the same bytes again, under any name, leave the first copy and its arrival', async () => {
  writeFileSync(join(landing, 'a.csv'), 'the same')
  const first = await archive('a.csv')
  await first.durable
  const { ino } = statSync(archivedPath(places(), 'ng', first.sha256))
  writeFileSync(join(landing, 'b.csv'), 'the same')
  const second = await archive('b.csv')
  await second.durable
  expect(second).toMatchObject({ sha256: first.sha256, arrivedAt: first.arrivedAt })
  expect(statSync(archivedPath(places(), 'ng', first.sha256)).ino).toBe(ino)
  expect(readdirSync(join(places().archive('ng'), 'incoming'))).toEqual([])
})

test('a copy that was cut short is replaced', async () => {
  writeFileSync(join(landing, 'a.csv'), 'whole')
  const { sha256, durable } = await archive('a.csv')
  await durable
  writeFileSync(archivedPath(places(), 'ng', sha256), 'who')
  await (await archive('a.csv')).durable
  expect(readFileSync(archivedPath(places(), 'ng', sha256), 'utf8')).toBe('whole')
})

test('a file that changes while it is read is refused, and nothing is kept', async () => {
  const path = join(landing, 'a.csv')
  writeFileSync(path, Buffer.alloc(32 * 1024 * 1024, 'x'))
  const reading = archive('a.csv')
  const outcome = reading.then(
    () => 'kept',
    (error: { code: string }) => error.code,
  )
  while (!readdirSync(root, { recursive: true }).some((name) => String(name).includes('incoming/')))
    await new Promise((resolve) => setImmediate(resolve))
  appendFileSync(path, 'more')
  expect(await outcome).toBe('file.changing')
  expect(readdirSync(places().archive('ng'))).toEqual(['incoming'])
  expect(readdirSync(join(places().archive('ng'), 'incoming'))).toEqual([])
})

test('links, folders and what is outside of the landing zone are refused', async () => {
  const outside = join(root, 'secret.csv')
  writeFileSync(outside, 'secret')
  symlinkSync(outside, join(landing, 'link.csv'))
  mkdirSync(join(landing, 'folder'))
  mkdirSync(join(root, 'elsewhere'))
  writeFileSync(join(root, 'elsewhere', 'a.csv'), 'secret')
  symlinkSync(join(root, 'elsewhere'), join(landing, 'inside'))
  await expect(archive('link.csv')).rejects.toMatchObject({ code: 'file.symlink' })
  await expect(archive('folder')).rejects.toMatchObject({ code: 'file.not-regular' })
  await expect(archive('inside/a.csv')).rejects.toMatchObject({ code: 'file.outside' })
  await expect(archive('../../../secret.csv')).rejects.toMatchObject({ code: 'file.outside' })
  await expect(archive('missing.csv')).rejects.toMatchObject({ code: 'ENOENT' })
  expect(readdirSync(root)).not.toContain('archive')
})

test('a file that a person names may be anywhere, and may have other names', async () => {
  const path = join(root, 'export.csv')
  writeFileSync(path, 'mine')
  linkSync(path, join(root, 'other.csv'))
  const { sizeBytes, durable } = await archiveFile(places(), 'ng', path)
  await durable
  expect(sizeBytes).toBe(4)
})

test('a contract is kept by its version', async () => {
  const contract = contractOf()
  const version = await archiveContract(places(), contract)
  expect(version).toBe(contractVersion(contract))
  expect(await archiveContract(places(), { ...contract })).toBe(version)
  const folder = join(places().archive('ng'), 'contracts')
  expect(readdirSync(folder)).toEqual([`${version}.json`])
  expect(JSON.parse(readFileSync(join(folder, `${version}.json`), 'utf8'))).toEqual(contract)
})

test('what a crash left unfinished is removed after a day', async () => {
  const folder = join(places().archive('ng'), 'incoming')
  mkdirSync(folder, { recursive: true })
  for (const name of ['old', 'young']) writeFileSync(join(folder, name), 'half')
  utimesSync(join(folder, 'old'), new Date(0), new Date(0))
  await removeUnfinished(places(), 'ng')
  expect(readdirSync(folder)).toEqual(['young'])
})
