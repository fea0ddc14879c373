import type { Format, FoundKey } from '../contracts/contract.ts'
import { encodingNames, encodingOf } from '../contracts/encodings.ts'
import { Fault } from '../models/fault.ts'
import { plainCsv } from '../readers/guess.ts'

/** What a person says of how files are read. */
export interface KnownFlags {
  readonly delimiter?: string
  readonly encoding?: string
  readonly path?: string
}

/**
 * The format with what a person says in it, the rest to be found in each file.
 *
 * @throws Fault "usage" for an encoding that is not known
 */
export function knownFormat({ delimiter, encoding, path }: KnownFlags): Format {
  const found: FoundKey[] = ['type', 'quote', 'escape', 'recordEnd']
  if (delimiter === undefined) found.push('delimiter')
  if (encoding === undefined) found.push('encoding')
  const known = encoding === undefined ? 'utf-8' : encodingOf(encoding)
  if (known === undefined)
    throw new Fault('usage', `There is no encoding "${encoding}".`, `Known are ${encodingNames.join(', ')}.`)
  return {
    ...plainCsv,
    found,
    delimiter: delimiter === '\\t' ? '\t' : (delimiter ?? ','),
    encoding: known,
    path: path ?? null,
  }
}
