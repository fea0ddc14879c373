import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
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

/** Live the scenario, or only open or rebuild, in a process that ends with SIGKILL at a kill point. */
export async function runAndDie(
  project: TestProject,
  input: { readonly first: Staging; readonly second: Staging },
  killAt: string,
  how: 'live' | 'open' | 'rebuild' = 'live',
): Promise<void> {
  const from = (path: string) => JSON.stringify(String(pathToFileURL(join(packageRoot, path))))
  const script = `
    import { archiveFile } from ${from('dist/warehouse/archive.js')}
    import { layout } from ${from('dist/project/layout.js')}
    import { openWarehouse } from ${from('dist/warehouse/warehouse.js')}
    import { rebuildWarehouse } from ${from('dist/warehouse/rebuild.js')}
    import { scenario } from ${from('test/warehouse/scenario.mjs')}
    const places = layout(${JSON.stringify(project.root)})
    const input = { ...${JSON.stringify(input)}, layout: places }
    const restage = async ({ sha256 }) => [input.first, input.second].find(({ file }) => file.sha256 === sha256).staged
    const options = { layout: places, profile: ${JSON.stringify(profile)}, restage }
    const warehouse = await (${how === 'rebuild'} ? rebuildWarehouse : openWarehouse)(options)
    if (${how === 'live'}) await scenario({ warehouse, archiveFile }, input)
    await warehouse.close()`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, ENTREPOT_KILL_AT: killAt },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  if (signal !== 'SIGKILL') throw new Error(`the child did not come to ${killAt}: it ended with ${signal ?? code}`)
}

interface Staging {
  readonly file: LandedFile
  readonly staged: string
}
