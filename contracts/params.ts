import { Fault } from '../models/fault.ts'
import { nearest } from '../models/nearest.ts'
import type { Contract } from './contract.ts'
import { placeholders } from './patterns.ts'

/** Params in use that still have no value: the path of the file, or `--param`, gives it. */
export const missingParams = ({ match, templates = {}, params }: Contract): string[] =>
  [...new Set([...match, ...Object.values(templates)].flatMap(placeholders))].filter(
    (name) => !Object.hasOwn(params, name),
  )

/**
 * The contract with these values for its params; a value given before is replaced.
 *
 * @throws Fault "contract.unknown-param" when the contract has no such param
 */
export function withParams(contract: Contract, values: Readonly<Record<string, string>>): Contract {
  const { templates = {} } = contract
  const known = new Set([
    ...Object.keys(contract.params),
    ...contract.match.flatMap(placeholders),
    ...Object.values(templates).flatMap(placeholders),
  ])
  const params = { ...contract.params, ...values }
  for (const name of Object.keys(values)) {
    if (known.has(name)) continue
    const near = nearest(name, known)
    throw new Fault(
      'contract.unknown-param',
      `The contract ${contract.region}/${contract.source} has no param ${JSON.stringify(name)}.${near === null ? '' : ` Did you mean ${JSON.stringify(near)}?`}`,
      known.size === 0 ? 'Leave it out: the contract takes none.' : `Use one of ${[...known].join(', ')}.`,
    )
  }
  const fill = (text: string) => text.replace(/\{([a-z][a-z0-9_]*)\}/g, (whole, name: string) => params[name] ?? whole)
  const own = templates['direction.own']
  const fields = Object.entries(contract.fields).map(([name, rule]) => {
    const template = templates[`fields.${name}.value`]
    return [name, template === undefined ? rule : { ...rule, value: fill(template) }]
  })
  return {
    ...contract,
    fields: Object.fromEntries(fields),
    direction:
      contract.direction === null || own === undefined ? contract.direction : { ...contract.direction, own: fill(own) },
    params,
  }
}
