import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Fault } from '../models/fault.ts'
import { allRegions, type Identity, type Role, type TokenRecord, tokenRecord } from '../models/token.ts'
import type { Layout } from '../project/layout.ts'
import { replaceFile, withLock } from './token-file.ts'

export interface NewToken {
  readonly role: Role
  /** Region codes, or `['*']`. A region's token names exactly one, a creator's at least one. */
  readonly regions: readonly string[]
  /** For role creator, and for no other. */
  readonly creator?: string
  /** Who or what holds it, in a person's words. */
  readonly label: string
  /** ISO 8601 UTC; never when left out. */
  readonly expiresAt?: string
}

/** A token without its secret's hash. */
export type ListedToken = Omit<TokenRecord, 'sha256'>

/** Make a token. The secret is in the answer alone: only its SHA-256 is kept. @throws Fault "token.scope" */
export async function createToken(layout: Layout, wanted: NewToken): Promise<{ token: string; id: string }> {
  checkScope(wanted)
  return await withLock(layout.tokens, async () => {
    const token = newSecret(wanted.role)
    const record = recordOf(wanted, token)
    await writeRecords(layout, [...(await readRecords(layout)), record])
    return { token, id: record.id }
  })
}

/** Every token there was, in the order of making. */
export async function listTokens(layout: Layout): Promise<readonly ListedToken[]> {
  return (await readRecords(layout)).map(({ sha256: _, ...listed }) => listed)
}

/** From now on the token opens nothing. Safe to repeat: the first time stays. @throws Fault "token.unknown-id" */
export async function revokeToken(layout: Layout, id: string): Promise<ListedToken> {
  await withLock(layout.tokens, async () => {
    const records = await readRecords(layout)
    if (!records.some((record) => record.id === id))
      throw new Fault('token.unknown-id', `There is no token ${id}.`, 'See `entrepot token list` for the ids.')
    const revokedAt = new Date().toISOString()
    if (records.some((record) => record.id === id && record.revokedAt === null))
      await writeRecords(
        layout,
        records.map((record) => (record.id === id ? { ...record, revokedAt } : record)),
      )
  })
  const revoked = (await listTokens(layout)).find((record) => record.id === id)
  if (revoked === undefined) throw new Error(`token ${id} vanished from ${layout.tokens}`)
  return revoked
}

/** The secret that the region's worker publishes with, from its file; made when there is none. */
export const ensureRegionToken = (layout: Layout, region: string): Promise<string> =>
  ensureSecret(layout, layout.regionToken(region), { role: 'region', regions: [region], label: `worker of ${region}` })

/** The secret of the project's own command line, from its file; made when there is none. */
export const ensureEngineerToken = (layout: Layout): Promise<string> =>
  ensureSecret(layout, engineerTokenFile(layout), {
    role: 'engineer',
    regions: [allRegions],
    label: 'command line of this project',
  })

export const engineerTokenFile = (layout: Layout): string => join(layout.state, 'secrets', 'engineer.token')

/** Knows who a bearer is; follows changes of the token file without a restart. */
export class TokenStore {
  private readonly layout: Layout
  private readonly now: () => Date
  private version = ''
  private records: readonly TokenRecord[] = []

  constructor(layout: Layout, now: () => Date = () => new Date()) {
    this.layout = layout
    this.now = now
  }

  /** @throws Fault "token.unknown", "token.revoked", "token.expired" */
  async verify(bearer: string): Promise<Identity> {
    await this.refresh()
    const hash = Buffer.from(hashOf(bearer), 'hex')
    let found: TokenRecord | undefined
    // Every record is compared, each in constant time, so that timing tells nothing of what is in the file.
    for (const record of this.records) if (timingSafeEqual(hash, Buffer.from(record.sha256, 'hex'))) found = record
    if (found === undefined)
      throw new Fault('token.unknown', 'The token is none of this project.', 'Make one with `entrepot token create`.')
    const { id, label, role, regions, creator, revokedAt, expiresAt } = found
    const newOne = 'Make a new one with `entrepot token create`.'
    if (revokedAt !== null) throw new Fault('token.revoked', `The token ${id} was revoked at ${revokedAt}.`, newOne)
    if (expiresAt !== null && Date.parse(expiresAt) <= this.now().getTime())
      throw new Fault('token.expired', `The token ${id} expired at ${expiresAt}.`, newOne)
    return { id, label, role, regions, creator }
  }

  private async refresh(): Promise<void> {
    const version = await versionOf(this.layout.tokens)
    if (version === this.version) return
    this.records = await readRecords(this.layout)
    this.version = version
  }
}

const versionOf = async (path: string): Promise<string> => {
  if (!existsSync(path)) return 'none'
  const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
  return [ino, size, mtimeNs, ctimeNs].join(':')
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

const newSecret = (role: Role): string => `ent_${role}_${randomBytes(32).toString('base64url')}`

function checkScope({ role, regions, creator, expiresAt }: NewToken): void {
  const refuse = (message: string) =>
    new Fault('token.scope', message, 'See docs/tokens.md: what each role needs and may do.')
  if (regions.length === 0) throw refuse(`A token of role ${role} needs regions; '*' is all of them.`)
  if (role === 'region' && (regions.length !== 1 || regions[0] === allRegions))
    throw refuse(`A region's token names exactly one region; found ${regions.join(', ')}.`)
  if ((role === 'creator') !== (creator !== undefined))
    throw refuse(
      role === 'creator' ? "A creator's token names the creator." : `A token of role ${role} names no creator.`,
    )
  if (expiresAt !== undefined && !z.iso.datetime().safeParse(expiresAt).success)
    throw refuse(`${JSON.stringify(expiresAt)} is no time of expiry; expected ISO 8601 in UTC, 2027-01-31T00:00:00Z.`)
}

const recordOf = ({ role, regions, creator, label, expiresAt }: NewToken, token: string): TokenRecord => ({
  id: `tok_${randomBytes(6).toString('hex')}`,
  label,
  role,
  regions: [...regions],
  creator: creator ?? null,
  sha256: hashOf(token),
  createdAt: new Date().toISOString(),
  expiresAt: expiresAt ?? null,
  revokedAt: null,
})

/**
 * A secret in a file stays while the project knows it, revoked or not: a person's revocation is not undone by the
 * next start. The file is written first, so that a crash between leaves a secret that opens nothing.
 */
async function ensureSecret(layout: Layout, path: string, wanted: NewToken): Promise<string> {
  return await withLock(layout.tokens, async () => {
    const records = await readRecords(layout)
    const present = existsSync(path) ? (await readFile(path, 'utf8')).trim() : ''
    if (records.some(({ sha256 }) => sha256 === hashOf(present))) return present
    const token = newSecret(wanted.role)
    await replaceFile(path, `${token}\n`)
    await writeRecords(layout, [...records, recordOf(wanted, token)])
    return token
  })
}

const tokenFile = z.strictObject({ version: z.literal(1), tokens: z.array(tokenRecord) })

async function readRecords({ tokens: path }: Layout): Promise<readonly TokenRecord[]> {
  if (!existsSync(path)) return []
  const text = await readFile(path, 'utf8')
  try {
    return tokenFile.parse(JSON.parse(text)).tokens
  } catch (error) {
    throw new Fault(
      'token.file',
      `${path} is no token file: ${error instanceof z.ZodError ? z.prettifyError(error) : String(error)}`,
      'Put back a copy of it, or remove it and make the tokens anew: those in use stop working.',
      { cause: error },
    )
  }
}

const writeRecords = ({ tokens: path }: Layout, tokens: readonly TokenRecord[]): Promise<void> =>
  replaceFile(path, `${JSON.stringify({ version: 1, tokens }, null, 2)}\n`)
