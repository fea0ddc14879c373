import type { Column, FieldRule } from './contract.ts'
import { readExtract } from './extract-pattern.ts'

/** One record's cells, by the column's name, or `#3` by position; null and undefined are absent. */
export type Cells = Readonly<Record<string, string | null | undefined>>

export const cellOf = (cells: Cells, column: Column): string | null =>
  cells['name' in column ? column.name : `#${column.position}`] ?? null

/** NFC, without spaces around; null where nothing is left. */
export const cleaned = (text: string | null): string | null => text?.normalize('NFC').trim() || null

/** A rule's text, and whether a cell that should hold JSON holds none. */
export function ruleText(rule: FieldRule, cells: Cells): { text: string | null; isBroken: boolean } {
  if (rule.value !== null) return { text: rule.value, isBroken: false }
  const read = (column: Column) => present(rule, cellOf(cells, column))
  const own = rule.columns.map(read)
  const joined = own.flatMap(({ text }) => text ?? []).join(' ')
  const text = joined === '' ? rule.fallback.map(read).find((other) => other.text !== null)?.text : joined
  return { text: text ?? null, isBroken: own.some(({ isBroken }) => isBroken) }
}

/** One cell: cleaned, its JSON path followed, null where it is a nil word. */
export function present(rule: FieldRule, cell: string | null): { text: string | null; isBroken: boolean } {
  const inside = rule.json === null ? { text: cell, isBroken: false } : follow(rule.json, cleaned(cell))
  const whole = cleaned(inside.text)
  const text = rule.extract === null || whole === null ? whole : extracted(rule.extract, whole)
  return { text: text !== null && rule.nil.includes(text) ? null : text, isBroken: inside.isBroken }
}

export function extracted(pattern: string, text: string): string | null {
  const read = readExtract(pattern)
  return 'wrong' in read ? null : cleaned(new RegExp(read.source, 'su').exec(text)?.[1] ?? null)
}

function follow(path: string, cell: string | null): { text: string | null; isBroken: boolean } {
  if (cell === null) return { text: null, isBroken: false }
  let values: [unknown, unknown]
  try {
    values = [JSON.parse(cell), JSON.parse(withTextForNumbers(cell))]
  } catch {
    return { text: null, isBroken: true }
  }
  for (const step of path.matchAll(/\.([^.[]+)|\[(\d+)\]/g)) {
    const key = step[1] ?? Number(step[2])
    values = [stepInto(values[0], key), stepInto(values[1], key)]
  }
  const [value, written] = values
  if (value === undefined || value === null) return { text: null, isBroken: false }
  return { text: typeof value === 'object' ? JSON.stringify(value) : String(written), isBroken: false }
}

/** Numbers become text as they are written: no amount goes through a float. */
const withTextForNumbers = (json: string): string =>
  json.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (part) => (part.startsWith('"') ? part : JSON.stringify(part)))

function stepInto(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) !== (typeof key === 'number'))
    return undefined
  return Object.hasOwn(value, key) ? (value as Record<string | number, unknown>)[key] : undefined
}
