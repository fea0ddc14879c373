import { createReadStream } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CentreUnavailable, sendPublication } from '../../central/publish.ts'
import { type CentralServer, startServer } from '../../central/server.ts'
import { type CentralStore, openCentral } from '../../central/store.ts'
import type { NewToken } from '../../operations/tokens.ts'
import { createToken, revokeToken, TokenStore } from '../../operations/tokens.ts'
import { type Layout, layout } from '../../project/layout.ts'
import type { PendingPublication } from '../../warehouse/warehouse.types.ts'
import { creatorDaily, publicationOf, type SaleRow } from './publication.ts'

let project: Layout
let outbox: string
let incoming: string
let store: CentralStore
let server: CentralServer
let logged: string[]
/** Of region ng. */
let ng: { token: string; id: string }

const maxPublicationBytes = 200_000

beforeEach(async () => {
  const root = await mkdtemp(join(tmpdir(), 'entrepot-server-'))
  project = layout(root)
  outbox = await mkdtemp(join(root, 'outbox-'))
  incoming = join(root, 'incoming')
  store = await openCentral({ path: project.central, incoming, marts: [creatorDaily] })
  logged = []
  const destination = new Writable({
    write(line, _encoding, done) {
      logged.push(String(line))
      done()
    },
  })
  server = await startServer({
    store,
    tokens: new TokenStore(project),
    incoming,
    logger: pino({ level: 'debug' }, destination),
    maxPublicationBytes,
    queryLimits: { maxRows: 3, timeoutMs: 200 },
  })
  ng = await createToken(project, { role: 'region', regions: ['ng'], label: 'ng' })
})
afterEach(async () => {
  await server.close()
  await store.close()
  await rm(project.root, { recursive: true })
})

const rows: readonly SaleRow[] = [
  ['2026-07-01', 'ada', '100.25'],
  ['2026-07-02', 'bola', '7'],
]

const send = (pending: PendingPublication, token = ng.token) => sendPublication(pending, { url: server.url, token })

const tokenOf = async (wanted: Partial<NewToken> & Pick<NewToken, 'role'>) =>
  (await createToken(project, { regions: ['*'], label: wanted.role, ...wanted })).token

async function ask(path: string, token: string | undefined, body?: unknown) {
  const response = await fetch(server.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: (await response.json()) as Answer,
  }
}

interface Answer {
  readonly [key: string]: unknown
  readonly code?: string
  readonly rows?: readonly Record<string, unknown>[]
}

/** A publication sent by hand, with whatever headers. */
async function post(body: Uint8Array | Readable, headers: Record<string, string>) {
  const response = await fetch(`${server.url}/v1/publications`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ng.token}`, 'content-type': 'application/vnd.apache.parquet', ...headers },
    ...(body instanceof Readable
      ? { body: Readable.toWeb(body) as ReadableStream, duplex: 'half' as const }
      : { body }),
  })
  return { status: response.status, body: (await response.json()) as Answer }
}

describe('a publication', () => {
  test('is applied, and answered with a receipt; again with the same one', async () => {
    const pending = await publicationOf(outbox, { seq: 1, rows })
    const { receipt } = await send(pending)
    expect(receipt).toMatchObject({
      region: 'ng',
      publishSeq: 1,
      mart: 'creator_daily',
      sha256: pending.sha256,
      appliedPartitions: 2,
      skippedPartitions: 0,
    })
    expect((await send(pending)).receipt).toEqual(receipt)
    const { rows: held } = await store.query(
      'select count(*)::integer as n, sum(gross) as gross from central.creator_daily',
    )
    expect(held).toEqual([{ n: 2, gross: '107.250000000' }])
    expect(await readdir(incoming)).toEqual([])
  })

  test('sent 20 times in parallel, half of them repeated, is applied once each', async () => {
    const gh = await tokenOf({ role: 'region', regions: ['gh'] })
    const made = await Promise.all(
      Array.from({ length: 10 }, async (_, i) => {
        const region = i % 2 === 0 ? 'ng' : 'gh'
        const pending = await publicationOf(outbox, { seq: i + 1, region, rows: [['2026-07-01', 'ada', `${i + 1}`]] })
        return { pending, token: region === 'ng' ? ng.token : gh }
      }),
    )
    const receipts = await Promise.all([...made, ...made].map(({ pending, token }) => send(pending, token)))
    expect(receipts.slice(10)).toEqual(receipts.slice(0, 10))
    const { rows: held } = await store.query(
      'select region, gross::integer as gross from central.creator_daily order by all',
    )
    expect(held).toEqual([
      { region: 'gh', gross: 10 },
      { region: 'ng', gross: 9 },
    ])
    const { rows: counted } = await store.query('select count(*)::integer as n from ops.publication')
    expect(counted).toEqual([{ n: 10 }])
  })

  test('of another region than the token is refused with 403', async () => {
    const pending = await publicationOf(outbox, { seq: 1, region: 'gh', rows })
    await expect(send(pending)).rejects.toMatchObject({
      name: 'Fault',
      code: 'publication.scope',
      message:
        'The centre refused publication 1 of mart creator_daily: The publication is of region gh; the token it came with is of ng.',
      details: { status: 403 },
    })
    expect(await store.freshness()).toEqual([])
    expect(await readdir(incoming)).toEqual([])
  })

  test('with no, an unknown, a revoked or an expired token is refused with 401, with another role with 403', async () => {
    const pending = await publicationOf(outbox, { seq: 1, rows })
    const expired = await tokenOf({ role: 'region', regions: ['ng'], expiresAt: '2020-01-01T00:00:00Z' })
    const engineer = await tokenOf({ role: 'engineer' })
    await revokeToken(project, ng.id)
    for (const [token, code, status] of [
      ['', 'token.missing', 401],
      ['ent_region_nobody', 'token.unknown', 401],
      [ng.token, 'token.revoked', 401],
      [expired, 'token.expired', 401],
      [engineer, 'token.role', 403],
    ] as const)
      await expect(send(pending, token)).rejects.toMatchObject({ name: 'Fault', code, details: { status } })
    expect(await store.freshness()).toEqual([])
  })

  test('with a damaged body is refused with 422', async () => {
    const { path, sha256 } = await publicationOf(outbox, { seq: 1, rows })
    const bytes = await readFile(path)
    await writeFile(path, bytes.subarray(0, -10))
    const { status, body } = await post(await readFile(path), { 'idempotency-key': sha256 })
    expect([status, body.code]).toEqual([422, 'publication.damaged'])
    expect(await store.freshness()).toEqual([])
  })

  test.each([
    ['of an unknown mart', { mart: 'other_daily' }, 'publication.mart-unknown', 422],
    ['of other columns', { manifest: { columns: [] } }, 'publication.columns', 422],
    ['with a missing partition', { manifest: { partitions: [] } }, 'publication.damaged', 422],
  ])('%s is refused', async (_, wanted, code, status) => {
    const pending = await publicationOf(outbox, { seq: 1, rows, ...wanted })
    await expect(send(pending)).rejects.toMatchObject({ name: 'Fault', code, details: { status } })
  })

  test('with a used number is refused with 409', async () => {
    await send(await publicationOf(outbox, { seq: 1, rows }))
    const other = await publicationOf(outbox, { seq: 1, rows: rows.slice(1) })
    await expect(send(other)).rejects.toMatchObject({ code: 'publication.sequence', details: { status: 409 } })
  })

  test('without its key or its type is refused before it is read', async () => {
    const { path, sha256 } = await publicationOf(outbox, { seq: 1, rows })
    const bytes = await readFile(path)
    const noKey = await post(bytes, {})
    expect([noKey.status, noKey.body.code]).toEqual([400, 'publication.key'])
    expect(noKey.body.detail).toBe('The Idempotency-Key is missing; expected the SHA-256 of the body.')
    const json = await post(Buffer.from('{}'), { 'idempotency-key': sha256, 'content-type': 'application/json' })
    expect([json.status, json.body.code]).toEqual([415, 'request.media-type'])
    const text = await post(bytes, { 'idempotency-key': sha256, 'content-type': 'application/x-unknown' })
    expect([text.status, text.body.code]).toEqual([415, 'request.media-type'])
  })

  test('that is too large is refused, told beforehand or not, and nothing of it stays', async () => {
    const key = { 'idempotency-key': '0'.repeat(64) }
    const told = await post(Buffer.alloc(maxPublicationBytes + 1), key)
    expect([told.status, told.body.code]).toEqual([413, 'publication.too-large'])
    const path = join(outbox, 'large')
    await writeFile(path, Buffer.alloc(maxPublicationBytes + 1))
    const streamed = await post(createReadStream(path), key)
    expect([streamed.status, streamed.body.code]).toEqual([413, 'publication.too-large'])
    expect(await readdir(incoming)).toEqual([])
  })

  test('that breaks off in the middle leaves nothing, and can be sent again', async () => {
    const pending = await publicationOf(outbox, { seq: 1, rows })
    const bytes = await readFile(pending.path)
    const { port } = new URL(server.url)
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(
      `POST /v1/publications HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ng.token}\r\nContent-Type: application/vnd.apache.parquet\r\nIdempotency-Key: ${pending.sha256}\r\nContent-Length: ${bytes.length}\r\n\r\n`,
    )
    socket.write(bytes.subarray(0, 100))
    await expect.poll(() => readdir(incoming)).toHaveLength(1)
    socket.destroy()
    await expect.poll(() => readdir(incoming)).toEqual([])
    expect(await store.freshness()).toEqual([])
    expect((await send(pending)).receipt.appliedPartitions).toBe(2)
  })
})

describe('sending', () => {
  let other: Server | undefined
  afterEach(() => new Promise<void>((done) => (other === undefined ? done() : other.close(() => done()))))

  /** A server that answers everything so. */
  async function answering(status: number, body: string): Promise<string> {
    other = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(status).end(body))
    })
    await new Promise<void>((done) => other?.listen(0, '127.0.0.1', done))
    return `http://127.0.0.1:${(other.address() as AddressInfo).port}`
  }

  test.each([500, 503, 429, 408])('is tried again after %i', async (status) => {
    const pending = await publicationOf(outbox, { seq: 1, rows })
    const url = await answering(status, 'not now')
    const sent = sendPublication(pending, { url, token: ng.token })
    await expect(sent).rejects.toThrow(
      new CentreUnavailable(`The centre at ${url} answered ${status} to publication 1 of mart creator_daily: not now`),
    )
    await expect(sent).rejects.toBeInstanceOf(CentreUnavailable)
  })

  test('is tried again when nobody answers', async () => {
    const pending = await publicationOf(outbox, { seq: 1, rows })
    await server.close()
    const sent = send(pending)
    await expect(sent).rejects.toBeInstanceOf(CentreUnavailable)
    await expect(sent).rejects.toThrow(/did not answer to publication 1 of mart creator_daily: connect ECONNREFUSED/)
  })

  test('is tried again when the answer takes too long', async () => {
    const pending = await publicationOf(outbox, { seq: 1, rows })
    other = createServer(() => undefined)
    await new Promise<void>((done) => other?.listen(0, '127.0.0.1', done))
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
    await expect(sendPublication(pending, { url, token: ng.token, timeoutMs: 50 })).rejects.toBeInstanceOf(
      CentreUnavailable,
    )
    other.closeAllConnections()
  })

  test('ends with the reason it was stopped for', async () => {
    const pending = await publicationOf(outbox, { seq: 1, rows })
    const signal = AbortSignal.abort(new Error('worker drains'))
    await expect(sendPublication(pending, { url: server.url, token: ng.token, signal })).rejects.toThrow(
      'worker drains',
    )
  })

  test.each([
    [200, '{}', '200 without the receipt of publication 1 of mart creator_daily: {}'],
    [404, '<html>', '404 without problem details to publication 1 of mart creator_daily: <html>'],
  ])('to what is no centre is a fault: %i', async (status, body, message) => {
    const pending = await publicationOf(outbox, { seq: 1, rows })
    const url = await answering(status, body)
    await expect(sendPublication(pending, { url, token: ng.token })).rejects.toMatchObject({
      name: 'Fault',
      code: 'publish.answer',
      message: `${url} answered ${message}`,
    })
  })

  test('that is answered with the receipt of other bytes is a fault', async () => {
    const pending = await publicationOf(outbox, { seq: 1, rows })
    const { receipt } = await send(pending)
    const url = await answering(200, JSON.stringify({ ...receipt, sha256: '0'.repeat(64) }))
    await expect(sendPublication(pending, { url, token: ng.token })).rejects.toMatchObject({ code: 'publish.answer' })
  })

  test('a publication whose file is gone is a fault', async () => {
    const pending = await publicationOf(outbox, { seq: 1, rows })
    await rm(pending.path)
    await expect(send(pending)).rejects.toMatchObject({ name: 'Fault', code: 'publish.file' })
  })
})

describe('asking', () => {
  beforeEach(async () => {
    await send(await publicationOf(outbox, { seq: 1, rows }))
    await send(
      await publicationOf(outbox, {
        seq: 2,
        rows: [
          ['2026-07-03', 'ada', '1'],
          ['2026-07-04', 'ada', '1'],
        ],
      }),
    )
    const gh = await tokenOf({ role: 'region', regions: ['gh'] })
    await send(await publicationOf(outbox, { seq: 7, region: 'gh', rows }), gh)
  })

  test('health needs no token', async () => {
    expect(await ask('/v1/health', undefined)).toEqual({
      status: 200,
      type: 'application/json; charset=utf-8',
      body: { status: 'ok' },
    })
  })

  test('freshness gives the regions of the token', async () => {
    for (const role of ['admin', 'engineer', 'analyst', 'reviewer'] as const) {
      const { body } = await ask('/v1/freshness', await tokenOf({ role }))
      expect(body).toMatchObject({
        regions: [
          { region: 'gh', asOf: '2026-07-01T10:00:07.000Z', lastPublication: 7, publications: 1, rowsInReview: 7 },
          { region: 'ng', asOf: '2026-07-01T10:00:02.000Z', lastPublication: 2, publications: 2, rowsInReview: 2 },
        ],
      })
    }
    const scoped = await ask('/v1/freshness', await tokenOf({ role: 'analyst', regions: ['gh', 'pk'] }))
    expect((scoped.body.regions as { region: string }[]).map(({ region }) => region)).toEqual(['gh'])
    const creator = await ask('/v1/freshness', await tokenOf({ role: 'creator', regions: ['ng'], creator: 'ada' }))
    expect([creator.status, creator.body.code]).toEqual([403, 'token.role'])
  })

  test('a query gives rows that lose nothing, and how fresh they are', async () => {
    const engineer = await tokenOf({ role: 'engineer' })
    const sql = `select region, count(*) as days, sum(gross) as gross, max(local_date) as last from central.creator_daily
      group by region order by region`
    expect(await ask('/v1/query', engineer, { sql })).toEqual({
      status: 200,
      type: 'application/json; charset=utf-8',
      body: {
        rows: [
          { region: 'gh', days: '2', gross: '107.250000000', last: '2026-07-02' },
          { region: 'ng', days: '4', gross: '109.250000000', last: '2026-07-04' },
        ],
        truncated: false,
        regions: [
          { region: 'gh', asOf: '2026-07-01T10:00:07.000Z', lastPublication: 7, rowsInReview: 7 },
          { region: 'ng', asOf: '2026-07-01T10:00:02.000Z', lastPublication: 2, rowsInReview: 2 },
        ],
      },
    })
  })

  test('a query gives at most the rows of the limit, and says so', async () => {
    const engineer = await tokenOf({ role: 'engineer' })
    const most = await ask('/v1/query', engineer, { sql: 'from central.creator_daily', maxRows: 100 })
    expect([most.body.rows?.length, most.body.truncated]).toEqual([3, true])
    const fewer = await ask('/v1/query', engineer, { sql: 'from central.creator_daily', maxRows: 2 })
    expect([fewer.body.rows?.length, fewer.body.truncated]).toEqual([2, true])
  })

  test('SQL that does more than read is refused, and nothing has changed', async () => {
    const admin = await tokenOf({ role: 'admin' })
    const before = await store.query('from ops.publication')
    for (const sql of [
      "insert into central.creator_daily (region) values ('xx')",
      'delete from ops.publication',
      "attach ':memory:' as other",
      "copy central.creator_daily to '/tmp/stolen.csv'",
      'select 1; drop table central.creator_daily',
      'pragma database_list',
      'set memory_limit = 1',
      'with gone as (delete from ops.publication returning *) from gone',
      "from read_csv('/etc/passwd')",
      "from '/etc/passwd.csv'",
      'from enable_logging()',
      "from query('drop table ops.publication')",
      'begin; delete from ops.publication; commit',
    ]) {
      const { status, type, body } = await ask('/v1/query', admin, { sql })
      expect([sql, status, type]).toEqual([sql, 400, 'application/problem+json; charset=utf-8'])
      expect(body.code).toMatch(/^query\.(not-select|function|file)$/)
    }
    expect(await store.query('from ops.publication')).toEqual(before)
  })

  test('an endless query is stopped', async () => {
    const sql = 'select count(*) from range(100000000000) a, range(1000) b'
    expect(await ask('/v1/query', await tokenOf({ role: 'admin' }), { sql })).toEqual({
      status: 422,
      type: 'application/problem+json; charset=utf-8',
      body: {
        type: 'urn:entrepot:problem:query.timeout',
        title: 'The query took too long',
        status: 422,
        detail: 'The query took longer than 200 ms and was stopped.',
        code: 'query.timeout',
        fix: 'Ask for fewer days or columns, or aggregate more.',
      },
    })
  })

  test('a third query at a time is told to wait', async () => {
    const admin = await tokenOf({ role: 'admin' })
    const sql = 'select count(*) from range(100000000000) a, range(1000) b'
    const answers = await Promise.all([1, 2, 3].map(() => ask('/v1/query', admin, { sql })))
    expect(answers.map(({ body }) => body.code).sort()).toEqual(['query.busy', 'query.timeout', 'query.timeout'])
  })

  test.each([
    ['analyst', ['*'], 'token.role'],
    ['reviewer', ['*'], 'token.role'],
    ['region', ['ng'], 'token.role'],
    ['engineer', ['ng'], 'token.regions'],
  ] as const)('SQL is not for role %s of regions %j', async (role, regions, code) => {
    const { status, body } = await ask('/v1/query', await tokenOf({ role, regions }), { sql: 'select 1' })
    expect([status, body.code]).toEqual([403, code])
  })

  test('what is not right is said', async () => {
    const admin = await tokenOf({ role: 'admin' })
    const cases = [
      [await ask('/v1/query', admin, { sql: 1 }), 400, 'request.invalid'],
      [await ask('/v1/query', admin, { sql: 'select 1', more: 1 }), 400, 'request.invalid'],
      [await ask('/v1/query', admin, { sql: 'select nothing' }), 400, 'query.failed'],
      [await ask('/v1/elsewhere', admin), 404, 'request.path'],
      [await ask('/v1/query', undefined, { sql: 'select 1' }), 401, 'token.missing'],
    ] as const
    for (const [answer, status, code] of cases) expect([answer.status, answer.body.code]).toEqual([status, code])
  })

  test('no token and no secret is ever logged', async () => {
    const admin = await tokenOf({ role: 'admin' })
    await ask('/v1/query', admin, { sql: 'select 1' })
    await ask('/v1/query', 'ent_admin_guessed', { sql: 'select 1' })
    const log = logged.join('')
    expect(log).toContain('publication applied')
    for (const secret of [admin, ng.token, 'guessed', 'authorization'])
      expect(log.toLowerCase()).not.toContain(secret.toLowerCase())
  })
})

test('closing lets what is under way finish', async () => {
  const pending = await Promise.all(
    Array.from({ length: 5 }, (_, i) =>
      publicationOf(outbox, { seq: i + 1, rows: [[`2026-07-0${i + 1}`, 'ada', '1']] }),
    ),
  )
  const sent = pending.map((publication) => send(publication))
  await expect.poll(() => logged.filter((line) => line.includes('incoming request')).length).toBe(5)
  await server.close()
  expect((await Promise.all(sent)).map(({ receipt }) => receipt.publishSeq)).toEqual([1, 2, 3, 4, 5])
  expect((await store.query('select count(*)::integer as n from ops.publication')).rows).toEqual([{ n: 5 }])
})
