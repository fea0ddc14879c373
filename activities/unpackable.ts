import type { Fault } from '../models/fault.ts'
import type { Limits } from '../stage/staged.ts'
import type { LandedPart } from './landed-files.ts'

/** Why files inside archives could not be unpacked, as long as archive and limits stay the same. Forgotten with the process. */
export class Unpackable {
  readonly #known = new Map<string, { readonly stamp: string; readonly why: Fault }>()

  why(region: string, part: LandedPart, limits: Limits): Fault | undefined {
    const known = this.#known.get(keyOf(region, part))
    return known?.stamp === stampOf(part, limits) ? known.why : undefined
  }

  note(region: string, part: LandedPart, limits: Limits, why: Fault): void {
    this.#known.set(keyOf(region, part), { stamp: stampOf(part, limits), why })
  }
}

const keyOf = (region: string, { name }: LandedPart): string => `${region} ${name}`

const stampOf = ({ landing: { path, sizeBytes, mtimeNs, ctimeNs } }: LandedPart, limits: Limits): string =>
  JSON.stringify([path, sizeBytes, mtimeNs, ctimeNs, limits])
