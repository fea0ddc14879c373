import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { z } from 'zod'
import type { Log } from '../activities/context.ts'
import { Fault } from '../models/fault.ts'
import type { RegionAccess } from './region-access.ts'

export interface ControlServer {
  /** `http://127.0.0.1:…` */
  readonly url: string
  /** Bearer token, new at each start. */
  readonly token: string
  close(): Promise<void>
}

const maxBodyBytes = 1024 * 1024

/** Serve a region's own worker API to this machine's users who can read its process record. */
export async function startControlServer(access: RegionAccess, log: Log): Promise<ControlServer> {
  const token = randomBytes(32).toString('base64url')
  const routes = routesOf(access)
  const server = createServer((request, response) => {
    answer(request, token, routes)
      .then((body) => send(response, 200, body))
      .catch((error: unknown) => {
        if (!(error instanceof Fault)) log.error({ err: error, url: request.url }, 'a request failed')
        send(response, statusOf(error), problemOf(error))
      })
  })
  server.requestTimeout = 0 // an ingest may take hours
  await new Promise<void>((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', done))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeIdleConnections()
      }),
  }
}

type Routes = Readonly<Record<string, (body: unknown) => Promise<unknown>>>

const queryBody = z.strictObject({
  sql: z.string(),
  maxRows: z.int().positive().optional(),
  timeoutMs: z.int().positive().optional(),
})

const ingestBody = z.strictObject({
  path: z.string().startsWith('/', 'is no absolute path'),
  name: z.string().min(1).optional(),
  source: z.string().min(1),
  params: z.record(z.string(), z.string()).optional(),
})

const changeBody = z.strictObject({ source: z.string().min(1).optional() })

const routesOf = (access: RegionAccess): Routes => ({
  'GET /v1/health': async () => ({ status: 'ok' }),
  'GET /v1/status': () => access.status(),
  'GET /v1/findings': () => access.findings(),
  'POST /v1/query': (body) => {
    const { sql, ...options } = checked(queryBody, body)
    return access.query(sql, withoutAbsent(options))
  },
  'POST /v1/ingest': (body) => access.ingest(withoutAbsent(checked(ingestBody, body))),
  'POST /v1/plan': (body) => access.plan(withoutAbsent(checked(changeBody, body))),
  'POST /v1/apply': (body) => access.apply(withoutAbsent(checked(changeBody, body))),
})

async function answer(request: IncomingMessage, token: string, routes: Routes): Promise<unknown> {
  const bearer = request.headers.authorization ?? ''
  if (!isSame(bearer, `Bearer ${token}`))
    throw new Fault('worker.token', 'The token is not that of this worker.', 'Read it from its process record.')
  const route = routes[`${request.method} ${request.url}`]
  if (route === undefined)
    throw new Fault('worker.path', `There is no ${request.method} ${request.url}.`, 'See docs/operate.md.')
  return await route(request.method === 'POST' ? await readJson(request) : undefined)
}

const isSame = (a: string, b: string): boolean => timingSafeEqual(sha256(a), sha256(b))

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()

async function readJson(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length
    if (bytes > maxBodyBytes) throw invalid(`The body has more than ${maxBodyBytes} bytes.`)
    pieces.push(piece)
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'))
  } catch (error) {
    throw invalid(`The body is no JSON: ${(error as Error).message}`)
  }
}

function checked<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  throw invalid(z.prettifyError(parsed.error))
}

const invalid = (message: string): Fault => new Fault('worker.request', message, 'See docs/operate.md.')

type WithoutAbsent<T> = { [K in keyof T]: Exclude<T[K], undefined> }

const withoutAbsent = <T extends object>(value: T): WithoutAbsent<T> =>
  Object.fromEntries(Object.entries(value).filter(([, of]) => of !== undefined)) as WithoutAbsent<T>

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function statusOf(error: unknown): number {
  if (!(error instanceof Fault)) return 500
  return error.code === 'worker.token' ? 401 : error.code === 'worker.path' ? 404 : 400
}

function problemOf(error: unknown) {
  if (error instanceof Fault) {
    const { code, message, fix, details } = error
    return { code, message, fix, details }
  }
  return { code: null, message: error instanceof Error ? error.message : String(error) }
}
