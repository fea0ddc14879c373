import { seeded } from '../../../scripts/generate/random.ts'
import { characterKinds } from './character-kinds.ts'
import { encodingKinds } from './encoding-kinds.ts'
import { fileKinds } from './file-kinds.ts'
import { lineKinds } from './line-kinds.ts'
import type { Pollute } from './made.ts'
import { rowKinds } from './row-kinds.ts'
import { tableKinds } from './table-kinds.ts'
import type { Truth } from './truth.ts'

export interface Polluted {
  readonly kind: string
  readonly bytes: Uint8Array
  readonly truth: Truth
  /** The table in a file that nothing was done to. */
  readonly before: string
  /** How the table is written and what was done to it. */
  readonly note: string
}

const polluters: Record<string, Pollute> = {
  ...fileKinds,
  ...tableKinds,
  ...characterKinds,
  ...rowKinds,
  ...lineKinds,
  ...encodingKinds,
}

export const kinds: readonly string[] = Object.keys(polluters)

/**
 * A polluted file and what a reader told nothing should read from it. The kinds are those of the Pollock benchmark and
 * some of daily life; the same seed gives the same file, seeds in a row go round the kinds.
 */
export function pollute(seed: number, kind = kinds[seed % kinds.length] as string): Polluted {
  const { content, truth, before, note } = (polluters[kind] as Pollute)(seeded(seed))
  return { kind, bytes: typeof content === 'string' ? Buffer.from(content) : content, truth, before, note }
}
