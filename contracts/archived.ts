import type { Contract, Format } from './contract.ts'
import { plainRule } from './value-rule.ts'

/** What contracts that were archived before there were these keys meant: a plain text, as the contract says. */
const before: Pick<Format, 'found' | 'recordEnd' | 'sheet' | 'values' | 'widths'> = {
  ...{ found: [], recordEnd: null, sheet: null, values: 'stored', widths: null },
}

/** An archived contract from its JSON, of any version of Entrepot. Its own version is the archive's name for it. */
export function archivedContract(json: string): Contract {
  const contract = JSON.parse(json) as Contract
  const fields = Object.entries(contract.fields).map(([name, rule]) => [name, { ...plainRule, ...rule }])
  return {
    ...contract,
    ...withOwn(contract),
    format: { ...before, ...contract.format },
    fields: Object.fromEntries(fields),
    ...(contract.open === undefined
      ? {}
      : { open: { ...contract.open, tracks: contract.open.tracks.map((track) => ({ ...track, ...withOwn(track) })) } }),
  }
}

/** There was one own account once. */
function withOwn({ direction, templates }: Pick<Contract, 'direction' | 'templates'>) {
  const own = direction?.own as readonly string[] | string | undefined
  if (direction === null || typeof own !== 'string') return {}
  const { 'direction.own': one, ...others } = templates ?? {}
  return {
    direction: { ...direction, own: [own] },
    ...(templates === undefined
      ? {}
      : { templates: { ...others, ...(one === undefined ? {} : { 'direction.own[0]': one }) } }),
  }
}
