import { z } from 'zod'

/** What a token's holder may do; see `docs/tokens.md`. */
export const roles = ['admin', 'engineer', 'analyst', 'reviewer', 'creator', 'region'] as const

export type Role = (typeof roles)[number]

/** In `regions`: every region there is and will be. */
export const allRegions = '*'

/** Who a verified token speaks for. Holds no secret: safe to log. */
export interface Identity {
  readonly id: string
  readonly label: string
  readonly role: Role
  /** Region codes, or `['*']` for all. A region's own token names exactly one. */
  readonly regions: readonly string[]
  /** The creator whose rows it may see; null for every other role. */
  readonly creator: string | null
}

export const mayRead = (identity: Identity, region: string): boolean =>
  identity.regions.includes(allRegions) || identity.regions.includes(region)

/** One line of the token file. */
export const tokenRecord = z.strictObject({
  id: z.string().min(1),
  label: z.string(),
  role: z.enum(roles),
  regions: z.array(z.string().min(1)),
  creator: z.string().min(1).nullable(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
})

export type TokenRecord = z.infer<typeof tokenRecord>
