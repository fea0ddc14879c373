import { bytes, count, duration, plain, say } from './output.ts'

/** How far long work has come. */
export interface Advance {
  readonly what: string
  readonly rows: number
  readonly bytes: number
  readonly totalBytes?: number
}

/** Shows progress: one line that renews itself on a terminal, a plain line every few seconds elsewhere. */
export interface Progress {
  show(advance: Advance): void
  /** Leave the terminal line as it is and go on below. */
  end(): void
}

const plainEveryMs = 5000
const terminalEveryMs = 100

/** @param isQuiet show nothing: the answer is for a machine */
export function progress(isQuiet: boolean): Progress {
  if (isQuiet) return { show() {}, end() {} }
  const isTerminal = process.stderr.isTTY === true
  let began = performance.now()
  let [shownAt, hasLine, lastBytes] = [began, false, 0]
  return {
    show(advance) {
      const now = performance.now()
      if (advance.bytes < lastBytes) began = now // from the start again: another step
      lastBytes = advance.bytes
      if (now - shownAt < (isTerminal ? terminalEveryMs : plainEveryMs)) return
      shownAt = now
      const line = describe(advance, (now - began) / 1000)
      if (!isTerminal) return say(line)
      process.stderr.write(`\r\u001b[2K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`)
      hasLine = true
    },
    end() {
      if (hasLine) process.stderr.write('\r\u001b[2K')
      hasLine = false
    },
  }
}

function describe({ what, rows, bytes: read, totalBytes }: Advance, seconds: number): string {
  const rate = seconds > 0 ? `${count(Math.round(rows / seconds))} rows/s` : ''
  const of = totalBytes === undefined ? '' : ` of ${bytes(totalBytes)}`
  const left =
    totalBytes === undefined || read === 0
      ? ''
      : `, ${duration(Math.max(0, (seconds * (totalBytes - read)) / read))} left`
  return `${plain(what)}: ${count(rows)} rows, ${bytes(read)}${of}, ${rate}${left}`
}
