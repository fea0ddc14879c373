import { fork, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { withLock } from '../../operations/token-file.ts'
import type { NewToken } from '../../operations/tokens.ts'
import {
  createToken,
  engineerTokenFile,
  ensureEngineerToken,
  ensureRegionToken,
  listTokens,
  revokeToken,
  TokenStore,
} from '../../operations/tokens.ts'
import { type Layout, layout } from '../../project/layout.ts'

let project: Layout

beforeEach(async () => {
  project = layout(await mkdtemp(join(tmpdir(), 'entrepot-tokens-')))
})
afterEach(() => rm(project.root, { recursive: true }))

const analyst: NewToken = { role: 'analyst', regions: ['ng', 'gh'], label: 'quarterly report' }
const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

describe('a token', () => {
  test('is random, kept as a hash alone, in a file of its owner', async () => {
    const { token, id } = await createToken(project, analyst)
    expect(token).toMatch(/^ent_analyst_[\w-]{43}$/)
    expect(id).toMatch(/^tok_[0-9a-f]{12}$/)
    const text = await readFile(project.tokens, 'utf8')
    expect(text).not.toContain(token)
    expect(text).not.toContain(token.slice('ent_analyst_'.length))
    expect(text).toContain(createHash('sha256').update(token).digest('hex'))
    expect(await mode(project.tokens)).toBe('600')
    expect(await readdir(dirname(project.tokens))).toEqual(['tokens.json'])
    const second = await createToken(project, analyst)
    expect(second.token).not.toBe(token)
  })

  test('tells who its bearer is', async () => {
    const { token, id } = await createToken(project, analyst)
    await createToken(project, { role: 'admin', regions: ['*'], label: 'another' })
    expect(await new TokenStore(project).verify(token)).toEqual({
      id,
      label: 'quarterly report',
      role: 'analyst',
      regions: ['ng', 'gh'],
      creator: null,
    })
  })

  test.each(['', 'ent_analyst_', 'x'.repeat(100)])('that was never made is not known: %j', async (bearer) => {
    await createToken(project, analyst)
    await expect(new TokenStore(project).verify(bearer)).rejects.toMatchObject({ code: 'token.unknown' })
  })

  test('opens nothing once revoked, in a store that is open already; revoking again keeps the first time', async () => {
    const { token, id } = await createToken(project, analyst)
    const other = await createToken(project, analyst)
    const tokens = new TokenStore(project)
    await tokens.verify(token)
    const revoked = await revokeToken(project, id)
    await expect(tokens.verify(token)).rejects.toMatchObject({
      code: 'token.revoked',
      message: `The token ${id} was revoked at ${revoked.revokedAt}.`,
    })
    expect((await tokens.verify(other.token)).id).toBe(other.id)
    expect(await revokeToken(project, id)).toEqual(revoked)
  })

  test('expires at its time', async () => {
    const expiresAt = '2027-01-31T00:00:00Z'
    const { token, id } = await createToken(project, { ...analyst, expiresAt })
    const before = new TokenStore(project, () => new Date('2027-01-30T23:59:59.999Z'))
    expect((await before.verify(token)).id).toBe(id)
    const at = new TokenStore(project, () => new Date(expiresAt))
    await expect(at.verify(token)).rejects.toMatchObject({
      code: 'token.expired',
      message: `The token ${id} expired at ${expiresAt}.`,
    })
  })

  test('is seen by an open store as soon as it is made', async () => {
    const tokens = new TokenStore(project)
    await expect(tokens.verify('ent_analyst_x')).rejects.toMatchObject({ code: 'token.unknown' })
    const { token, id } = await createToken(project, analyst)
    expect((await tokens.verify(token)).id).toBe(id)
    await rm(project.tokens)
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'token.unknown' })
  })

  test('is listed without its hash', async () => {
    const { id } = await createToken(project, analyst)
    const listed = await listTokens(project)
    expect(listed).toEqual([
      {
        id,
        label: 'quarterly report',
        role: 'analyst',
        regions: ['ng', 'gh'],
        creator: null,
        createdAt: expect.any(String),
        expiresAt: null,
        revokedAt: null,
      },
    ])
  })

  const wrong: [string, NewToken, string][] = [
    ['no regions', { ...analyst, regions: [] }, "A token of role analyst needs regions; '*' is all of them."],
    [
      'a region of two',
      { role: 'region', regions: ['ng', 'gh'], label: '' },
      "A region's token names exactly one region; found ng, gh.",
    ],
    [
      'a region of all',
      { role: 'region', regions: ['*'], label: '' },
      "A region's token names exactly one region; found *.",
    ],
    ['a creator unnamed', { role: 'creator', regions: ['ng'], label: '' }, "A creator's token names the creator."],
    ['an analyst of a creator', { ...analyst, creator: 'ada' }, 'A token of role analyst names no creator.'],
    [
      'a time without a zone',
      { ...analyst, expiresAt: '2027-01-31' },
      '"2027-01-31" is no time of expiry; expected ISO 8601 in UTC, 2027-01-31T00:00:00Z.',
    ],
  ]
  test.each(wrong)('is not made with %s', async (_, wanted, message) => {
    await expect(createToken(project, wanted)).rejects.toMatchObject({ code: 'token.scope', message })
    expect(await listTokens(project)).toEqual([])
  })

  test('can not be revoked when there is none of that id', async () => {
    await expect(revokeToken(project, 'tok_none')).rejects.toMatchObject({
      code: 'token.unknown-id',
      message: 'There is no token tok_none.',
    })
  })
})

describe('a secret in a file', () => {
  test('is made once, of the region alone, for its owner alone', async () => {
    const [first, second] = await Promise.all([ensureRegionToken(project, 'ng'), ensureRegionToken(project, 'ng')])
    expect(second).toBe(first)
    expect(await readFile(project.regionToken('ng'), 'utf8')).toBe(`${first}\n`)
    expect(await mode(project.regionToken('ng'))).toBe('600')
    expect(await mode(dirname(project.regionToken('ng')))).toBe('700')
    expect(await new TokenStore(project).verify(first)).toMatchObject({ role: 'region', regions: ['ng'] })
    expect(await listTokens(project)).toHaveLength(1)
  })

  test('of the command line is an engineer of all regions', async () => {
    const token = await ensureEngineerToken(project)
    expect(await readFile(engineerTokenFile(project), 'utf8')).toBe(`${token}\n`)
    expect(await new TokenStore(project).verify(token)).toMatchObject({ role: 'engineer', regions: ['*'] })
  })

  test('that was revoked stays revoked', async () => {
    const token = await ensureRegionToken(project, 'ng')
    const [listed] = await listTokens(project)
    await revokeToken(project, listed?.id ?? '')
    expect(await ensureRegionToken(project, 'ng')).toBe(token)
    await expect(new TokenStore(project).verify(token)).rejects.toMatchObject({ code: 'token.revoked' })
  })

  test('that the project does not know, as after a crash between the two files, is made anew', async () => {
    await mkdir(dirname(project.regionToken('ng')), { recursive: true })
    await writeFile(project.regionToken('ng'), 'ent_region_left-behind\n')
    const token = await ensureRegionToken(project, 'ng')
    expect(token).not.toBe('ent_region_left-behind')
    expect((await new TokenStore(project).verify(token)).regions).toEqual(['ng'])
  })
})

describe('the token file', () => {
  test('keeps every token of many writers at once', async () => {
    const made = await Promise.all(
      Array.from({ length: 25 }, (_, i) => createToken(project, { ...analyst, label: `${i}` })),
    )
    expect((await listTokens(project)).map(({ id }) => id).sort()).toEqual(made.map(({ id }) => id).sort())
  })

  test('that is damaged is a fault, and is not written over', async () => {
    await mkdir(dirname(project.tokens), { recursive: true })
    await writeFile(project.tokens, '{"version":1,"tokens":[{}]}')
    for (const use of [
      () => createToken(project, analyst),
      () => new TokenStore(project).verify('x'),
      () => ensureRegionToken(project, 'ng'),
    ])
      await expect(use()).rejects.toMatchObject({
        code: 'token.file',
        message: expect.stringContaining(project.tokens),
      })
    expect(await readFile(project.tokens, 'utf8')).toBe('{"version":1,"tokens":[{}]}')
  })

  test('changed in place within one tick of the clock is read again', async () => {
    const { token } = await createToken(project, analyst)
    const tokens = new TokenStore(project)
    await tokens.verify(token)
    const { atime, mtime } = await stat(project.tokens)
    const text = await readFile(project.tokens, 'utf8')
    await writeFile(project.tokens, text.replace(createHash('sha256').update(token).digest('hex'), '0'.repeat(64)))
    await utimes(project.tokens, atime, mtime)
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'token.unknown' })
  })
})

describe('the lock', () => {
  test('of a process that has gone is taken over, and the one of a former process with this id too', async () => {
    const gone = spawn(process.execPath, ['-e', ''])
    await once(gone, 'exit')
    await mkdir(dirname(project.tokens), { recursive: true })
    for (const owner of [gone.pid, process.pid]) {
      await writeFile(`${project.tokens}.lock`, String(owner))
      await createToken(project, analyst)
    }
    expect(await listTokens(project)).toHaveLength(2)
    expect(await readdir(dirname(project.tokens))).toEqual(['tokens.json'])
  })

  test('of a living process is waited for, then is a fault', async () => {
    const other = fork('/dev/null', { execArgv: ['-e', 'process.send(1); setInterval(() => {}, 1000)'] })
    await once(other, 'message')
    try {
      await mkdir(dirname(project.tokens), { recursive: true })
      const lock = `${project.tokens}.lock`
      await writeFile(lock, String(other.pid))
      await expect(withLock(project.tokens, async () => undefined, 100)).rejects.toMatchObject({
        code: 'token.locked',
        message: `${lock} is held by process ${other.pid} for longer than 0.1 s.`,
      })
      const made = createToken(project, analyst)
      await rm(lock)
      expect((await made).id).toMatch(/^tok_/)
    } finally {
      other.kill('SIGKILL')
      await once(other, 'exit')
    }
  })
})
