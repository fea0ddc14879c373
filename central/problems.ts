import { Fault } from '../models/fault.ts'

/** RFC 9457 problem details, with the Fault's stable code and its fix. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly fix: string
}

/** Every code that the API answers with; documented in `docs/central.md`. */
export const problems: Readonly<Record<string, { readonly status: number; readonly title: string }>> = {
  'request.invalid': { status: 400, title: 'The request is not right' },
  'request.path': { status: 404, title: 'No such endpoint' },
  'request.media-type': { status: 415, title: 'The body is of another type' },
  'token.missing': { status: 401, title: 'No token' },
  'token.unknown': { status: 401, title: 'The token is not known' },
  'token.revoked': { status: 401, title: 'The token was revoked' },
  'token.expired': { status: 401, title: 'The token has expired' },
  'token.role': { status: 403, title: "The token's role may not do this" },
  'token.regions': { status: 403, title: "The token's regions do not reach so far" },
  'publication.scope': { status: 403, title: "The publication is not of the token's region" },
  'publication.key': { status: 400, title: 'No idempotency key' },
  'publication.too-large': { status: 413, title: 'The publication is too large' },
  'publication.damaged': { status: 422, title: 'The publication is damaged' },
  'publication.mart-unknown': { status: 422, title: 'The centre does not hold this mart' },
  'publication.columns': { status: 422, title: 'The mart has other columns' },
  'publication.sequence': { status: 409, title: 'The number was used before' },
  'query.not-select': { status: 400, title: 'Not one SELECT' },
  'query.function': { status: 400, title: 'The function may not be used' },
  'query.file': { status: 400, title: 'Files can not be read' },
  'query.failed': { status: 400, title: 'The query failed' },
  'query.timeout': { status: 422, title: 'The query took too long' },
  'query.busy': { status: 429, title: 'Too many queries at once' },
  'server.unexpected': { status: 500, title: 'Something unexpected happened' },
}

/** The one place where an error becomes an answer. What is unexpected is told in the log alone. */
export function toProblem(error: unknown): Problem {
  const fault = error instanceof Fault ? error : foreign(error)
  const known = problems[fault.code] ?? { status: 500, title: 'A person must act' }
  return {
    type: `urn:entrepot:problem:${fault.code}`,
    title: known.title,
    status: known.status,
    detail: fault.message,
    code: fault.code,
    fix: fault.fix,
  }
}

/** The framework's own refusals (a body that is no JSON, too long a header) are the sender's. */
function foreign(error: unknown): Fault {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  if (error instanceof Error && status === 415)
    return new Fault('request.media-type', error.message, 'See docs/central.md for what each endpoint takes.')
  if (error instanceof Error && status >= 400 && status < 500)
    return new Fault('request.invalid', error.message, 'See docs/central.md for what each endpoint takes.')
  return new Fault(
    'server.unexpected',
    'The centre could not answer; its log says why.',
    'Try again; if it stays, look in .entrepot/logs/central.log for the request id.',
  )
}
