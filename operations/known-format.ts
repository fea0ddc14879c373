import type { Format } from '../contracts/contract.ts'
import type { Encoding } from '../contracts/encodings.ts'
import { unknownFormat } from '../readers/settle.ts'

/** What a person says of how files are read. */
export interface KnownFlags {
  readonly delimiter?: string
  readonly encoding?: Encoding
  readonly path?: string
}

/** The format with what a person says in it, the rest to be found in each file. */
export const knownFormat = ({ delimiter, encoding, path }: KnownFlags): Format => ({
  ...unknownFormat,
  ...(delimiter === undefined ? {} : { delimiter: delimiter === '\\t' ? '\t' : delimiter }),
  ...(encoding === undefined ? {} : { encoding }),
  path: path ?? null,
  found: unknownFormat.found.filter(
    (key) => !(key === 'delimiter' && delimiter !== undefined) && !(key === 'encoding' && encoding !== undefined),
  ),
})
