import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Fault } from '../models/fault.ts'
import { allRegions, type Identity, mayRead, type Role } from '../models/token.ts'
import { defaultSelectLimits, type SelectLimits } from '../warehouse/select.ts'
import { publicationType } from './central.types.ts'
import { toProblem } from './problems.ts'
import { emptyFolder, received, tooLarge } from './receive.ts'
import type { CentralStore } from './store.ts'

export interface ServerOptions {
  readonly store: CentralStore
  /** Who a bearer is; @throws Fault "token.…" */
  readonly tokens: { verify(bearer: string): Promise<Identity> }
  /** Where bodies are received; the store's `incoming`. What is in it is removed. */
  readonly incoming: string
  /** Never told a token or a body. */
  readonly logger: FastifyBaseLogger
  /** 127.0.0.1 unless said. */
  readonly host?: string
  /** 0 takes a free one. */
  readonly port?: number
  readonly maxPublicationBytes?: number
  readonly queryLimits?: SelectLimits
  /** Queries that run at a time; further ones are refused. */
  readonly maxQueries?: number
}

export interface CentralServer {
  /** `http://127.0.0.1:41234` */
  readonly url: string
  /** Takes no new request and waits for those under way; the store stays open. */
  close(): Promise<void>
}

/** Serve the central store over HTTP; see `docs/central.md`. */
export async function startServer(options: ServerOptions): Promise<CentralServer> {
  await emptyFolder(options.incoming)
  const app = Fastify({ loggerInstance: options.logger, bodyLimit: 1024 * 1024, requestTimeout: 300_000 })
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close') // a connection kept alive would hold up the close
  })
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error)
    if (problem.status >= 500) request.log.error({ err: error }, problem.detail)
    else request.log.info({ code: problem.code }, problem.detail)
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer')
    return reply.code(problem.status).type('application/problem+json').send(problem)
  })
  app.setNotFoundHandler((request) => {
    throw new Fault('request.path', `There is no ${request.method} ${request.url}.`, 'See docs/central.md.')
  })
  app.addContentTypeParser(publicationType, (_request, body, done) => done(null, body))
  addHealth(app)
  addPublications(app, options)
  addFreshness(app, options)
  addQuery(app, options)
  await app.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 })
  const { port, address, family } = app.server.address() as AddressInfo
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    close: () => app.close(),
  }
}

function addHealth(app: FastifyInstance): void {
  app.get('/v1/health', () => ({ status: 'ok' }))
}

function addPublications(app: FastifyInstance, { store, tokens, incoming, maxPublicationBytes }: ServerOptions): void {
  const maxBytes = maxPublicationBytes ?? 1024 ** 3
  const identities = new WeakMap<FastifyRequest, Identity>()
  app.post('/v1/publications', {
    // Before the body is read: a stranger's is not.
    onRequest: async (request) => {
      identities.set(request, await authorize(request, tokens, ['region']))
      keyOf(request)
      if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes)
    },
    bodyLimit: maxBytes,
    handler: async (request) => {
      const identity = identities.get(request)
      const region = identity?.regions[0]
      if (region === undefined) throw new Error('a publication without an identity got past onRequest')
      if (request.headers['content-type'] !== publicationType)
        throw new Fault(
          'request.media-type',
          `The body is ${request.headers['content-type'] ?? 'of no type'}; expected ${publicationType}.`,
          'Send the Parquet file with its content type.',
        )
      const receipt = await received(request.body as Readable, incoming, maxBytes, (path) =>
        store.apply(region, path, keyOf(request)),
      )
      request.log.info(receipt, 'publication applied')
      return receipt
    },
  })
}

function addFreshness(app: FastifyInstance, { store, tokens }: ServerOptions): void {
  app.get('/v1/freshness', async (request) => {
    const identity = await authorize(request, tokens, ['admin', 'engineer', 'analyst', 'reviewer', 'region'])
    return { regions: (await store.freshness()).filter(({ region }) => mayRead(identity, region)) }
  })
}

const queryBody = z.strictObject({ sql: z.string().min(1).max(100_000), maxRows: z.int().positive().optional() })

function addQuery(app: FastifyInstance, options: ServerOptions): void {
  const { store, tokens, queryLimits: limits = defaultSelectLimits, maxQueries = 2 } = options
  let running = 0
  app.post('/v1/query', async (request) => {
    const identity = await authorize(request, tokens, ['admin', 'engineer'])
    if (!identity.regions.includes(allRegions))
      throw new Fault(
        'token.regions',
        `SQL reads every region's rows; the token ${identity.id} is of ${identity.regions.join(', ')}.`,
        "Use a token of all regions, or query the region's own warehouse.",
      )
    const body = queryBody.safeParse(request.body)
    if (!body.success) throw new Fault('request.invalid', z.prettifyError(body.error), 'Send {"sql": "select …"}.')
    if (running >= maxQueries)
      throw new Fault('query.busy', `${running} queries are running, the most at a time.`, 'Try again shortly.')
    running += 1
    try {
      const { sql, maxRows = limits.maxRows } = body.data
      // Read first: a number is never older than the as-of time beside it.
      const regions = await store.freshness()
      const answer = await store.query(sql, { ...limits, maxRows: Math.min(maxRows, limits.maxRows) })
      return {
        ...answer,
        regions: regions.map(({ region, asOf, lastPublication, rowsInReview }) => ({
          region,
          asOf,
          lastPublication,
          rowsInReview,
        })),
      }
    } finally {
      running -= 1
    }
  })
}

/** The bearer's identity, if it has one of the roles. */
async function authorize(
  request: FastifyRequest,
  tokens: ServerOptions['tokens'],
  allowed: readonly Role[],
): Promise<Identity> {
  const bearer = /^Bearer ([\w-]{1,200})$/i.exec(request.headers.authorization ?? '')?.[1]
  if (bearer === undefined)
    throw new Fault(
      'token.missing',
      'The request has no token.',
      'Send `Authorization: Bearer <token>`; make one with `entrepot token create`.',
    )
  const identity = await tokens.verify(bearer)
  if (allowed.includes(identity.role)) return identity
  throw new Fault(
    'token.role',
    `The token ${identity.id} is of role ${identity.role}; this takes ${allowed.join(', ')}.`,
    'Use a token of such a role; see docs/tokens.md.',
  )
}

function keyOf(request: FastifyRequest): string {
  const key = request.headers['idempotency-key']
  if (typeof key === 'string' && /^[0-9a-f]{64}$/.test(key)) return key
  throw new Fault(
    'publication.key',
    `The Idempotency-Key is ${key === undefined ? 'missing' : JSON.stringify(key)}; expected the SHA-256 of the body.`,
    'Send it as 64 lower-case hexadecimal digits.',
  )
}
