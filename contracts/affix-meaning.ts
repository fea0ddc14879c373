import type { Field } from '../models/field.ts'
import type { ContractYaml, FieldRuleYaml } from './grammar.ts'
import { levelAt } from './level-meaning.ts'
import type { Path } from './problem.ts'
import { asList, type Reading } from './reading.ts'

/** Symbols can be told from the number they stand beside. */
export function symbols(reading: Reading, at: Path): void {
  const level = levelAt(reading, at) as Pick<ContractYaml, 'symbols'>
  if (level.symbols === undefined || !reading.sound([...at, 'symbols'])) return
  const isList = Array.isArray(level.symbols)
  for (const [i, symbol] of asList(level.symbols).entries()) {
    const wrong = asList(level.symbols).indexOf(symbol) < i ? `is ${JSON.stringify(symbol)} again` : wrongAffix(symbol)
    if (wrong !== undefined) reading.tell([...at, 'symbols', ...(isList ? [i] : [])], wrong)
  }
}

/** Sides, and what else would sign the same number. */
export function sidesOfField(reading: Reading, field: Field): void {
  const rule = reading.yaml.fields[field.name]
  if (rule === undefined || typeof rule === 'string') return
  const path = ['fields', field.name]
  const isDirected = reading.yaml.direction !== undefined && (field.name === 'gross' || field.name === 'net')
  for (const key of ['sides', 'negate'] as const)
    if (rule[key] !== undefined && isDirected && reading.sound(['direction']))
      reading.tell([...path, key], `means nothing for ${field.name} beside direction, which signs it`, null, 'key')
  sides(reading, path, rule.sign ?? reading.yaml.sign)
}

/** @param sign what signs the same number by another column */
export function sides(reading: Reading, path: Path, sign: ContractYaml['sign']): void {
  const rule = levelAt(reading, path) as Pick<FieldRuleYaml, 'sides' | 'symbols'>
  const { sides } = rule
  if (sides === undefined || !reading.sound([...path, 'sides'])) return
  if (sign !== undefined && reading.sound(['sign']))
    reading.tell([...path, 'sides'], 'tells the side, and so does sign; keep one', null, 'key')
  const [credit, debit] = [sides.credit, sides.debit].map((words) => asList(words).map(String))
  for (const [side, words] of [['credit', credit] as const, ['debit', debit] as const])
    for (const [i, word] of (words ?? []).entries()) {
      const others = side === 'debit' ? credit : asList(rule.symbols ?? reading.yaml.symbols)
      const wrong = others?.includes(word)
        ? `is ${JSON.stringify(word)}, which ${side === 'debit' ? 'credit' : 'symbols'} has too`
        : wrongAffix(word)
      if (wrong !== undefined) reading.tell([...path, 'sides', side, ...(Array.isArray(sides[side]) ? [i] : [])], wrong)
    }
  const lacking = sides.credit === undefined ? 'credit' : sides.debit === undefined ? 'debit' : undefined
  if (lacking !== undefined && sides.bare !== lacking)
    reading.tell(
      [...path, 'sides'],
      `tells no ${lacking}; give its words, or bare: ${lacking} for numbers without a word`,
      null,
      'key',
    )
}

/** Why a text can not stand before or behind a number; undefined where it can. */
function wrongAffix(text: string): string | undefined {
  const why = (what: string) => `is ${JSON.stringify(text)}, which can not stand beside a number: it ${what}`
  if (/\p{N}/u.test(text)) return why('has a digit')
  if (/["'\u2019]/.test(text)) return why('has a quote')
  if (/[-+\u2212()]/.test(text)) return why('has a plus, minus or parenthesis')
  if (/[,\u066b\u066c]|^\s*\./.test(text)) return why('has a mark of numbers')
  return text.trim() === '' ? why('is only spaces') : undefined
}
