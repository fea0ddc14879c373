import type { FormatType, FoundKey } from './contract.ts'
import type { ContractYaml } from './grammar.ts'
import { asList } from './reading.ts'

type FormatKey = keyof NonNullable<ContractYaml['format']>

/** Formats of cells in an order, below a header. */
export const tables: readonly FormatType[] = ['csv', 'fixed', 'excel', 'html']

/** Keys of `format` that mean something for some types only. */
export const typesOfKey: readonly (readonly [FormatKey, readonly FormatType[]])[] = [
  ['delimiter', ['csv']],
  ['quote', ['csv']],
  ['escape', ['csv']],
  ['record_end', ['csv']],
  ['trailing_delimiter', ['csv']],
  ['encoding', [...tables, 'json', 'ndjson', 'xml', 'camt', 'ofx', 'mt940', 'bai2']],
  ['skip_rows', tables],
  ['header', tables],
  ['end', tables],
  ['path', ['json', 'xml']],
  ['comment', ['csv']],
  ['sheet', ['excel', 'html']],
  ['values', ['excel', 'html']],
  ['widths', ['fixed']],
]

/** What a contract says of the type of its files. */
export interface SaidType {
  /** By the key `type`, the ending in `match`, or keys that only it has; null: nothing tells. */
  readonly type: FormatType | null
  /** Whether the files can not be of another type all the same. */
  readonly isFixed: boolean
}

/**
 * A type that is given is fixed, and so is one that is told by its own keys. An ending in `match` is a name, and names
 * lie: what the file shows goes before it.
 */
export function saidType(yaml: ContractYaml): SaidType {
  const { format = {} } = yaml
  if (format.type !== undefined) return { type: format.type, isFixed: true }
  const byKeys = typeByKeys(format)
  const byEnding = typeByEnding(asList(yaml.match))
  if (byEnding !== null) return { type: byEnding, isFixed: byKeys?.isFixed ?? false }
  return byKeys ?? { type: null, isFixed: false }
}

function typeByKeys(format: NonNullable<ContractYaml['format']>): SaidType | null {
  const has = (...keys: FormatKey[]) => keys.some((key) => format[key] !== undefined)
  if (has('delimiter', 'quote', 'escape', 'record_end', 'trailing_delimiter', 'comment'))
    return { type: 'csv', isFixed: true }
  if (has('widths')) return { type: 'fixed', isFixed: true }
  if (has('path')) return { type: /^$|\[\]/.test(format.path ?? '') ? 'json' : 'xml', isFixed: true }
  return has('sheet', 'values') ? { type: 'excel', isFixed: false } : null
}

const endings: Readonly<Record<string, FormatType>> = {
  ...{ csv: 'csv', tsv: 'csv', tab: 'csv', json: 'json', ndjson: 'ndjson', jsonl: 'ndjson' },
  ...{ xlsx: 'excel', xlsm: 'excel', xls: 'excel', html: 'html', htm: 'html', xml: 'xml' },
  ...{ parquet: 'parquet', pq: 'parquet', arrow: 'arrow', feather: 'arrow', arrows: 'arrow' },
  ...{ sta: 'mt940', mt940: 'mt940', mt942: 'mt940', '940': 'mt940', '942': 'mt940' },
  ...{ ofx: 'ofx', qfx: 'ofx', bai: 'bai2', bai2: 'bai2' },
}

/** What every pattern ends in, packed or not: `*.csv`, `*.csv*`, `*.xlsx`, `*.{sta,mt940}`; null where they differ. */
function typeByEnding(patterns: readonly string[]): FormatType | null {
  const types = patterns.flatMap((pattern) => {
    const found = /\.(?:([a-z\d]+)|\{([a-z\d,]+)\})\*?(?:\.(?:gz|zst|bz2|zip))?\*?$/i.exec(pattern)
    const names = (found?.[1] ?? found?.[2] ?? '').toLowerCase().split(',')
    return names.map((name) => (Object.hasOwn(endings, name) ? (endings[name] as FormatType) : null))
  })
  const [first = null] = types
  return types.every((type) => type === first) ? first : null
}

const yamlKeys: readonly (readonly [FoundKey, FormatKey])[] = [
  ['delimiter', 'delimiter'],
  ['quote', 'quote'],
  ['escape', 'escape'],
  ['recordEnd', 'record_end'],
  ['encoding', 'encoding'],
]

/** What the contract leaves to the file: the keys that it does not give and that may mean something. */
export function leftToFile(yaml: ContractYaml): FoundKey[] {
  const { format = {} } = yaml
  const { type, isFixed } = saidType(yaml)
  const keys = yamlKeys.flatMap(([found, key]) => {
    const types = typesOfKey.find(([name]) => name === key)?.[1] ?? []
    const means = !isFixed || type === null || types.includes(type)
    return means && format[key] === undefined ? [found] : []
  })
  return isFixed ? keys : ['type', ...keys]
}
