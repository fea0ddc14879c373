/**
 * Resolves when this process is asked to end: SIGINT, SIGTERM, or the end of the parent that holds its IPC channel
 * (a supervisor that was killed leaves no orphans).
 */
export function endRequested(): Promise<string> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done(signal))
    if (process.send !== undefined) process.once('disconnect', () => done('the parent has ended'))
  })
}

/** Tell the supervisor, where there is one, that this process answers now. */
export function tellReady(url: string): void {
  process.send?.({ ready: true, url })
}

const lateMs = 2_000

/** End: let go of the supervisor's channel, and of what still waits for a server that is gone. */
export function letGo(): void {
  if (process.connected) process.disconnect()
  setTimeout(() => process.exit(), lateMs).unref()
}
