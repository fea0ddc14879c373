import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Fault } from '../../models/fault.ts'
import { type ControlServer, startControlServer } from '../../operations/control-server.ts'
import type { RegionAccess } from '../../operations/region-access.ts'
import { remoteAccess } from '../../operations/region-client.ts'

const asked: unknown[] = []
const access: RegionAccess = {
  async query(sql, options) {
    if (sql === 'boom') throw new Error('a secret of the inside')
    if (sql === 'fault') throw new Fault('query.failed', 'no such table', 'Correct it.', { details: { at: 3 } })
    asked.push([sql, options])
    return [{ n: 1 }]
  },
  ingest: () => Promise.reject(new Fault('file.missing', 'There is no file.', 'Check the path.')),
  async plan(request) {
    asked.push(['plan', request])
    return { region: 'ng', sources: [], left: [], problems: [] }
  },
  apply: (request) => Promise.reject(new Fault('source.unknown', `no ${request.source}`, 'Use another.')),
  status: () => Promise.reject(new Error('not asked here')),
  findings: async () => [],
}

const log = { info() {}, warn() {}, error() {} }
let server: ControlServer
beforeAll(async () => {
  server = await startControlServer(access, log)
})
afterAll(() => server.close())

const remote = () => remoteAccess({ ...server, pid: process.pid, startedAt: '', ticks: null, details: {} })

const post = (path: string, body: string, token = server.token) =>
  fetch(`${server.url}${path}`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body })

describe('control server', () => {
  it('answers who has the token, on this machine alone', async () => {
    expect(new URL(server.url).hostname).toBe('127.0.0.1')
    expect(await remote().query('select 1', { maxRows: 5 })).toEqual([{ n: 1 }])
    expect(asked).toEqual([['select 1', { maxRows: 5 }]])
    expect(await remote().findings()).toEqual([])
    expect(await remote().plan({ source: 'shop' })).toEqual({ region: 'ng', sources: [], left: [], problems: [] })
    expect(asked.at(-1)).toEqual(['plan', { source: 'shop' }])
    await expect(remote().apply({ source: 'shpo' })).rejects.toMatchObject({
      code: 'source.unknown',
      message: 'no shpo',
    })
  })

  it('refuses a stranger before it reads what is asked', async () => {
    const refused = await post('/v1/query', '{"sql":"select 2"}', 'wrong')
    expect([refused.status, await refused.json()]).toMatchObject([401, { code: 'worker.token' }])
    expect(asked).toHaveLength(2)
  })

  it.each([
    ['/v1/nothing', '{}', 404, 'worker.path'],
    ['/v1/query', 'select 1', 400, 'worker.request'],
    ['/v1/query', '{"sql":1}', 400, 'worker.request'],
    ['/v1/query', '{"sql":"select 1","more":true}', 400, 'worker.request'],
    ['/v1/ingest', '{"path":"relative.csv","source":"shop"}', 400, 'worker.request'],
    ['/v1/query', `{"sql":"${'x'.repeat(1024 * 1024)}"}`, 400, 'worker.request'],
  ])('refuses %s with %.40s', async (path, body, status, code) => {
    const refused = await post(path, body)
    expect([refused.status, await refused.json()]).toMatchObject([status, { code }])
  })

  it('hands a Fault over whole, and an unexpected error as such', async () => {
    await expect(remote().query('fault')).rejects.toMatchObject({
      ...{ name: 'Fault', code: 'query.failed', message: 'no such table', fix: 'Correct it.', details: { at: 3 } },
    })
    await expect(remote().query('boom')).rejects.toThrow('a secret of the inside')
  })
})
