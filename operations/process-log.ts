import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Logger, multistream, pino } from 'pino'
import type { Layout } from '../project/layout.ts'

/** The log of one of the project's processes: JSON lines in `layout.log(name)`, errors on standard error as well. */
export function processLog(layout: Layout, name: string): Logger {
  const path = layout.log(name)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  // A terminal or supervisor that is gone must not end the process.
  process.stderr.on('error', () => {})
  const file = pino.destination({ dest: path, sync: true, mode: 0o600 })
  return pino(
    { base: { pid: process.pid, process: name }, timestamp: pino.stdTimeFunctions.isoTime },
    multistream([
      { level: 'info', stream: file },
      { level: 'error', stream: process.stderr },
    ]),
  )
}
