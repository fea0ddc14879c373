import { Fault } from '../models/fault.ts'
import { nearest } from '../models/nearest.ts'
import type { Contract, FieldRule, Year } from './contract.ts'
import { placeholders } from './patterns.ts'
import { rulesOf, variantsOf } from './variants.ts'

/** Params in use that still have no value: the path of the file, or `--param`, gives it. */
export const missingParams = (contract: Contract): string[] =>
  paramsIn(contract).filter((name) => !Object.hasOwn(contract.params, name))

/** Params that stand in the patterns of files and in the rules, on any track. */
const paramsIn = (contract: Contract): string[] => {
  const { match } = contract
  const written = variantsOf(contract)
    .flatMap(({ templates = {}, open }) => [templates, ...(open?.tracks ?? []).map((track) => track.templates ?? {})])
    .flatMap(Object.values)
  return [...new Set([...match, ...written].flatMap(placeholders))]
}

/**
 * The contract with these values for its params; a value given before is replaced.
 *
 * @throws Fault "contract.unknown-param" when the contract has no such param
 */
export function withParams(contract: Contract, values: Readonly<Record<string, string>>): Contract {
  const { variants } = contract
  const known = new Set([...Object.keys(contract.params), ...paramsIn(contract)])
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
  const whole = { ...contract, ...answered(contract, params), params }
  if (variants === undefined) return whole
  const list = variants.list.map((variant) => ({ ...variant, ...answered(variant, params) }))
  return { ...whole, fields: rulesOf({ ...variants, list }), variants: { ...variants, list } }
}

type Rules = Pick<Contract, 'fields' | 'sign' | 'direction' | 'open' | 'templates'>

/** Rules with the values of params, on every track. */
function answered(rules: Rules, params: Readonly<Record<string, string>>) {
  const { open } = rules
  const tracks = open?.tracks.map((track) => ({ ...track, ...filled(track, params) }))
  return {
    ...filled(rules, params),
    ...(open === undefined || tracks === undefined ? {} : { open: { ...open, tracks } }),
  }
}

/** Rules with the values of params. */
function filled(
  { fields, direction, templates = {} }: Pick<Contract, 'fields' | 'direction' | 'templates'>,
  params: Readonly<Record<string, string>>,
): Pick<Contract, 'fields' | 'direction'> {
  const fill = (text: string) => text.replace(/\{([a-z][a-z0-9_]*)\}/g, (whole, name: string) => params[name] ?? whole)
  const rules = Object.entries(fields).map(([name, rule]) => {
    const given = (key: keyof ReturnType<typeof valuesIn>) => {
      const template = templates[`fields.${name}.${key}`]
      return template === undefined ? valuesIn(rule)[key] : fill(template)
    }
    return [name, { ...rule, value: given('value'), ...withYear(rule.year, given) }]
  })
  return {
    fields: Object.fromEntries(rules),
    direction:
      direction === null
        ? null
        : { ...direction, own: direction.own.map((own, i) => fill(templates[`direction.own[${i}]`] ?? own)) },
  }
}

/** Texts of a rule that the contract gives, and in which params may stand. */
export const valuesIn = ({ value, year }: FieldRule) => ({
  value,
  year: year !== undefined && 'value' in year ? year.value : null,
  'year.from': year !== undefined && 'from' in year ? year.from.value : null,
  'year.to': year !== undefined && 'from' in year ? year.to.value : null,
})

function withYear(year: Year | undefined, given: (key: keyof ReturnType<typeof valuesIn>) => string | null) {
  if (year === undefined) return {}
  if ('value' in year) return { year: { value: given('year') ?? '' } }
  return {
    year: { from: { ...year.from, value: given('year.from') }, to: { ...year.to, value: given('year.to') } },
  }
}
