import { z } from 'zod'
import { isCountry } from './country.ts'
import { currencies } from './currency.ts'
import { isZone } from './zone.ts'

/** Digits that numbers and dates are written with. `latin` is 0-9. */
export const digitScripts = ['latin', 'bengali', 'arabic', 'persian', 'devanagari', 'fullwidth'] as const

/** Days as `weekend` names them. */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** A region's file gives its catalog its name, which none of these may share; two are names of processes. */
const reserved = new Set([
  'core',
  'mart',
  'quality',
  'ops',
  'main',
  'temp',
  'system',
  'memory',
  'central',
  'centre',
  'dev',
  'temporal',
])

/** The profile of a region: `regions/<code>/region.yaml`. Its habits are the defaults of the region's contracts. */
export const regionProfile = z.strictObject({
  region: z
    .string()
    .regex(/^[a-z][a-z0-9]{1,15}$/, 'is 2 to 16 lower-case letters and digits, such as ng')
    .refine((code) => !reserved.has(code), 'is a word that DuckDB or a schema of a warehouse has')
    .describe('Code of the region; names its folder, task queue and warehouse'),
  name: z.string().min(1).describe('Display name'),
  country: z.string().refine(isCountry, 'is no ISO 3166-1 alpha-2 code').describe('ISO 3166-1 alpha-2'),
  zone: z.string().refine(isZone, 'is no IANA time zone').describe('IANA time zone; local_date is a day in it'),
  currency: z
    .string()
    .refine((code) => currencies.has(code), 'is no ISO 4217 code')
    .describe('ISO 4217 code that a file without a currency is in'),
  decimal: z.enum(['.', ',']).default('.').describe('Decimal mark'),
  group: z.enum([',', '.', ' ', "'", '']).default(',').describe('Grouping mark; empty for none'),
  grouping: z.enum(['western', 'indian']).default('western').describe('1,234,567 or 12,34,567'),
  digits: z.enum(digitScripts).default('latin').describe('Digits that numbers and dates are written with'),
  date_order: z.enum(['dmy', 'mdy', 'ymd']).default('dmy').describe('Usual order of day, month and year'),
  weekend: z.array(z.enum(weekdays)).default(['sat', 'sun']).describe('Days of rest'),
  languages: z
    .array(z.string().regex(/^[a-z]{2,3}$/, 'is no ISO 639 code, such as en'))
    .min(1)
    .default(['en'])
    .describe('Languages that files are written in, that of business first: their month names and words are known'),
  schedule: z
    .strictObject({
      cron: z.string().default('*/15 * * * *').describe("Cron in the region's zone"),
      catchup: z
        .string()
        .regex(/^\d+(s|m|h|d)$/)
        .default('1h')
        .describe('How far back missed runs are made up for'),
      jitter: z
        .string()
        .regex(/^\d+(s|m|h)$/)
        .default('30s')
        .describe('Random delay, so that regions do not start together'),
    })
    .prefault({}),
  params: z
    .record(z.string(), z.record(z.string(), z.string()))
    .default({})
    .describe("Values of contracts' params, by source: { momo: { own_account: … } }"),
})

export type RegionProfile = z.infer<typeof regionProfile>
