/**
 * Something a person must act on: a wrong contract, an unreadable file, a missing permission.
 *
 * `code` is stable and documented (`docs/errors.md`); `fix` says what to do next. Anything that is not a `Fault` is
 * unexpected: it crashes loudly and may be retried.
 */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: string
  readonly fix: string
  /** Plain data for machines (file, line, key, …); crosses process boundaries as JSON. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: string,
    message: string,
    fix: string,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.fix = fix
    this.details = options.details ?? {}
  }
}
