import { contractVersion } from '../contracts/version.ts'
import { models } from '../models/index.ts'
import type { Judged } from './bring-back.ts'
import { saidOf, textValue } from './core-tables.ts'
import { literal } from './duck.ts'

/** Records of files that one contract has judged, as SQL; `_file` is their file's id. */
export interface Part {
  /** Every record but the ignored ones. */
  readonly records: string
  /** Records whose key an earlier valid record of their file has; undefined: there are none. */
  readonly repeats: string | undefined
  /** Records that go to core if nothing there speaks against it, with what the contract says of its rows, and `extra`. */
  readonly rows: string
}

/** What files give, in as few relations as may be: a year of daily files is read by one statement. */
export function partsOf(judged: readonly Judged[]): Part[] {
  const groups: { version: string; files: Judged[] }[] = []
  for (const one of judged) {
    const version = contractVersion(one.contract)
    const last = groups.at(-1)
    if (last?.version === version) last.files.push(one)
    else groups.push({ version, files: [one] })
  }
  return groups.map(({ files }) => part(files))
}

function part(files: readonly Judged[]): Part {
  const [first] = files
  if (first === undefined) throw new Error('a part is of one file at least')
  const { contract } = first
  const records = relation(files, ({ recordsPath }) => recordsPath)
  const hasRepeats = files.some(({ staged }) => staged.repeatsPath !== undefined)
  const repeats = hasRepeats ? relation(files, ({ repeatsPath }) => repeatsPath) : undefined
  const said = Object.entries(saidOf(models[contract.model], contract))
  const columns = ['r.*', ...said.map(([name, text]) => `${textValue(text)}::varchar as ${name}`), '_extra as extra']
  const onlyFirst =
    repeats === undefined
      ? ''
      : `anti join ${repeats} p on p._file = r._file and p._line = r._line and p._entry = r._entry`
  return {
    records,
    repeats,
    rows: `(select ${columns.join(', ')} from ${records} r ${onlyFirst} where r._reasons is null)`,
  }
}

/** The Parquet of files that have it, each record with its file's id. */
function relation(files: readonly Judged[], pathOf: (staged: Judged['staged']) => string | undefined): string {
  const found = files.flatMap(({ id, staged }) => {
    const path = pathOf(staged)
    return path === undefined ? [] : [{ id, path }]
  })
  const ids = found.map(({ id }) => id).join(', ')
  const paths = found.map(({ path }) => literal(path)).join(', ')
  return `(select *, [${ids}][file_index::bigint + 1] as _file from read_parquet([${paths}]))`
}
