import { startCentral } from '../central/start.ts'
import type { Layout } from '../project/layout.ts'
import { defaultCentralPort, loadSettings } from '../project/settings.ts'
import { asProcess, tellReady } from './drain.ts'
import { processLog } from './process-log.ts'
import { removeProcessRecord, writeProcessRecord } from './process-record.ts'
import { TokenStore } from './tokens.ts'

/** The project's centre. Resolves when it was asked to end and is drained. */
export function runCentral(layout: Layout): Promise<void> {
  return asProcess((asked) => serve(layout, asked))
}

async function serve(layout: Layout, asked: Promise<string>): Promise<void> {
  const logger = processLog(layout, 'central')
  const { port } = loadSettings(layout).central
  const tokens = new TokenStore(layout)
  const central = await startCentral({ layout, tokens, logger, port }).catch((error: unknown) => {
    // The default port may be another project's; the record tells everybody here which one it is.
    if (port !== defaultCentralPort || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return startCentral({ layout, tokens, logger, port: 0 })
  })
  try {
    writeProcessRecord(layout, 'central', { url: central.url })
    tellReady(central.url)
    logger.info({ url: central.url }, 'the centre answers')
    logger.info({ why: await asked }, 'draining')
  } finally {
    await central.close()
    removeProcessRecord(layout, 'central')
    logger.info('drained')
  }
}
