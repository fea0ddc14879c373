import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import pino from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sendPublication } from '../../central/publish.ts'
import { startServer } from '../../central/server.ts'
import { type CentralStore, openCentral } from '../../central/store.ts'
import { createToken, ensureRegionToken, listTokens, TokenStore } from '../../operations/tokens.ts'
import { type Layout, layout } from '../../project/layout.ts'
import { packageRoot } from '../../project/package-root.ts'
import { creatorDaily, publicationOf } from './publication.ts'

let project: Layout
let incoming: string

beforeEach(async () => {
  project = layout(await mkdtemp(join(tmpdir(), 'entrepot-kill-')))
  incoming = join(project.root, 'incoming')
})
afterEach(() => rm(project.root, { recursive: true }))

const open = (): Promise<CentralStore> => openCentral({ path: project.central, incoming, marts: [creatorDaily] })

/** Run `body` (which sees `input` and the compiled modules) in a process that dies at `point`. */
async function killedAt(point: string, body: string, input: unknown): Promise<void> {
  const from = (path: string) => JSON.stringify(String(pathToFileURL(join(packageRoot, 'dist', path))))
  const script = `
    const { openCentral } = await import(${from('central/store.js')})
    const { sendPublication } = await import(${from('central/publish.js')})
    const { createToken, ensureRegionToken } = await import(${from('operations/tokens.js')})
    const { layout } = await import(${from('project/layout.js')})
    const input = ${JSON.stringify(input)}
    ${body}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, ENTREPOT_KILL_AT: point },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
  expect(signal, `the process was to die at ${point}`).toBe('SIGKILL')
}

test.each([
  ['central.before-commit', 0],
  ['central.after-commit', 2],
])('the centre killed at %s has all of a publication or nothing, and one in the end', async (point, rowsThen) => {
  let store = await open()
  const rows = [
    ['2026-07-01', 'ada', '1'],
    ['2026-07-02', 'ada', '2'],
  ] as const
  const { path, sha256 } = await publicationOf(incoming, { seq: 1, rows })
  await store.close()
  await killedAt(
    point,
    `const store = await openCentral({ path: input.central, incoming: input.incoming, marts: [input.mart] })
    await store.apply('ng', input.path, input.sha256)`,
    { central: project.central, incoming, mart: creatorDaily, path, sha256 },
  )
  store = await open()
  try {
    const count = async (table: string) => (await store.query(`select count(*)::integer as n from ${table}`)).rows[0]?.n
    expect([await count('central.creator_daily'), await count('ops.partition')]).toEqual([rowsThen, rowsThen])
    const receipt = await store.apply('ng', path, sha256)
    expect(receipt.appliedPartitions).toBe(2)
    expect([await count('central.creator_daily'), await count('ops.publication')]).toEqual([2, 1])
  } finally {
    await store.close()
  }
})

test.each([
  ['publish.before-send', 0],
  ['publish.after-send', 1],
])('a region killed at %s sends again, and the centre has it once', async (point, receivedThen) => {
  const store = await open()
  const tokens = new TokenStore(project)
  const server = await startServer({ store, tokens, incoming, logger: pino({ level: 'silent' }) })
  try {
    const token = await ensureRegionToken(project, 'ng')
    const pending = await publicationOf(project.root, { seq: 1, rows: [['2026-07-01', 'ada', '1']] })
    const centre = { url: server.url, token }
    await killedAt(point, 'await sendPublication(input.pending, input.centre)', { pending, centre })
    expect((await store.freshness()).map(({ publications }) => publications)).toEqual(receivedThen === 0 ? [] : [1])
    await sendPublication(pending, centre)
    expect((await store.freshness()).map(({ publications }) => publications)).toEqual([1])
  } finally {
    await server.close()
    await store.close()
  }
})

test.each([
  ['tokens.before-rename', 1],
  ['tokens.after-rename', 2],
])(
  'a token made while the process is killed at %s is there or not, and the file is whole',
  async (point, tokensThen) => {
    const wanted = { role: 'admin', regions: ['*'], label: 'test' } as const
    await createToken(project, wanted)
    await killedAt(point, 'await createToken(layout(input.root), input.wanted)', { root: project.root, wanted })
    expect(await listTokens(project)).toHaveLength(tokensThen)
    await createToken(project, wanted)
    expect(await listTokens(project)).toHaveLength(tokensThen + 1)
  },
)

test.each([1, 2].flatMap((nth) => [`tokens.before-rename:${nth}`, `tokens.after-rename:${nth}`]))(
  "a region's token made while the process is killed at %s opens the centre after the next start",
  async (point) => {
    await killedAt(point, "await ensureRegionToken(layout(input.root), 'ng')", { root: project.root })
    const token = await ensureRegionToken(project, 'ng')
    expect(await new TokenStore(project).verify(token)).toMatchObject({ role: 'region', regions: ['ng'] })
    expect(await listTokens(project)).toHaveLength(1)
    expect((await readdir(dirname(project.tokens))).sort()).toEqual(['secrets', 'tokens.json'])
    expect(await readdir(dirname(project.regionToken('ng')))).toEqual(['ng.token'])
  },
)
