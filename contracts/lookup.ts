import { parse } from 'csv-parse/sync'
import type { RegionProfile } from '../models/region.ts'

/** A list beside a region's contracts, `lookups/<name>.csv`: the file's words, and what each means where it says so. */
export type Lookup = ReadonlyMap<string, string> | readonly string[]

/** The lists of a region. */
export interface Lookups {
  readonly names: readonly string[]
  /** A list; a text says what is wrong with it, and reads on from its name: `is not there`. */
  of(name: string): Lookup | string
}

export const noLookups: Lookups = { names: [], of: () => 'is not there' }

/** A region's habits and its lists. */
export type Region = RegionProfile & { readonly lookups: Lookups }

/** Its words are part of every contract that takes them, and of its version. */
export const mostWords = 20_000
export const lookupSizeLimit = 1024 * 1024

/**
 * The words of a list: CSV with a header, in its first column the file's words, in the second what they mean; or words
 * alone. A text says why it is none.
 */
export function parseLookup(text: string): Lookup | string {
  let rows: { record: string[]; info: { lines: number } }[]
  try {
    rows = parse(text, { bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true }) as never
  } catch (error) {
    return `is no CSV: ${(error as Error).message}`
  }
  const [header, ...body] = rows
  const columns = header?.record.length ?? 0
  if (body.length === 0) return 'has no words below a header'
  if (columns > 2) return `has ${columns} columns; the first is a word, the second what it means`
  if (body.length > mostWords) return `has ${body.length} words, and ${mostWords} are the most`
  const meanings = new Map<string, string>()
  const lines = new Map<string, number>()
  for (const { record, info } of body) {
    const [word = '', meaning = ''] = record.map((cell) => cell.normalize('NFC').trim())
    const line = info.lines
    if (record.length !== columns) return `has ${record.length} cells on line ${line}, and its header ${columns}`
    if (word === '') return `has no word on line ${line}`
    if (columns === 2 && meaning === '') return `does not say on line ${line} what ${JSON.stringify(word)} means`
    const before = lines.get(word)
    if (before !== undefined) return `has ${JSON.stringify(word)} on line ${before} and on line ${line}`
    lines.set(word, line)
    meanings.set(word, meaning)
  }
  return columns === 2 ? meanings : [...meanings.keys()]
}
