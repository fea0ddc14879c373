import { join } from 'node:path'
import { z } from 'zod'
import { isCountry } from '../models/country.ts'
import { currencies } from '../models/currency.ts'
import { product } from '../models/product.ts'
import { transaction } from '../models/transaction.ts'
import { packageRoot } from '../project/package-root.ts'
import { readYamlFile } from '../project/read-yaml-file.ts'

/** What a column can mean. Each is a key of `columns` in columns.yaml. */
export const columnMeanings = [
  'id',
  'external_reference',
  'payout_reference',
  'time',
  'value_date',
  'settled_time',
  'other_time',
  'amount',
  'gross',
  'net',
  'fee',
  'tax',
  'discount',
  'other_amount',
  'refunded',
  'debit',
  'credit',
  'balance',
  'currency',
  'status',
  'other_status',
  'type',
  'direction_marker',
  'sender',
  'receiver',
  'description',
  'product',
  'quantity',
  'customer_country',
  'account',
  'card',
  'party_id',
  'authorisation',
  'channel',
  'zone',
  'row_number',
  'opening',
  'closing',
  'creator',
  'name',
  'title',
  'price',
  'country',
  'joined',
  'rate',
  'email',
  'phone',
] as const

const languages = [
  'en',
  'fr',
  'pt',
  'es',
  'id',
  'vi',
  'sw',
  'bn',
  'ur',
  'hi',
  'ar',
  'tr',
  'de',
  'it',
  'nl',
  'th',
  'ne',
  'si',
] as const

const choicesOf = <N extends 'kind' | 'status'>(name: N) =>
  transaction.fields.flatMap((field) => (field.name === name ? field.choices : [])) as Extract<
    (typeof transaction.fields)[number],
    { name: N }
  >['choices'][number][]

const language = z.enum(languages)
const phrase = z.string().min(1)
const byLanguage = z.partialRecord(language, z.array(phrase).min(1))
const several = <T extends string>(meanings: readonly T[]) =>
  z.partialRecord(language, z.record(phrase, z.array(z.enum(meanings as [T, ...T[]])).min(2)))
const meanings = <T extends string>(names: readonly T[]) => z.record(z.enum(names as [T, ...T[]]), byLanguage)

const columnsFile = z.strictObject({
  head: z.strictObject({ last: z.array(language), first: z.array(language) }),
  fillers: byLanguage,
  abbreviations: z.record(phrase, phrase),
  containers: z.array(phrase),
  several: several(columnMeanings),
  columns: meanings(columnMeanings),
})

const kinds = choicesOf('kind')
const statuses = [...choicesOf('status'), 'memo' as const]
const sides = ['debit', 'credit'] as const
const ways = ['in', 'out'] as const
const lines = ['total', 'summary', 'opening', 'closing'] as const

const flags = [
  ...(['success', 'paid', 'pending', 'failed', 'expired'] as const),
  ...(['disputed', 'reversed', 'refunded', 'refund'] as const),
] as const

const wordsFile = z.strictObject({
  kinds: meanings(kinds),
  statuses: meanings(statuses),
  flags: z.strictObject({ fillers: byLanguage, names: meanings(flags) }),
  sides: meanings(sides),
  ways: meanings(ways),
  lines: meanings(lines),
  several: z.strictObject({ kinds: several(kinds), statuses: several(statuses) }),
  negations: z.array(phrase),
  partly: z.array(phrase),
  elsewhere: byLanguage,
  nil: z.array(phrase),
})

/** What a column of a file that lists creators, accounts, products or rates can mean. Each is a key of `columns` in lists.yaml. */
export const listMeanings = [
  ...(['any_id', 'creator_id', 'person', 'first_name', 'last_name', 'joined', 'created', 'moved'] as const),
  ...(['product_id', 'title', 'price', 'listed', 'on_sale'] as const),
  ...(['provider', 'valid_from', 'valid_to'] as const),
  ...(['pair', 'base', 'quote', 'mid', 'buying', 'selling'] as const),
] as const

const offers = product.fields.flatMap((field) => (field.name === 'status' ? field.choices : []))

const listsFile = z.strictObject({
  links: z.strictObject({ per: z.array(phrase), to: z.array(phrase), dollar: z.array(phrase) }),
  several: several(listMeanings),
  columns: meanings(listMeanings),
  offers: meanings(offers),
  truths: meanings(['yes', 'no']),
})

const codes = z.array(z.string().refine((code) => currencies.has(code), 'is no ISO 4217 code'))

const symbolsFile = z.strictObject({
  currencies: z.record(phrase, codes.min(1)),
  names: z.record(phrase, codes.min(1)),
  minor_units: z.record(phrase, codes),
  codes_that_are_words: codes,
  look_alikes: z.record(phrase, phrase),
  per_dollar: z.record(
    z.string().refine((code) => currencies.has(code), 'is no ISO 4217 code'),
    z.number().positive(),
  ),
  zones: z.record(
    z.string().regex(/^[A-Z]+$/, 'is in capitals'),
    z
      .array(
        z.strictObject({
          offset: z.string().regex(/^[+-](0\d|1[0-4]):[0-5]\d$/, 'is an offset such as +05:30'),
          countries: z.array(z.string().refine(isCountry, 'is no ISO 3166-1 alpha-2 code')).default([]),
        }),
      )
      .min(1),
  ),
})

export type ListMeaning = (typeof listMeanings)[number]
/** The status of a product. */
export type Offer = (typeof offers)[number]
export type ColumnMeaning = (typeof columnMeanings)[number]
export type Kind = (typeof kinds)[number]
/** A status of the model, or `memo`: it never moved money. */
export type StatusWord = (typeof statuses)[number]
/** What a column of yes and no says of a payment. */
export type Flag = (typeof flags)[number]
export type Side = (typeof sides)[number]
/** Which way money goes, seen from the own account. */
export type Way = (typeof ways)[number]
/** What a line is that is no record. */
export type LineKind = (typeof lines)[number]

/** A file of `onboard/vocabulary/`, which is shipped beside `dist/`. @throws Fault "vocabulary.invalid" */
const read = <T extends z.ZodType>(name: string, schema: T): z.output<T> => {
  const path = `onboard/vocabulary/${name}`
  return readYamlFile(join(packageRoot, path), path, schema, 'a vocabulary', 'vocabulary.invalid')
}

export const readColumns = () => read('columns.yaml', columnsFile)
export const readWords = () => read('words.yaml', wordsFile)
export const readLists = () => read('lists.yaml', listsFile)
export const readSymbols = () => read('symbols.yaml', symbolsFile)
