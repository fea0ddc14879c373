import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../project/package-root.ts'

export interface Measured {
  /** From start to end of the process. */
  readonly seconds: number
  /** Peak resident memory of the process, MiB. */
  readonly rssMb: number
  /** For how long it had a processor, all its threads together: what others do beside it changes this little. */
  readonly cpuSeconds: number
  readonly stdout: string
}

/**
 * Run a built script, such as `cli/main.js`, as a person runs it.
 *
 * @param folder where its figures are left
 * @throws when it ends neither with 0 nor with 3, "done, and a person must look"
 */
export function runMeasured(folder: string, script: string, args: readonly string[]): Promise<Measured> {
  const built = (name: string) => join(packageRoot, 'dist', name)
  const peak = join(folder, 'peak')
  return new Promise((resolve, reject) => {
    const began = performance.now()
    const child = spawn(process.execPath, ['--import', built('bench/peak.js'), built(script), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ENTREPOT_BENCH_PEAK: peak },
    })
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.on('error', reject)
    child.on('close', (code) => {
      const seconds = (performance.now() - began) / 1000
      if (code === 0 || code === 3) resolve({ seconds, ...JSON.parse(readFileSync(peak, 'utf8')), stdout })
      else reject(new Error(`${script} ${args[0]} ended with ${code}`))
    })
  })
}
