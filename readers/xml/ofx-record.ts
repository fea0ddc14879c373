import { trimmed } from './element-cells.ts'
import type { Token } from './markup-tokens.ts'

/**
 * The values of an aggregate's tags by their names, those in inner aggregates as `PAYEE.NAME`; of equal names the further
 * ones as `NAME[2]`, ….
 *
 * SGML leaves out closing tags of elements, never of aggregates: a tag without text is an aggregate when it is closed
 * behind other tags, and an empty element when not.
 */
export function valuesOf(tokens: readonly Token[]): Map<string, string> {
  const values = new Map<string, string>()
  const counts = new Map<string, number>()
  const around: string[] = []
  let last: string | undefined
  tokens.forEach(({ name, text }, at) => {
    if (name === '') {
      if (last !== undefined) values.set(last, `${values.get(last)}${text}`)
      return
    }
    if (name.startsWith('/')) {
      if (around.at(-1) === name.slice(1)) around.pop()
      last = undefined
      return
    }
    if (trimmed(text) === '' && isAggregate(tokens, at)) {
      around.push(name)
      last = undefined
      return
    }
    const path = [...around, name].join('.')
    const count = (counts.get(path) ?? 0) + 1
    counts.set(path, count)
    last = count === 1 ? path : `${path}[${count}]`
    values.set(last, text)
  })
  for (const [path, text] of values) values.set(path, trimmed(text))
  return values
}

function isAggregate(tokens: readonly Token[], at: number): boolean {
  const { name } = tokens[at] as Token
  let inside = 0
  for (let i = at + 1; i < tokens.length; i++) {
    const other = (tokens[i] as Token).name
    if (other === `/${name}`) return inside > 0
    if (other === name) return false
    if (other !== '') inside++
  }
  return false
}
