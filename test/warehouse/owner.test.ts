import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { packageRoot } from '../../project/package-root.ts'
import { ownerPath } from '../../warehouse/owner.ts'
import { openWarehouse } from '../../warehouse/warehouse.ts'
import { holdOpen } from './child.ts'
import { TestProject } from './staged.ts'

let project: TestProject
let path: string
let child: ChildProcess | undefined

beforeEach(() => {
  project = new TestProject()
  path = project.layout.warehouse('ng')
})
afterEach(async () => {
  await project.close()
  if (child !== undefined && child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  child = undefined
  project.remove()
})

test('a second open in this process is refused', async () => {
  await project.open()
  await expect(openWarehouse(project.options)).rejects.toMatchObject({
    code: 'warehouse.already-open',
    message: `${path} is open already in this process (${process.pid}).`,
  })
  await project.close()
  await project.open()
})

test('a process that is alive and well keeps its warehouse', async () => {
  child = await holdOpen(project)
  const { startedAt } = JSON.parse(readFileSync(ownerPath(path), 'utf8')) as { startedAt: string }
  await expect(project.open()).rejects.toMatchObject({
    code: 'warehouse.in-use',
    message: `${path} is in use by process ${child.pid}, since ${startedAt}.`,
  })
  expect(child.signalCode).toBeNull()
})

test('a stopped process is ended, and its warehouse taken over', async () => {
  child = await holdOpen(project)
  const ended = once(child, 'exit')
  child.kill('SIGSTOP')
  const warehouse = await project.open()
  expect((await ended)[1]).toBe('SIGKILL')
  expect((await warehouse.status()).files).toBe(0)
})

test('a process that has not been heard of for 30 s is ended', async () => {
  child = await holdOpen(project)
  const ended = once(child, 'exit')
  const past = new Date(Date.now() - 3_600_000)
  utimesSync(ownerPath(path), past, past)
  await project.open()
  expect((await ended)[1]).toBe('SIGKILL')
})

test('a process that is not the recorded owner is never ended', async () => {
  child = await holdOpen(project)
  const owner = JSON.parse(readFileSync(ownerPath(path), 'utf8')) as Record<string, unknown>
  writeFileSync(ownerPath(path), JSON.stringify({ ...owner, processStart: '1' }))
  const past = new Date(Date.now() - 3_600_000)
  utimesSync(ownerPath(path), past, past)
  await expect(project.open()).rejects.toMatchObject({ code: 'warehouse.in-use' })
  expect(child.signalCode).toBeNull()
})

test('a DuckDB file is opened in one place of the program', () => {
  const folders = [
    'activities',
    'central',
    'cli',
    'contracts',
    'operations',
    'readers',
    'scripts',
    'stage',
    'warehouse',
  ]
  const opening = folders.flatMap((folder) =>
    readdirSync(join(packageRoot, folder), { recursive: true })
      .map((name) => join(folder, String(name)))
      .filter((path) => path.endsWith('.ts'))
      .filter((path) => /DuckDBInstance\.\w+\((?!':memory:')/.test(readFileSync(join(packageRoot, path), 'utf8'))),
  )
  expect(opening).toEqual(['warehouse/instance.ts'])
})
