import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest'
import { liveProcess } from '../../operations/process-record.ts'
import type { RunReport } from '../../operations/sync.ts'
import { listTokens } from '../../operations/tokens.ts'
import { generateFile } from '../../scripts/generate.ts'
import { backups } from '../../warehouse/backup.ts'
import { land, type Round, type Rounds } from './files.ts'
import { killPoints, unguarded } from './points.ts'
import { type Started, startEntrepot, startScript } from './processes.ts'
import { addRegion } from './project.ts'
import { Stand } from './stand.ts'
import { centralState, coreTotals, martsOf, rejectsOf, type State, stateOf, totalsOf, unsound } from './state.ts'

/** One death, or several one after the other: `point` is the last of them. */
interface Death {
  readonly point: string
  /** Where it dies first, so that `point` is passed at the next start. */
  readonly first?: string
  /** What happens to the region while it is dead after that. */
  readonly meanwhile?: (region: string) => void
}

const both = (...names: string[]): Death[] =>
  names.flatMap((name) => {
    const [area, kind] = name.split('.')
    return [{ point: `${area}.before-${kind}` }, { point: `${area}.after-${kind}` }]
  })

/** A region with a history dies while it takes in new files, corrections, copies, and files that no contract takes. */
const inRounds: readonly Death[] = [
  ...both('archive.rename', 'stage.rename', 'journal.append', 'load.commit', 'landing.commit', 'finding.commit'),
  ...both('resolved.commit', 'marts.commit', 'outbox.rename', 'publish.send', 'acknowledge.commit'),
  ...both('analyst.commit', 'analyst.rename', 'analyst-spare.rename'),
  { point: 'journal.after-append:4' },
  { point: 'load.before-commit:3' },
  ...both('replay.commit').map(({ point }) => ({ point, first: 'acknowledge.before-commit' })),
  ...both('outbox-clean.commit').map(({ point }) => ({
    ...{ point, first: 'publish.before-send' },
    meanwhile: (region: string) => rmSync(stand.layout.outbox(region), { recursive: true }),
  })),
]
/** The centre dies while regions publish. */
const inCentre = both('central.commit')
/** A region dies before it has ever worked. */
const atFirst = both('migrate.commit', 'views.commit', 'contract.rename', 'tokens.rename')
/** A region dies when it has loaded so much that a backup is due. */
const inBackup = both('backup.rename')
/** A region dies when it finds its file gone or damaged. */
const inRecovery = both('set-aside.rename', 'set-aside-log.rename', 'restore.rename')
const inRebuild = both('rebuild.rename')
const inCommands = both('parse.rename', 'onboard.rename', 'lock.rename', 'temporal-binary.rename')

test('every commit, rename and sending has a kill point before and after it', () => {
  expect(unguarded()).toEqual([])
})

test('every kill point of the source is exercised here, and every one exercised here is in the source', () => {
  const all = [inRounds, inCentre, atFirst, inBackup, inRecovery, inRebuild, inCommands].flat()
  const exercised = new Set(all.map(({ point }) => point.replace(/:\d+$/, '')))
  expect([...exercised].sort()).toEqual(killPoints())
})

let stand: Stand
let centre: Started

/** A region that dies again and again, and one beside it that is given the same and is left alone. */
class Lane {
  readonly victim: string
  readonly control: string
  readonly rounds: Rounds
  readonly controlWorker: Started
  /** The victim's process that runs now, or is ending. */
  #last: Started | undefined

  constructor(nr: number) {
    this.victim = `k${nr}`
    this.control = `c${nr}`
    this.rounds = stand.rounds()
    this.controlWorker = stand.worker(this.control)
  }

  async startVictim(killAt?: string): Promise<Started> {
    await this.#last?.ended
    this.#last = stand.worker(this.victim, killAt)
    return this.#last
  }

  /** After a round that failed. */
  endVictim(): void {
    this.#last?.kill('SIGKILL')
  }

  /** The first round, in which nobody dies. */
  async begin(): Promise<Base> {
    const round = this.rounds.next()
    const worker = await this.startVictim()
    await Promise.all([worker.ready, this.controlWorker.ready])
    const [report] = await Promise.all([this.control, this.victim].map((region) => taken(region, round)))
    await stand.published(worker, this.victim)
    const state = await stateOf(stand.layout, this.control)
    expect(await stateOf(stand.layout, this.victim)).toEqual(state)
    void worker.stop()
    return { round, state, report: report as RunReport }
  }
}

/** A round, and what a region is that has taken in that one alone. */
interface Base {
  readonly round: Round
  readonly state: State
  readonly report: RunReport
}

/** The last lane is for regions that begin. */
const laneCount = 4
let lanes: readonly Lane[]
let base: Base
/** What becomes of each point; the lanes go on side by side, and each test waits for one point. */
const outcomes = new Map<string, Promise<void>>()

beforeAll(async () => {
  stand = await Stand.start()
  centre = stand.central()
  for (let nr = 1; nr <= laneCount; nr += 1) for (const region of [`k${nr}`, `c${nr}`]) await stand.addRegion(region)
  await centre.ready
  lanes = Array.from({ length: laneCount }, (_, i) => new Lane(i + 1))
  base = (await Promise.all(lanes.map((lane) => lane.begin()))).at(-1) as Base
  const [first, ...others] = lanes.toReversed() as [Lane, ...Lane[]]
  for (const [i, lane] of others.entries())
    follow(
      lane,
      inRounds.filter((_, at) => at % others.length === i).map((death) => [death.point, () => round(lane, death)]),
    )
  follow(first, [
    ...atFirst.map(({ point }, i) => [point, () => beginning(point, `f${i + 1}`, first)] as const),
    ...inBackup.map(({ point }, i) => [point, () => backingUp(point, `b${i + 1}`, first)] as const),
  ])
}, 300_000)
afterAll(() => stand.stop())

/** Do one after the other; one that fails does not stop the next. */
function follow(lane: Lane, points: readonly (readonly [point: string, run: () => Promise<void>])[]): void {
  let before: Promise<unknown> = Promise.resolve()
  for (const [point, run] of points) {
    const outcome = before.then(run)
    before = outcome.catch(() => lane.endVictim())
    outcomes.set(point, outcome)
  }
}

async function outcomeOf(point: string): Promise<string> {
  await outcomes.get(point)
  return 'as if nothing had happened'
}

async function taken(region: string, round: Round): Promise<RunReport> {
  land(stand.layout.landing(region), round)
  return (await stand.sync(region)).report
}

/** Wait for a process to die where it was told to. */
async function death(worker: Started, point: string): Promise<void> {
  const { signal, code, said } = await worker.ended
  expect(signal, `it ended with code ${code} and never came to ${point}: ${said}`).toBe('SIGKILL')
}

function without({ region: _, seconds: __, ...report }: RunReport) {
  return report
}

/** The victim is what the region beside it is, what the generator says, and sound; the centre has the same. */
async function expectRight({ victim, control }: Lane, round: Round): Promise<void> {
  const { layout } = stand
  const state = await stateOf(layout, victim)
  expect(state).toEqual(await stateOf(layout, control))
  await expectAsGenerated(victim, round)
  await expectSound(victim, state)
}

async function expectAsGenerated(region: string, { core, fresh }: Pick<Round, 'core' | 'fresh'>): Promise<void> {
  const records = core.reduce((sum, { loaded }) => sum + loaded, 0)
  expect(await coreTotals(stand.layout, region)).toEqual({
    totals: totalsOf(core),
    records: [{ records, keys: records }],
  })
  for (const { name, expected } of fresh) expect(await rejectsOf(stand.layout, region, name)).toEqual(expected.reasons)
}

async function expectSound(region: string, state: State): Promise<void> {
  expect(Object.entries(await unsound(stand.layout, region)).filter(([, rows]) => rows.length > 0)).toEqual([])
  expect(await centralState(stand.layout, region)).toEqual(martsOf(state))
}

const named = (deaths: readonly Death[]) => deaths.map(({ point }) => [point] as const)

async function round(lane: Lane, { point, first, meanwhile }: Death): Promise<void> {
  const { victim, control } = lane
  const files = lane.rounds.next()
  for (const region of [victim, control]) land(stand.layout.landing(region), files)
  const dying = await lane.startVictim(first ?? point)
  const [mine, others] = await Promise.all([stand.sync(victim), stand.sync(control)])
  await death(dying, first ?? point)
  if (first !== undefined) {
    meanwhile?.(victim)
    await death(await lane.startVictim(point), point)
  }
  const unhindered = await others.report // while the other region is dead
  expectReport(unhindered, files)
  const again = await lane.startVictim()
  await again.ready
  const report = await mine.report
  await Promise.all([stand.published(again, victim), stand.published(lane.controlWorker, control)])
  expect(without(report)).toEqual(without(unhindered))
  await expectRight(lane, files)
  void again.stop()
}

describe('a region killed in the middle of its work', () => {
  test.each(named(inRounds))('at %s', async (point) => {
    expect(await outcomeOf(point)).toBe('as if nothing had happened')
  })
})

function expectReport(report: RunReport, { fresh, duplicates }: Round): void {
  const sum = (of: 'rejected' | 'duplicate') => fresh.reduce((total, { expected }) => total + expected[of], 0)
  expect({ ...report, problems: report.problems }).toMatchObject({
    ...{ rejected: sum('rejected'), duplicate: sum('duplicate') + duplicates, held: 0, problems: [] },
  })
}

async function beginning(point: string, region: string, beside: Lane): Promise<void> {
  await addRegion(stand.layout, region, { hasToken: !point.startsWith('tokens.') })
  land(stand.layout.landing(region), base.round)
  const { report } = await stand.sync(region)
  await Promise.all([death(stand.worker(region, point), point), expectUnhindered(beside)])
  const worker = stand.worker(region)
  await worker.ready
  expect(without(await report)).toEqual(without(base.report))
  await stand.published(worker, region)
  const state = await stateOf(stand.layout, region)
  expect(state).toEqual(base.state)
  await expectAsGenerated(region, base.round)
  await expectSound(region, state)
  await worker.stop()
}

/** A region takes in more, whoever else is dead. */
async function expectUnhindered({ control, rounds }: Lane): Promise<void> {
  const files = rounds.next()
  expectReport(await taken(control, files), files)
}

describe('a region killed before it has ever worked', () => {
  test.each(named(atFirst))('at %s', async (point) => {
    expect(await outcomeOf(point)).toBe('as if nothing had happened')
  })
})

async function backingUp(point: string, region: string, beside: Lane): Promise<void> {
  await stand.addRegion(region)
  const core = Array.from({ length: 50 }, (_, i) =>
    generateFile({
      ...{ path: join(stand.layout.landing(region), 'shop', `${i}.csv`), shape: 'paystack_csv', rows: 2 },
      ...{ seed: i + 1, dirtyShare: 0 },
    }),
  )
  const { report } = await stand.sync(region)
  await Promise.all([death(stand.worker(region, point), point), expectUnhindered(beside)])
  const worker = stand.worker(region)
  await worker.ready
  expect(await report).toMatchObject({ files: 50, loaded: 100, read: 150, ignored: 50, problems: [] })
  await stand.published(worker, region)
  await expectAsGenerated(region, { core, fresh: [] })
  await expectSound(region, await stateOf(stand.layout, region))
  await worker.stop()
  expect(backups(stand.layout.backups(region))).toHaveLength(1)
}

describe('a region killed while a backup is made', () => {
  test.each(named(inBackup))('at %s', async (point) => {
    expect(await outcomeOf(point)).toBe('as if nothing had happened')
  })
})

describe('the centre killed while regions publish', () => {
  test.each(named(inCentre))('at %s', async (point) => {
    await Promise.allSettled(outcomes.values())
    const lane = lanes[0] as Lane
    const { victim, control } = lane
    const worker = await lane.startVictim()
    onTestFailed(() => lane.endVictim())
    await worker.ready
    await centre.stop()
    centre = stand.central(point)
    await centre.ready
    const files = lane.rounds.next()
    const reports = await Promise.all([victim, control].map((region) => taken(region, files)))
    for (const report of reports) expectReport(report, files)
    await death(centre, point)
    centre = stand.central()
    await centre.ready
    await Promise.all([stand.published(worker, victim), stand.published(lane.controlWorker, control)])
    await expectRight(lane, files)
    expect(await centralState(stand.layout, control)).toEqual(martsOf(await stateOf(stand.layout, control)))
    void worker.stop()
  })
})

describe('a region killed while it makes its file right', () => {
  let whole: State

  beforeAll(async () => {
    await outcomes.get('backup.before-rename')
    whole = await stateOf(stand.layout, 'b1')
  })

  test.each(named(inRecovery))('at %s', async (point) => {
    const path = stand.layout.warehouse('b1')
    const junk = Buffer.alloc(16_384, 'no database ')
    if (point.startsWith('set-aside.')) writeFileSync(path, junk)
    else rmSync(path)
    if (point.startsWith('set-aside')) writeFileSync(`${path}.wal`, junk)
    await death(stand.worker('b1', point), point)
    expect(await stateOf(stand.layout, 'b1')).toEqual(whole)
    await expectSound('b1', whole)
  })

  test.each(named(inRebuild))('at %s', async (point) => {
    const { root } = stand.layout
    await death(startScript(rebuild, { root, region: 'b1' }, { ENTREPOT_KILL_AT: point }), point)
    expect(await stateOf(stand.layout, 'b1')).toEqual(whole)
    const { code, said } = await startScript(rebuild, { root, region: 'b1' }).ended
    expect([code, said]).toEqual([0, ''])
    expect(await stateOf(stand.layout, 'b1')).toEqual(whole)
    await expectSound('b1', whole)
  })
})

const rebuild = `
  const { rebuildWarehouse } = await load('warehouse/rebuild.js')
  const { loadProfile } = await load('project/regions.js')
  const { stageArchived } = await load('activities/stage.js')
  const { unobserved } = await load('activities/beat.js')
  const { contractVersion } = await load('contracts/version.js')
  const { closeStage } = await load('stage/stage.js')
  const layout = (await load('project/layout.js')).layout(input.root)
  const restage = (file, contract) => stageArchived(layout, file, contract, contractVersion(contract), unobserved())
  const warehouse = await rebuildWarehouse({ layout, profile: loadProfile(layout, input.region), restage })
  await warehouse.close()
  await closeStage()
  process.disconnect()`

describe('a command killed', () => {
  const [parse, onboard, lock, binary] = ['parse', 'onboard', 'lock', 'temporal-binary'].map((area) =>
    inCommands.filter(({ point }) => point.startsWith(`${area}.`)).map(({ point }) => [point] as const),
  ) as [[string][], [string][], [string][], [string][]]

  test.each(parse)('at %s: the output is whole or not there, and made again', async (point) => {
    const file = base.round.files[0]?.path ?? ''
    const out = join(stand.layout.root, point)
    const result = join(out, '1-first.csv')
    const command = ['parse', file, '--to', 'csv', '--out', out]
    await death(startEntrepot(command, { ENTREPOT_KILL_AT: point }), point)
    const first = existsSync(result) ? readFileSync(result, 'utf8') : undefined
    expect((await startEntrepot(command).ended).code).toBe(0)
    const text = readFileSync(result, 'utf8')
    expect(text.split(/\r?\n/)[0]).toContain('Reference')
    expect(first).toBe(point.includes('before') ? undefined : text)
  })

  test.each(onboard)('at %s: the contract is whole or not there, and made again', async (point) => {
    const file = base.round.files[0]?.path ?? ''
    const root = join(stand.layout.root, point)
    expect((await startEntrepot(['init', root, '--regions', 'ng']).ended).code).toBe(0)
    const contract = join(root, 'regions', 'ng', 'sources', 'made.yaml')
    const command = ['onboard', file, '--region', 'ng', '--name', 'made', '--yes', '--json', '--project', root]
    await death(startEntrepot(command, { ENTREPOT_KILL_AT: point }), point)
    const first = existsSync(contract) ? readFileSync(contract, 'utf8') : undefined
    expect([0, 3]).toContain((await startEntrepot(command).ended).code)
    const text = readFileSync(contract, 'utf8')
    expect(text).toContain('source: made\n')
    expect(first).toBe(point.includes('before') ? undefined : text)
  })

  test.each(lock)('at %s, over the lock that a killed one has left: the next one makes its token', async (point) => {
    const { layout } = stand
    const gone = startScript('process.disconnect()', null)
    await gone.ended
    const before = await listTokens(layout)
    writeFileSync(`${layout.tokens}.lock`, String(gone.pid))
    const command = ['token', 'create', '--role', 'analyst', '--label', point, '--project', layout.root]
    await death(startEntrepot(command, { ENTREPOT_KILL_AT: point }), point)
    expect(await listTokens(layout)).toEqual(before)
    expect((await startEntrepot(command).ended).code).toBe(0)
    expect((await listTokens(layout)).map(({ label }) => label)).toEqual([...before.map(({ label }) => label), point])
    expect(existsSync(`${layout.tokens}.lock`)).toBe(false)
  })

  test.each(binary)('at %s, while it fetches Temporal: what is kept is whole', async (point) => {
    const folder = join(stand.layout.root, point)
    const bin = join(folder, 'bin')
    mkdirSync(bin, { recursive: true })
    const installer =
      '#!/bin/sh\nwhile [ "$1" != --target ]; do shift; done\n/bin/mkdir -p "$2/bin"\necho whole > "$2/bin/temporal"\n'
    writeFileSync(join(bin, 'python3'), installer, { mode: 0o755 })
    const env = { PATH: bin, XDG_CACHE_HOME: folder, https_proxy: 'http://127.0.0.1:1' }
    const body = `
      const { provisionTemporal } = await load('operations/temporal-binary.js')
      const found = await provisionTemporal(() => {}, { stalledMs: 1_000 })
      const { readFileSync } = await import('node:fs')
      process.stderr.write(readFileSync(found, 'utf8'))
      process.disconnect()`
    await death(startScript(body, null, { ...env, ENTREPOT_KILL_AT: point }), point)
    expect(await startScript(body, null, env).ended).toEqual({ code: 0, signal: null, said: 'whole\n' })
  })
})

test('the centre and the regions that were left alone never ended', () => {
  for (const { controlWorker, control } of lanes)
    expect(liveProcess(stand.layout, control)?.pid).toBe(controlWorker.pid)
  expect(liveProcess(stand.layout, 'central')?.pid).toBe(centre.pid)
})
