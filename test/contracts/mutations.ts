import { isMap, isScalar, LineCounter, type Pair, parseDocument, type Scalar, visit } from 'yaml'
import { keyOf } from '../../contracts/problem.ts'

/** One slip of a pen in a contract that was sound, and where it must be found. */
export interface Mutation {
  readonly what: string
  readonly file: string
  readonly text: string
  readonly line: number
  readonly key: string
  /** The word that was meant, where a misspelt one is near it. */
  readonly meant?: string
}

/** A key with its value, and where they stand. */
interface Place {
  readonly path: readonly (string | number)[]
  readonly name: string
  readonly keyAt: readonly [number, number]
  /** Undefined where the value is a map or list. */
  readonly value: Scalar | undefined
  readonly valueAt: readonly [number, number]
  readonly isFlow: boolean
}

/** Every slip that can be made in a contract, in a fixed order. */
export function mutationsOf(file: string, text: string): Mutation[] {
  const lines = new LineCounter()
  const places = placesOf(text, lines)
  const lineOf = (at: number) => lines.linePos(at).line
  const found: Mutation[] = []
  const add = (what: string, place: Place, from: number, to: number, by: string, path = place.path, meant?: string) =>
    found.push({
      what: `${what}: ${keyOf(place.path)}`,
      file,
      text: text.slice(0, from) + by + text.slice(to),
      line: lineOf(from),
      key: keyOf(path),
      ...(meant === undefined ? {} : { meant }),
    })
  for (const place of places) {
    const { path, name, keyAt, value, valueAt } = place
    const [parent] = path.slice(-2)
    const inFreeMap =
      parent === 'map' ||
      parent === 'parts' ||
      parent === 'sections' ||
      parent === 'candidates' ||
      parent === 'patterns' ||
      (parent === 'params' && path.length > 1)
    const replaceValue = (what: string, by: string, meant?: string) =>
      add(what, place, valueAt[0], valueAt[1], by, path, meant)
    if (!inFreeMap) {
      const typo = misspell(name)
      const isField = path.length === 2 && parent === 'fields'
      add(
        isField ? 'unknown field' : parent === 'values' ? 'renamed amount' : 'renamed key',
        place,
        keyAt[0],
        keyAt[1],
        typo,
        [...path.slice(0, -1), typo],
        name,
      )
    }
    if (value !== undefined && !place.isFlow) {
      const start = text.lastIndexOf('\n', keyAt[0]) + 1
      const end = text.indexOf('\n', keyAt[0]) + 1
      const line = text.slice(start, end)
      if (!line.trimStart().startsWith('-'))
        found.push({
          what: `duplicate key: ${keyOf(path)}`,
          file,
          text: text.slice(0, end) + line + text.slice(end),
          line: lineOf(start) + 1,
          key: keyOf(path),
        })
    }
    if (value !== undefined) {
      if (name !== 'quote') replaceValue('no value', '')
      if (parent !== 'fields' && !columnKeys.has(name)) replaceValue('map for a value', '{ what: ever }')
      if (choiceKeys.has(name) && !inFreeMap)
        replaceValue('misspelt choice', misspell(String(value.value)), String(value.value))
      for (const [what, by] of wrongValues[name] ?? []) if (!inFreeMap) replaceValue(what, by)
      if (parent === 'sections') replaceValue('no group', 'Account')
      if (parent === 'map' || parent === 'patterns') replaceValue('map to no choice', 'sael')
      if (name === 'value' && parent === 'kind') replaceValue('no choice', 'trasnfer', 'transfer')
      if (name === 'value' && parent === 'fee') replaceValue('no money', '1e3')
      if (name === 'value' && parent === 'currency') replaceValue('no currency', 'XXZ')
      if (name === 'sql' && path[0] === 'fields') replaceValue('no column', '"lower(1)"')
      if (name === 'match') replaceValue('match leaves', '../other/*.csv')
    }
    if (path.length === 2 && parent === 'fields' && (value === undefined || !place.isFlow)) {
      const start = text.lastIndexOf('\n', keyAt[0]) + 1
      const by = '  colour: { from: Colour }\n'
      add('unknown field', place, start, start, by, ['fields', 'colour'])
    }
    if (
      ['transaction_id', 'kind', 'status', 'reference'].includes(name) &&
      parent === 'fields' &&
      isRuleMap(text, valueAt)
    ) {
      const at = text.indexOf('from:', keyAt[0])
      if (at > 0 && at < valueAt[1]) {
        const pad = place.isFlow || text.slice(valueAt[0], at).includes('{') ? ', ' : `\n${' '.repeat(4)}`
        const rule = [...path, 'unit']
        const lineEnd = pad === ', ' ? text.indexOf('}', at) : text.indexOf('\n', at)
        const before = text.slice(0, lineEnd)
        const after = text.slice(lineEnd)
        if (pad !== ', ')
          found.push({
            what: `unit of text: ${keyOf(path)}`,
            file,
            text: `${before}${pad}unit: minor${after}`,
            line: lineOf(at) + 1,
            key: keyOf(rule),
          })
        else if (!text.slice(at, lineEnd).includes('{'))
          found.push({
            what: `unit of text: ${keyOf(path)}`,
            file,
            text: `${before}, unit: minor ${after}`,
            line: lineOf(lineEnd),
            key: keyOf(rule),
          })
      }
    }
  }
  return found
}

const isRuleMap = (text: string, [from]: readonly [number, number]): boolean => from < text.length

/** Keys whose value may be a map too: `{ column: 7 }`, `{ lookup: accounts }`. */
const columnKeys = new Set(['own', 'debit', 'credit', 'in', 'out', 'fallback', 'zone', 'year'])

const choiceKeys = new Set([
  ...[
    'model',
    'mode',
    'role',
    'rail',
    'type',
    'encoding',
    'unit',
    'digits',
    'grouping',
    'severity',
    'on_new_column',
    'bare',
    'calendar',
    'order',
    'shows',
    'missing',
  ],
])

const wrongValues: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  source: [
    ['other source', 'elsewhere'],
    ['number for a word', '12'],
  ],
  only: [['no column', '"1 = 1"']],
  when: [['no column', '"1 = 1"']],
  year: [['no year', '26']],
  main: [['no column', '"1 = 1"']],
  end: [['bad pattern', '"^(Total"']],
  footer: [
    ['bad pattern', '"^(Total"'],
    ['look-ahead', '"^(?=Total)"'],
    ['back-reference', '"(a)\\\\1"'],
  ],
  path: [
    ['bad records path', 'data'],
    ['bad records path', '"$.data[]"'],
  ],
  skip_rows: [
    ['text for a number', 'two'],
    ['out of range', '-1'],
    ['fraction', '1.5'],
  ],
  header: [['text for a boolean', 'maybe']],
  trailing_delimiter: [['text for a boolean', 'maybe']],
  extract: [
    ['no group', 'Order'],
    ['look-ahead', '"(?=a)(b)"'],
    ['back-reference', '"(a)\\\\1"'],
  ],
  language: [['bad language', 'frx']],
  negate: [['text for a boolean', 'maybe']],
  invert: [['text for a boolean', 'maybe']],
  symbols: [['bad symbol', '"1$"']],
  quote: [['two characters', '"``"']],
  delimiter: [['letters', 'tab']],
  zone: [
    ['bad zone', 'Africa/Nairobbi'],
    ['bad zone', 'EAT+3'],
  ],
  column: [
    ['column out of range', '0'],
    ['column out of range', '-3'],
    ['column out of range', '10001'],
    ['fraction', '2.5'],
    ['name for a position', 'Amount'],
  ],
  json: [
    ['bad json path', 'creator'],
    ['bad json path', '"$.a[*]"'],
    ['bad json path', '"$..a"'],
    ['bad json path', '"$"'],
  ],
  format: [
    ['bad token', '"DD.MM.YYYY QQ:mm"'],
    ['no year', '"DD/MM HH:mm"'],
    ['no day', '"MM/YYYY HH:mm"'],
    ['twelve without A', '"DD/MM/YYYY hh:mm"'],
    ['month twice', '"DD/MM/YYYY HH:MM"'],
    ['glued', '"DMYYYY H:mm"'],
    ['count not alone', '"X YYYY"'],
  ],
  decimal: [['no mark', '";"']],
  group: [['no mark', '"_"']],
  own: [['unknown param', 'own_acount']],
  tolerance: [
    ['negative amount', '-0.01'],
    ['no amount', '1e-2'],
    ['no amount', 'little'],
  ],
  name: [
    ['bad name', '"Not Zero"'],
    ['number for a word', '7'],
  ],
  max_age: [
    ['bad span', '26 hours'],
    ['bad span', '"0h"'],
  ],
  min: [
    ['text for a number', 'few'],
    ['out of range', '-1'],
  ],
  from: [
    ['number for a name', '7'],
    ['empty name', '""'],
  ],
} // prettier-ignore

/** A slip of the pen that no key or choice of the language is: two letters swapped, or one lost. */
function misspell(word: string): string {
  const at = [...word].findIndex((letter, i) => i > 0 && word[i + 1] !== undefined && word[i + 1] !== letter)
  if (at < 0 || word.length < 4) return `${word}x`
  return word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2)
}

function placesOf(text: string, lineCounter: LineCounter): Place[] {
  const places: Place[] = []
  visit(parseDocument(text, { stringKeys: true, lineCounter }), {
    Pair: (_, pair, ancestors) => {
      const key = pair.key as Scalar<string>
      const value = pair.value as Scalar | undefined
      const path = ancestors.flatMap((node, i): (string | number)[] => {
        const next = ancestors[i + 1] ?? pair
        if ('key' in node) return [(node as Pair<Scalar<string>>).key.value]
        return 'items' in node && !isMap(node) ? [(node.items as unknown[]).indexOf(next)] : []
      })
      const map = ancestors.at(-1)
      places.push({
        path: [...path, key.value],
        name: key.value,
        keyAt: [key.range?.[0] ?? 0, key.range?.[1] ?? 0],
        value: isScalar(value) ? value : undefined,
        valueAt: [value?.range?.[0] ?? 0, value?.range?.[1] ?? 0],
        isFlow: isMap(map) && map.flow === true,
      })
    },
  })
  return places
}
