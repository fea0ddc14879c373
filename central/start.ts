import { join } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import type { Identity } from '../models/token.ts'
import type { Layout } from '../project/layout.ts'
import { publishedMarts } from './published-marts.ts'
import { startServer } from './server.ts'
import { openCentral } from './store.ts'

export interface StartOptions {
  readonly layout: Layout
  readonly tokens: { verify(bearer: string): Promise<Identity> }
  readonly logger: FastifyBaseLogger
  /** 127.0.0.1 unless said. */
  readonly host?: string
  /** 0, the default, takes a free one. */
  readonly port?: number
}

export interface Central {
  readonly url: string
  /** Takes no new request, waits for those under way, then closes the store. Safe to repeat. */
  close(): Promise<void>
}

/** The central process of a project: its store, with the marts known here, behind its API. */
export async function startCentral({ layout, tokens, logger, ...listen }: StartOptions): Promise<Central> {
  const incoming = join(layout.state, 'incoming')
  const store = await openCentral({
    path: layout.central,
    incoming,
    marts: await publishedMarts(layout),
    onNotice: (line) => logger.warn(line),
  })
  try {
    const server = await startServer({ store, tokens, incoming, logger, ...listen })
    let closing: Promise<void> | undefined
    return {
      url: server.url,
      close: () => {
        closing ??= server.close().then(() => store.close())
        return closing
      },
    }
  } catch (error) {
    await store.close()
    throw error
  }
}
