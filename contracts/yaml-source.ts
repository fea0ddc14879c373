import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, visit } from 'yaml'
import { keyOf, type Path, type Problem } from './problem.ts'

/** Files a person writes are small; a larger one is something else. */
const yamlSizeLimit = 256 * 1024
const depthLimit = 16
const tooDeep = 'is nested too deeply to be read'

/** A YAML document of plain maps, lists and scalars, each with its place. */
export interface YamlSource {
  readonly file: string
  readonly value: unknown
  /** A scalar as it is written, so that `1.10` stays `1.10`; undefined where there is none. */
  text(path: Path): string | undefined
  /** A problem at the key or the value at `path`; where there is none, at the nearest place around it. */
  problem(path: Path, message: string, suggestion?: string | null, part?: 'key' | 'value'): Problem
}

/**
 * Read YAML 1.2 (core schema) as people write it for us: keys are text and unique, and there are no anchors, aliases
 * or tags, so what is read is no larger than what is written.
 */
export function readYaml(text: string, file: string): { source: YamlSource } | { errors: Problem[] } {
  const whole = (message: string) => ({
    errors: [{ file, line: 1, column: 1, key: '', message, suggestion: null }] satisfies Problem[],
  })
  if (Buffer.byteLength(text) > yamlSizeLimit)
    return whole(`is larger than ${yamlSizeLimit / 1024} KiB, so it is not read`)
  const lines = new LineCounter()
  let document: Document.Parsed
  try {
    document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      uniqueKeys: true,
      stringKeys: true,
      prettyErrors: false,
      lineCounter: lines,
    })
    // A deep document ends the parser's recursion, not ours.
  } catch (error) {
    if (error instanceof RangeError) return whole(tooDeep)
    throw error
  }
  const at = (offset: number) => ({ line: lines.linePos(offset).line, column: lines.linePos(offset).col })
  const slips = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0])
  const [first] = slips
  if (slips.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) return whole(tooDeep)
  if (first !== undefined) {
    // After a slip of syntax the parser is lost, and what else it says is noise; repeated keys are all worth telling.
    const repeated = slips.filter(({ code }) => code === 'DUPLICATE_KEY')
    const told = first.code === 'DUPLICATE_KEY' ? repeated : [first]
    return {
      errors: told.map(({ code, pos, message }) => ({
        file,
        ...at(pos[0]),
        key: keyAt(document, pos[0]),
        message: slipMessages[code] ?? `is no YAML: ${lowerFirst(message)}`,
        suggestion: null,
      })),
    }
  }
  const refused = findRefused(document)
  if (refused !== undefined)
    return {
      errors: [
        { file, ...at(refused.offset), key: keyAt(document, refused.offset), message: refused.why, suggestion: null },
      ],
    }
  const find = (path: Path) => walk(document.contents, path)
  return {
    source: {
      file,
      value: toPlain(document.contents),
      text: (path) => {
        const { node, found } = find(path)
        return found === path.length && isScalar(node) && node.value !== null
          ? (node.source ?? String(node.value))
          : undefined
      },
      problem: (path, message, suggestion = null, part = 'value') => {
        const { key, node, found } = find(path)
        const place = part === 'key' || found < path.length ? (key ?? node) : (node ?? key)
        return { file, ...at(place?.range?.[0] ?? 0), key: keyOf(path), message, suggestion }
      },
    },
  }
}

interface Found {
  /** The last key on the way. */
  readonly key: Node | null
  readonly node: Node | null
  /** How many steps of the path there are. */
  readonly found: number
}

function walk(root: unknown, path: Path): Found {
  let [key, node]: [Node | null, Node | null] = [null, (root ?? null) as Node | null]
  for (const [found, step] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === step) as
        | Pair<Node, Node | null>
        | undefined
      if (pair === undefined) return { key, node, found }
      ;[key, node] = [pair.key, pair.value]
    } else if (isSeq(node) && typeof step === 'number' && step < node.items.length) {
      node = node.items[step] as Node
      key = node
    } else return { key, node, found }
  }
  return { key, node, found: path.length }
}

function toPlain(node: unknown): unknown {
  if (isScalar(node)) return node.value
  if (isSeq(node)) return node.items.map(toPlain)
  // fromEntries makes even `__proto__` a key like any other.
  if (isMap(node))
    return Object.fromEntries(
      node.items.map(({ key, value }) => [isScalar(key) ? String(key.value) : '', toPlain(value)]),
    )
  return null
}

function findRefused(document: Document.Parsed): { offset: number; why: string } | undefined {
  let refused: { offset: number; why: string } | undefined
  visit(document, {
    Node: (_, node, path) => {
      const offset = node.range?.[0] ?? 0
      if ('anchor' in node && node.anchor !== undefined)
        refused = { offset, why: `has the anchor &${node.anchor}; anchors are not read, write it out` }
      else if ('source' in node && node.constructor.name === 'Alias')
        refused = { offset, why: 'is an alias; aliases are not read, write it out' }
      else if (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:'))
        refused = { offset, why: `has the tag ${node.tag}; tags are not read` }
      else if (path.length > depthLimit * 2) refused = { offset, why: `is nested more than ${depthLimit} deep` }
      return refused === undefined ? undefined : visit.BREAK
    },
  })
  return refused
}

/** The key of the innermost place that holds `offset`, as far as the document could be read. */
function keyAt(document: Document.Parsed, offset: number): string {
  const path: (string | number)[] = []
  let node: unknown = document.contents
  while (path.length < depthLimit) {
    if (isMap(node)) {
      const pair = node.items.findLast(({ key }) => ((key as Node).range?.[0] ?? Infinity) <= offset)
      if (pair === undefined || !isScalar(pair.key)) return keyOf(path)
      path.push(String(pair.key.value))
      node = pair.value
    } else if (isSeq(node)) {
      const index = node.items.findLastIndex((item) => ((item as Node).range?.[0] ?? Infinity) <= offset)
      if (index < 0) return keyOf(path)
      path.push(index)
      node = node.items[index]
    } else return keyOf(path)
  }
  return keyOf(path)
}

const slipMessages: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'is there twice in one map',
  MULTIPLE_DOCS: 'is followed by a second document; one file holds one',
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '')
