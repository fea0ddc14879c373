import { existsSync, readFileSync } from 'node:fs'
import { publishedMarts } from '../central/published-marts.ts'
import { openCentral } from '../central/store.ts'
import { Fault } from '../models/fault.ts'
import type { Layout } from '../project/layout.ts'
import { defaultSelectLimits } from '../warehouse/select.ts'
import { liveProcess } from './process-record.ts'
import { engineerTokenFile } from './tokens.ts'

export interface CentralAnswer {
  readonly rows: readonly Record<string, unknown>[]
  /** There are more rows than were asked for, or than the centre gives at a time. */
  readonly truncated: boolean
}

/**
 * One SELECT on the central store: through the central process where it runs, else on its file, opened here.
 *
 * @throws Fault "central.empty" when no region has published yet, "query.…" when the statement is refused
 */
export async function queryCentral(layout: Layout, sql: string, options: { maxRows: number }): Promise<CentralAnswer> {
  const running = liveProcess(layout, 'central')
  if (running !== undefined)
    return ask(running.url, readFileSync(engineerTokenFile(layout), 'utf8').trim(), sql, options)
  if (!existsSync(layout.central))
    throw new Fault(
      'central.empty',
      'The central store is empty: no region has published yet.',
      'Run `entrepot sync` first, or ask a region with --region.',
    )
  const store = await openCentral({
    path: layout.central,
    incoming: layout.state,
    marts: await publishedMarts(layout),
    onNotice: () => {},
  })
  try {
    return await store.query(sql, { ...defaultSelectLimits, ...options })
  } finally {
    await store.close()
  }
}

async function ask(url: string, token: string, sql: string, options: { maxRows: number }): Promise<CentralAnswer> {
  const response = await fetch(new URL('/v1/query', url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ sql, ...options }),
  })
  const body = (await response.json()) as {
    rows?: Record<string, unknown>[]
    truncated?: boolean
    code?: string
    detail?: string
    fix?: string
  }
  if (response.ok && body.rows !== undefined) return { rows: body.rows, truncated: body.truncated === true }
  throw new Fault(
    body.code ?? 'central.refused',
    body.detail ?? `The central process answered ${response.status}.`,
    body.fix ?? 'See its log.',
  )
}
