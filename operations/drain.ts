/**
 * Run `serve` as this process's own work; `asked` resolves when it shall end. However `serve` ends, nothing keeps the
 * process alive afterwards: not the supervisor's channel, not a call that still waits for a server that is gone.
 */
export async function asProcess(serve: (asked: Promise<string>) => Promise<void>): Promise<void> {
  try {
    await serve(endRequested())
  } finally {
    if (process.connected) process.disconnect()
    setTimeout(() => process.exit(), lateMs).unref()
  }
}

const lateMs = 2_000

/**
 * Resolves when this process is asked to end: SIGINT, SIGTERM, or the end of the parent that holds its IPC channel
 * (a supervisor that was killed leaves no orphans).
 */
function endRequested(): Promise<string> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done(signal))
    if (process.send !== undefined) process.once('disconnect', () => done('the parent has ended'))
  })
}

/** Tell the supervisor, where there is one, that this process answers now. */
export function tellReady(url: string): void {
  process.send?.({ ready: true, url })
}
