import type { StackEvent } from '../operations/supervisor.ts'

/** One event of a supervised process as a plain line. */
export function eventLine(event: StackEvent): string {
  switch (event.kind) {
    case 'notice':
      return `${event.name}: ${event.message}`
    case 'ready':
      return `${event.name}: ready${event.url === '' ? '' : ` at ${event.url}`}`
    case 'died':
      return `${event.name}: ended by itself (${event.message}); started again in ${event.againInMs} ms`
    case 'stopped':
      return `${event.name}: stopped`
  }
}
