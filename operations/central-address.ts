import { existsSync, readFileSync } from 'node:fs'
import { Fault } from '../models/fault.ts'
import type { Layout } from '../project/layout.ts'
import { loadSettings } from '../project/settings.ts'
import { liveProcess } from './process-record.ts'
import { ensureRegionToken } from './tokens.ts'

/** Whether the centre is another machine's: `central.url` of entrepot.yaml names none that this project starts. */
export function isCentralElsewhere(layout: Layout): boolean {
  const { url, port } = loadSettings(layout).central
  return url !== `http://127.0.0.1:${port}`
}

/** Base URL of the centre; undefined when it is this project's own and does not run now. */
export function centralAddress(layout: Layout): string | undefined {
  if (isCentralElsewhere(layout)) return loadSettings(layout).central.url
  return liveProcess(layout, 'central')?.url
}

/**
 * What a region publishes with: made here for the project's own centre, put there by a person for another's.
 *
 * @throws Fault "token.missing"
 */
export async function regionSecret(layout: Layout, region: string): Promise<string> {
  if (!isCentralElsewhere(layout)) return await ensureRegionToken(layout, region)
  const path = layout.regionToken(region)
  if (existsSync(path)) return readFileSync(path, 'utf8').trim()
  throw new Fault(
    'token.missing',
    `Region ${region} has no token for the centre at ${loadSettings(layout).central.url}: there is no ${path}.`,
    `Make one there with \`entrepot token create --role region --region ${region}\`, and write it into that file.`,
  )
}
