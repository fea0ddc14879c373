import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { walkLanding } from '../../activities/landing.ts'
import { Watched, watchLanding } from '../../operations/watch-landing.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'entrepot-watch-'))
  mkdirSync(join(folder, 'landing'))
  mkdirSync(join(folder, 'sources'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const log = { info() {}, warn() {}, error() {} }

/** Watch until `isEnough` of the times it told. */
async function watched(
  seen: Parameters<typeof watchLanding>[0]['seen'],
  onLanded: (times: number, stop: () => void) => void,
): Promise<number> {
  const ending = new AbortController()
  let times = 0
  await watchLanding({
    root: join(folder, 'landing'),
    contracts: join(folder, 'sources'),
    seen,
    log,
    signal: ending.signal,
    everyMs: 10,
    async onLanded() {
      times += 1
      onLanded(times, () => ending.abort())
    },
  })
  return times
}

const land = (name: string, text: string) => writeFileSync(join(folder, 'landing', name), text)

describe('watchLanding', () => {
  it('tells once of a file that stands still, and again when it changes', async () => {
    land('a.csv', 'one')
    const times = await watched(new Map(), (nth, stop) => {
      if (nth === 1) setTimeout(() => land('a.csv', 'another'), 100)
      else stop()
    })
    expect(times).toBe(2)
  })

  it('tells again when telling failed', async () => {
    land('a.csv', 'one')
    const times = await watched(new Map(), (nth, stop) => {
      if (nth < 3) throw new Error('Temporal is away')
      stop()
    })
    expect(times).toBe(3)
  })

  it('is silent about what was taken in before a restart, and tells of a contract that changes', async () => {
    land('a.csv', 'one')
    writeFileSync(join(folder, 'sources', 'shop.yaml'), 'source: shop')
    const { files } = await walkLanding(join(folder, 'landing'))
    const seen = new Map(files.map((file) => [file.name, { ...file, path: file.name, file: undefined as never }]))
    let isChanged = false
    const watching = watched(seen, (_, stop) => {
      expect(isChanged).toBe(true)
      stop()
    })
    await sleep(200)
    isChanged = true
    writeFileSync(join(folder, 'sources', 'shop.yaml'), 'source: shop # mended')
    expect(await watching).toBe(1)
  })
})

describe('Watched', () => {
  const file = (sizeBytes: number) => [{ name: 'a.csv', sizeBytes, mtimeNs: '1', ctimeNs: '1' }]

  it('waits while a file grows, and for one that went away and came back', () => {
    const watched = new Watched([])
    const looks = [file(1), file(2), file(3), [], file(3), file(3)].map((files) => watched.look(files).length)
    expect(looks).toEqual([0, 0, 0, 0, 0, 1])
  })
})
