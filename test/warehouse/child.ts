import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { packageRoot } from '../../project/package-root.ts'
import type { LandedFile } from '../../warehouse/warehouse.types.ts'
import { contractOf, profile, type TestProject } from './staged.ts'

/** A process of its own that opens the project's warehouse (from dist/) and then does `body`. */
function start(project: TestProject, body: string, env: Record<string, string> = {}): ChildProcess {
  const script = `
    import { layout } from ${JSON.stringify(join(packageRoot, 'dist/project/layout.js'))}
    import { openWarehouse } from ${JSON.stringify(join(packageRoot, 'dist/warehouse/warehouse.js'))}
    const restage = () => Promise.reject(new Error('nothing to stage'))
    const warehouse = await openWarehouse({ layout: layout(${JSON.stringify(project.root)}), profile: ${JSON.stringify(profile)}, restage })
    ${body}`
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** A process that has the warehouse open until it is ended. */
export async function holdOpen(project: TestProject): Promise<ChildProcess> {
  const child = start(project, `console.log('open'); setInterval(() => {}, 1000)`)
  await once(child.stdout as NodeJS.ReadableStream, 'data')
  return child
}

/** Load a file in a process that ends with SIGKILL at a kill point. */
export async function loadAndDie(project: TestProject, file: LandedFile, killAt: string): Promise<void> {
  const contract = contractOf()
  const staged = await project.restage(file, contract)
  const call = [file, contract, staged].map((value) => JSON.stringify(value)).join(', ')
  const child = start(project, `await warehouse.load(${call})`, { ENTREPOT_KILL_AT: killAt })
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
  if (signal !== 'SIGKILL') throw new Error(`the child did not come to ${killAt}: it ended with ${signal}`)
}
