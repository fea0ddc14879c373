import type { Format } from '../contracts/contract.ts'
import { newBatch, type TextReader, textAt } from '../readers/batch.ts'

/** Batches of records whose objects are looked into. */
const lookedBatches = 2
const mostColumns = 300
const mostDepth = 5

/**
 * The columns of JSON records with what is inside their objects as columns of their own: `data.amount`. What is an object
 * in no record stays as it is; so do lists.
 *
 * @param reader of all top-level keys; it is read from
 */
export function nestedColumns(reader: TextReader): { readonly name: string }[] {
  const names = [...reader.columns]
  const inside = names.map(() => new Set<string>())
  const batch = newBatch(names.length)
  for (let i = 0; i < lookedBatches && reader.next(batch) > 0; i++)
    for (const [c, column] of batch.columns.entries())
      for (let row = 0; row < batch.rows; row++) {
        const text = textAt(batch, column, row)
        if (text.startsWith('{')) addPaths(text, inside[c] as Set<string>)
      }
  const all = names.flatMap((name, c) => {
    const paths = [...(inside[c] as Set<string>)]
    return paths.length === 0 ? [name] : paths.map((path) => `${name}.${path}`)
  })
  return (all.length <= mostColumns ? all : names).map((name) => ({ name }))
}

function addPaths(text: string, paths: Set<string>): void {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return
  }
  const walk = (object: object, path: string, depth: number) => {
    for (const [key, inner] of Object.entries(object)) {
      const at = path === '' ? key : `${path}.${key}`
      if (inner !== null && typeof inner === 'object' && !Array.isArray(inner) && depth < mostDepth)
        walk(inner, at, depth + 1)
      else if (key !== '') paths.add(at)
    }
  }
  walk(value as object, '', 1)
}

/** Whether records can hold objects. */
export const canNest = ({ type }: Format): boolean => type === 'json' || type === 'ndjson'
