import { existsSync, statSync } from 'node:fs'
import { Fault } from '../models/fault.ts'
import type { Preview } from '../operations/preview.ts'
import { answer, count, table } from './output.ts'

export function existing(path: string): string {
  if (!existsSync(path))
    throw new Fault(
      'file.not-found',
      `There is no file ${path}.`,
      'Check the path; relative paths start where you stand.',
    )
  if (!statSync(path).isFile()) throw new Fault('file.not-a-file', `${path} is not a file.`, 'Name files, not folders.')
  return path
}

/** A stage thread that is still there when the process ends, after an error too, takes it down with a signal. */
export async function endingStage<T>(act: () => Promise<T>): Promise<T> {
  const { closeStage } = await import('../stage/stage.ts')
  try {
    return await act()
  } finally {
    await closeStage()
  }
}

export function showPreview(title: string, found: Preview): void {
  const { read, loaded, duplicate, rejected, ignored, held } = found
  answer(title)
  answer(
    table(
      ['read', 'loaded', 'duplicate', 'rejected', 'ignored', 'held'],
      [[read, loaded, duplicate, rejected, ignored, held]],
    ),
  )
  for (const why of found.heldBy) answer(`\nWould wait for a person: ${why}`)
  for (const why of found.warnings) answer(`\nA finding, and the file would load: ${why}`)
  const totals = Object.entries(found.totals)
  if (totals.length > 0)
    answer(
      `\n${table(
        ['currency', 'rows', 'gross', 'fee', 'tax', 'net'],
        totals.map(([code, t]) => [code, t.rows, t.gross, t.fee, t.tax, t.net]),
      )}`,
    )
  if (found.rejects.length > 0)
    answer(
      `\n${table(
        ['line', 'reasons', 'raw'],
        found.rejects.slice(0, 20).map((r) => [r.line, r.reasons.join(', '), oneLine(r.raw)]),
      )}`,
    )
  if (found.rejects.length > 20) answer(`… and ${count(rejected - 20)} more; --json lists them`)
}

const oneLine = (raw: string): string => {
  const line = raw.replace(/\s*\n\s*/g, ' ⏎ ')
  return line.length > 100 ? `${line.slice(0, 99)}…` : line
}
