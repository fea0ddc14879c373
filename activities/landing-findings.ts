import type { Contract } from '../contracts/contract.ts'
import { formatProblem } from '../contracts/language.ts'
import { missingParams } from '../contracts/params.ts'
import type { BrokenContract, SourceMatch } from '../project/regions.ts'
import type { Warehouse } from '../warehouse/warehouse.types.ts'

/** Findings about the landing zone, and no file's records: each look at the zone tells them anew. */
export const landingCodes = [
  'contract.invalid',
  'contract.missing-param',
  'file.unmatched',
  'file.ambiguous',
  'landing.unreadable',
  'file.symlink',
  'file.outside',
  'file.not-regular',
]

/** How many names a finding lists. */
const maxNames = 5

interface Cause {
  readonly source: string
  readonly code: string
  readonly names: string[]
  /** Of the first file. */
  readonly message: string
}

/** Gathers what one walk over the landing zone met, one finding a source and cause. */
export class LandingFindings {
  readonly #causes = new Map<string, Cause>()
  readonly #broken: ReadonlySet<string>

  constructor(broken: readonly BrokenContract[]) {
    this.#broken = new Set(broken.map(({ source }) => source))
    for (const { source, errors } of broken) this.#add(source, 'contract.invalid', undefined, formatProblem(errors))
  }

  /** Something about one file; its source is the first folder of its path. */
  add(code: string, name: string, message: string): void {
    this.#add(folderOf(name), code, name, message)
  }

  /** The contract that judges a file, or undefined: then it waits, and a finding says for what. */
  choose(name: string, match: SourceMatch | undefined): Contract | undefined {
    if (match === undefined) {
      // The files of a broken contract wait for it; what it would match can not be told.
      if (!this.#broken.has(folderOf(name)))
        this.add('file.unmatched', name, `${name} matches no contract: it waits in the landing zone`)
      return undefined
    }
    if ('ambiguous' in match) {
      this.add('file.ambiguous', name, `${name} matches the contracts ${match.ambiguous.join(' and ')}: it waits`)
      return undefined
    }
    const { contract } = match
    const missing = missingParams(contract)
    if (missing.length === 0) return contract
    const message = `${name} waits: its contract needs ${missing.join(', ')}, which neither its path nor region.yaml gives`
    this.#add(contract.source, 'contract.missing-param', name, message)
    return undefined
  }

  /** Record what was met, and close what was not met any more. */
  async settle(warehouse: Pick<Warehouse, 'openFindings' | 'recordFinding' | 'resolveFinding'>): Promise<void> {
    const open = (await warehouse.openFindings()).filter(({ code }) => landingCodes.includes(code))
    for (const cause of this.#causes.values()) {
      const { source, code, names } = cause
      await warehouse.recordFinding({ source, code, message: messageOf(cause), example: names[0] ?? null })
    }
    for (const { source, code } of open)
      if (!this.#causes.has(keyOf(source, code))) await warehouse.resolveFinding(source, code)
  }

  #add(source: string, code: string, name: string | undefined, message: string): void {
    const key = keyOf(source, code)
    const cause = this.#causes.get(key) ?? { source, code, names: [], message }
    if (name !== undefined) cause.names.push(name)
    this.#causes.set(key, cause)
  }
}

const keyOf = (source: string, code: string): string => `${source} ${code}`

const folderOf = (name: string): string => (name.includes('/') ? name.slice(0, name.indexOf('/')) : '')

function messageOf({ message, names }: Cause): string {
  if (names.length < 2) return message
  const others = names.slice(1, maxNames).join(', ')
  const rest = names.length > maxNames ? ` and ${names.length - maxNames} more` : ''
  return `${message}. So do ${others}${rest}`
}
