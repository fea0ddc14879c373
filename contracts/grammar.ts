import { z } from 'zod'
import type { FieldType } from '../models/field.ts'
import { modelNames } from '../models/index.ts'
import { digitScripts } from '../models/region.ts'
import { formatTypes } from './contract.ts'
import { encodingNames } from './encodings.ts'

/**
 * The shape of a contract in YAML. What a shape can not tell (a field the model lacks, a mark used twice) is in
 * `contracts/meaning.ts`. Nothing here refines or transforms, so that the JSON Schema tells the same.
 */

const groupMarks = [',', '.', ' ', "'", ''] as const
const wordPattern = /^[a-z][a-z0-9_]{0,62}$/
const word = z.string({ error: 'is not text' }).regex(wordPattern, 'is no word of lower-case letters, digits and _')

const nonEmpty = z.string().min(1, 'is empty')
const list = <T extends z.ZodType>(item: T, what: string) =>
  z.union([item, z.array(item).min(1, 'is an empty list')], { error: `is ${what}, or a list of them` })

const scalar = z.union([z.string(), z.number(), z.boolean()], { error: 'is a single value' })
const words = list(scalar, 'a word')
const names = list(nonEmpty, 'a column name')
const position = z
  .int('is a position: a whole number from 1')
  .min(1, 'is no position: they count from 1')
  .max(10_000, 'is past the last column a file can have (10000)')
const positions = list(position, 'a position')

/** One column: its name, or its position where names repeat. */
const columnRef = z.union([nonEmpty, z.strictObject({ column: position })], {
  error: 'is a column name, or { column: position }',
})

const decimal = z.enum(['.', ',']).describe('Decimal mark')
const group = z.enum(groupMarks).describe('Grouping mark; empty for none')
const grouping = z.enum(['western', 'indian']).describe('1,234,567 or 12,34,567')
const digits = z.enum(digitScripts).describe('Digits that numbers and times are written with')
const nil = words.describe('Words that mean absent')
const zone = nonEmpty.describe('IANA time zone of times that carry no offset')
const symbols = list(nonEmpty, 'a sign such as "$"').describe('Currency signs that may stand before or behind a number')
const offset = /^[+-](?:0\d|1[0-5]):[0-5]\d$/
const zoneWords = z
  .strictObject({
    from: nonEmpty.describe('The column whose word tells the zone; none: the word stands in the time, as z').optional(),
    column: position.describe('The same by position').optional(),
    map: z
      .record(
        z.string(),
        z.string({ error: 'is not an offset such as -08:00' }).regex(offset, 'is not an offset such as -08:00'),
      )
      .describe('Words and their offsets: { PST: "-08:00" }'),
  })
  .meta({ not: { required: ['from', 'column'] } })
const language = list(nonEmpty, 'a language such as fr').describe('Languages of names of months and weekdays')
const calendar = z.enum(['gregorian', 'buddhist', 'persian', 'hijri']).describe('What years are counted in')
const bound = 'a column; or a date such as 2026-01-01, or a text with {a param}'
const times = list(nonEmpty, 'a format').describe('How times are written: DD/MM/YYYY HH:mm:ss')
const year = z.union(
  [
    z.string(),
    z.number(),
    z.strictObject({
      from: nonEmpty.describe(`First day of the period: ${bound}`),
      to: nonEmpty.describe('Its last day'),
      format: times.optional(),
    }),
  ],
  { error: 'is a year such as 2026 or "{year}", or the period that dates are in: { from: column, to: column }' },
)
const unit = z.enum(['major', 'minor']).describe('major: naira; minor: kobo, whole numbers')

const sign = z
  .strictObject({
    from: nonEmpty.describe('The column whose word gives the sign').optional(),
    column: position.describe('The same by position').optional(),
    negative: words.describe('Words that make an amount negative'),
    positive: words.describe('Words that leave it; without it, every other word does').optional(),
  })
  .meta({ oneOf: [{ required: ['from'] }, { required: ['column'] }] })

const sides = z.strictObject({
  credit: words.describe('Words of money in').optional(),
  debit: words.describe('Words of money out').optional(),
  bare: z.enum(['credit', 'debit']).describe('The side of a number without a word').optional(),
})

const agrees = z
  .strictObject({
    from: names.describe('Column, or columns joined by one space').optional(),
    column: positions.describe('The same by position from 1').optional(),
    format: times.optional(),
    zone: zone.optional(),
    language: language.optional(),
    calendar: calendar.optional(),
  })
  .meta({ oneOf: [{ required: ['from'] }, { required: ['column'] }] })

export const fieldRule = z.strictObject({
  from: names.describe('Column, or columns joined by one space').optional(),
  column: positions.describe('The same by position from 1').optional(),
  value: scalar.describe('The same value for every record').optional(),
  debit: columnRef.describe('Column of money out').optional(),
  credit: columnRef.describe('Column of money in').optional(),
  sql: nonEmpty.describe("SQL over the file's columns that gives the text").optional(),
  fallback: list(columnRef, 'a column')
    .describe('Taken where the columns are absent; the first that is not')
    .optional(),
  map: z.record(z.string(), scalar).describe("The file's words and what they mean").optional(),
  patterns: z
    .record(z.string(), scalar)
    .describe('Words with * for any text, in order, after those of map: { "FEE-*": fee }')
    .optional(),
  lookup: word
    .describe("A list beside the contracts, lookups/<name>.csv: the file's words and what they mean")
    .optional(),
  missing: z.enum(['reject', 'absent']).describe('What a word is that map, patterns and lookup do not know').optional(),
  format: times.optional(),
  zone: z
    .union([zone, zoneWords], { error: 'is a zone such as Africa/Lagos, or { from: column, map: { PST: "-08:00" } }' })
    .optional(),
  language: language.optional(),
  calendar: calendar.optional(),
  year: year.describe('Which year dates are in whose format tells none').optional(),
  agrees: agrees.describe('A second way the file tells the time; where both are there they tell the same').optional(),
  unit: unit.optional(),
  decimal: decimal.optional(),
  group: group.optional(),
  grouping: grouping.optional(),
  digits: digits.optional(),
  nil: nil.optional(),
  json: nonEmpty.describe('Path into a cell that holds JSON: $.creator_id').optional(),
  extract: nonEmpty.describe('RE2 pattern with one group, which is taken of each cell: Order #([0-9]+)').optional(),
  sign: sign.optional(),
  symbols: symbols.optional(),
  sides: sides.describe('Words before or behind a number that say its side').optional(),
  negate: z.boolean({ error: 'is not true or false' }).describe('The file writes the other sign').optional(),
  invert: z
    .boolean({ error: 'is not true or false' })
    .describe('The file says how many units one US dollar is, not how many dollars one unit is')
    .optional(),
})

export type FieldRuleYaml = z.infer<typeof fieldRule>

const number: readonly (keyof FieldRuleYaml)[] = ['decimal', 'group', 'grouping', 'digits', 'symbols']
const time: readonly (keyof FieldRuleYaml)[] = ['format', 'language', 'calendar', 'year', 'agrees', 'digits']
const everyType: readonly (keyof FieldRuleYaml)[] = [
  ...(['from', 'column', 'value', 'sql', 'fallback', 'nil', 'json', 'extract'] as const),
]

const meanings: readonly (keyof FieldRuleYaml)[] = ['map', 'patterns', 'lookup', 'missing']

/** The keys that mean something for a field of a type. */
export const keysOfType: Record<FieldType, readonly (keyof FieldRuleYaml)[]> = {
  text: [...everyType, ...meanings],
  choice: [...everyType, ...meanings],
  boolean: [...everyType, ...meanings],
  currency: [...everyType, ...meanings],
  country: [...everyType, ...meanings],
  integer: [...everyType, 'digits'],
  rate: [...everyType, ...number, 'invert'],
  money: [...everyType, ...number, 'unit', 'debit', 'credit', 'sign', 'sides', 'negate'],
  instant: [...everyType, ...time, 'zone'],
  date: [...everyType, ...time],
}

const direction = z.strictObject({
  in: columnRef.describe('Money in when the own account stands here'),
  out: columnRef.describe('Money out when it stands here'),
  own: z
    .union([word, z.array(word).min(1, 'is an empty list'), z.strictObject({ lookup: word })], {
      error: 'is a param, a list of them, or { lookup: name }',
    })
    .describe('The params with the own accounts, or a list beside the contracts with them'),
})

const fieldOf = z.union([nonEmpty, fieldRule], { error: "is a column name, or a rule such as { from: 'Amount' }" })

const question = z.strictObject({
  id: z
    .string({ error: 'is not text' })
    .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'is no word of lower-case letters, digits, dots, dashes and _')
    .describe('Names the question to whoever answers it'),
  question: nonEmpty.describe('What is not known, in plain words'),
  of: z
    .enum(['record', 'file'], { error: 'is record or file' })
    .describe('Whether a record that one answer alone can read decides itself; of a whole file it proves nothing')
    .optional(),
  candidates: z
    .record(
      nonEmpty,
      z
        .object({ sign: sign.optional(), direction: direction.optional() })
        .catchall(fieldOf)
        .describe('Put over the rules of fields'),
      { error: 'is a map of the answers there may be' },
    )
    .describe('The answers there may be, and what each says of fields'),
})

const oneColumn = {
  from: nonEmpty.describe('Column').optional(),
  column: position.describe('The same by position from 1').optional(),
}
const eitherColumn = { oneOf: [{ required: ['from'] }, { required: ['column'] }] }

const join = z.strictObject({
  by: names.describe('Column, or columns, that all lines of one record have in common'),
  main: nonEmpty.describe("A condition over the file's columns: the line that the record is made of"),
  parts: z
    .record(
      nonEmpty,
      z
        .strictObject({
          when: nonEmpty.describe("A condition over the file's columns: the line that has it"),
          ...oneColumn,
        })
        .meta(eitherColumn),
      { error: 'is a map of new columns and the lines that have them' },
    )
    .describe('Columns that the record has from other lines: { Fee Amount: { when: "Line = \'FEE\'", from: Amount } }'),
})

const rulesOver = z.record(z.string(), fieldOf, { error: 'is a map of fields and how each is filled' })

const recordKind = z.strictObject({
  name: word.describe('What it is called').optional(),
  when: nonEmpty.describe("A condition over the file's columns; the first kind for which it is true takes the record"),
  fields: rulesOver.describe('Put over the rules of fields').optional(),
  sign: sign.optional(),
  direction: direction.optional(),
})

const entry = z.strictObject({
  name: word.describe('What it is called'),
  when: nonEmpty.describe("A condition over the file's columns: records for which it is not true lack it").optional(),
  fields: rulesOver.describe('Put over the rules of fields').optional(),
  sign: sign.optional(),
  direction: direction.optional(),
})

/** How an amount is read that is none of a record's fields. */
const amountRule = fieldRule.pick({
  ...({ from: true, column: true, decimal: true, group: true, grouping: true } as const),
  ...({ digits: true, unit: true, nil: true, sign: true, symbols: true, sides: true, negate: true } as const),
})

const label = (what: string) => nonEmpty.describe(`A cell's whole text: the amount is ${what}`).optional()

const givenAmount = amountRule
  .extend({
    ...oneColumn,
    beside: label('in the next filled cell to the right; behind a label that ends in a colon in the cell itself'),
    below: label('in the next row, below it'),
    row: label('in this row, under the column that from or column names'),
  })
  .meta({ anyOf: ['from', 'column', 'beside', 'below'].map((key) => ({ required: [key] })) })

export type GivenAmountYaml = z.infer<typeof givenAmount>

const balance = amountRule
  .extend({
    ...oneColumn,
    of: nonEmpty.describe("What one record moves, in SQL over the model's fields: net"),
    by: z.array(word).describe('Fields: each of their values has a balance of its own').optional(),
    order: z.enum(['found', 'oldest_first', 'newest_first']).describe('How records stand in the file').optional(),
    shows: z.enum(['after', 'before']).describe('Whether it is the balance after the record, or before').optional(),
  })
  .meta(eitherColumn)

const total = z.strictObject({
  sum: nonEmpty.describe("What is added up over the counted records that load, in SQL over the model's fields: net"),
  equals: nonEmpty.describe('What it must come to, in SQL over the names of values: closing - opening'),
})

const severity = z.enum(['reject', 'warn', 'block'])

const check = z
  .strictObject({
    name: word.describe('Its reason code is check.<name>'),
    sql: nonEmpty.describe("A condition over the model's fields that every record meets; null passes").optional(),
    rows: z
      .strictObject({
        min: z.int('is not a whole number').min(0, 'is below 0').optional(),
        max: z.int('is not a whole number').min(0, 'is below 0').optional(),
      })
      .describe('How many valid records a file has')
      .optional(),
    max_age: z
      .string({ error: 'is not a time span such as 30m, 26h or 2d' })
      .regex(/^[1-9]\d{0,5}[mhd]$/, 'is not a time span such as 30m, 26h or 2d')
      .describe('How old the newest record may be when the file arrives: 30m, 26h, 2d')
      .optional(),
    balance: balance.describe("A column's balance follows from record to record").optional(),
    total: total.describe('What the records come to is what the file says').optional(),
    tolerance: scalar.describe('What a balance or total may be off: 0.01').optional(),
    severity: severity.describe('reject the row, warn, or block the file').optional(),
  })
  .meta({ oneOf: ['sql', 'rows', 'max_age', 'balance', 'total'].map((key) => ({ required: [key] })) })

export type CheckYaml = z.infer<typeof check>

const character = z.string().regex(/^[^\r\n]$/, 'is not one character')

const format = z.strictObject({
  type: z.enum(formatTypes).describe('By default told by the file itself, else by the ending in match').optional(),
  delimiter: z
    .string()
    .regex(
      /^[^\p{L}\p{N}"\r\n]{1,8}$/u,
      'is not a delimiter: one or a few marks, no letters, digits or quotes; a tab is "\\t" in double quotes',
    )
    .describe('Between cells; of several characters only the slower reader takes it')
    .optional(),
  quote: character.nullable().describe('Around cells that hold delimiters; null for none').optional(),
  escape: character.nullable().describe('Before a quote inside quotes; by default the quote itself').optional(),
  record_end: z
    .string()
    .regex(
      /^[^\p{L}\p{N}"]{1,8}$/u,
      'is not a record end: one or a few marks, no letters, digits or quotes; a line feed is "\\n" in double quotes',
    )
    .describe('What ends a record where that is no line end; only the slower reader takes it')
    .optional(),
  trailing_delimiter: z
    .literal(true, { error: 'is not true; leave it out where records end with their last cell' })
    .describe('Records end with one more delimiter than the header, and nothing behind it')
    .optional(),
  encoding: z.enum(encodingNames as [string, ...string[]]).optional(),
  skip_rows: z
    .int('is a whole number')
    .min(0, 'is below 0')
    .max(1000, 'is over 1000')
    .describe('Lines before the header; without it the header is found by its cells')
    .optional(),
  header: z
    .boolean({ error: 'is not true or false' })
    .describe('Whether columns are named; else they are column1, column2, …')
    .optional(),
  footer: nonEmpty.describe('RE2 pattern of records to ignore, such as totals').optional(),
  end: nonEmpty.describe('RE2 pattern of the record from which on nothing is one, such as a summary').optional(),
  path: z
    .string()
    .describe('Where the records are: data[] in JSON, Document/Stmt/Ntry in XML; empty: each JSON document is one')
    .optional(),
  comment: nonEmpty.max(8, 'is over 8 characters').describe('A line that starts with it is no record').optional(),
  sheet: nonEmpty.describe('Name of the sheet; by default the first one that has the columns').optional(),
  values: z
    .enum(['stored', 'shown'])
    .describe('Cells of sheets as they are stored (numbers in full, ISO dates) or as the sheet shows them')
    .optional(),
  widths: z
    .array(z.int('is a width: a whole number from 1').min(1, 'is no width: a column has at least one character'))
    .min(1, 'is an empty list')
    .max(10_000, 'has more columns than a file can have (10000)')
    .describe('Characters of each column of fixed width, in order')
    .optional(),
})

export const contractYaml = z.strictObject({
  source: word.describe("One feed; the file's own name without its ending"),
  model: z.enum(modelNames as [string, ...string[]]).describe('What a record is'),
  match: list(nonEmpty, 'a pattern').describe("Files of the source, below the region's landing folder"),
  format: format.optional(),
  key: z
    .union(
      [
        z.array(word).min(1, 'is an empty list'),
        z.strictObject({ occurrence: z.array(nonEmpty).min(1, 'is an empty list').describe('Columns of the line') }),
      ],
      { error: 'is a list of fields, or { occurrence: [columns] }' },
    )
    .describe('What identifies a record in the source')
    .optional(),
  mode: z.enum(['append', 'upsert', 'snapshot']).optional(),
  provider: nonEmpty.optional(),
  role: z.enum(['processor', 'store', 'bank']).describe("Only a processor's rows are summed as sales").optional(),
  rail: z.enum(['custodial', 'non_custodial']).optional(),
  params: z
    .union([z.array(word).min(1, 'is an empty list'), z.record(z.string(), scalar)], {
      error: 'is a list of names, or names with their values',
    })
    .describe('Values the file does not hold, such as the own account')
    .optional(),
  direction: direction.optional(),
  sign: sign.optional(),
  only: nonEmpty
    .describe("A condition over the file's columns; records for which it is not true are ignored")
    .optional(),
  nil: nil.optional(),
  zone: zone.optional(),
  language: language.optional(),
  decimal: decimal.optional(),
  group: group.optional(),
  grouping: grouping.optional(),
  digits: digits.optional(),
  unit: unit.optional(),
  symbols: symbols.optional(),
  fields: z
    .record(z.string(), fieldOf, { error: 'is a map of the fields and how each is filled' })
    .describe('How each field of the model is filled'),
  open: z
    .array(question, { error: 'is a list of questions' })
    .min(1, 'is an empty list')
    .describe('What nobody has answered yet; records that hang on it are held')
    .optional(),
  sections: z
    .record(nonEmpty, nonEmpty, { error: 'is a map of new columns and patterns of headings' })
    .describe('Columns that headings make for the lines below them: { Account: "^Account: ([0-9]+)" }')
    .optional(),
  join: join.describe('Lines of one id that are one record').optional(),
  records: z
    .array(recordKind, { error: 'is a list of kinds of records' })
    .min(1, 'is an empty list')
    .describe('Kinds of records in one file, and what each says of fields')
    .optional(),
  entries: z
    .array(entry, { error: 'is a list of entries' })
    .min(1, 'is an empty list')
    .describe('What one record becomes: each entry is a row of its own')
    .optional(),
  values: z
    .record(z.string(), givenAmount, { error: 'is a map of names and where each amount is' })
    .describe('Amounts that the file gives beside its records, for total checks')
    .optional(),
  checks: z.array(check, { error: 'is a list of checks' }).optional(),
  on_new_column: z.enum(['ignore', 'warn', 'block', 'add']).optional(),
})

export type ContractYaml = z.infer<typeof contractYaml>
