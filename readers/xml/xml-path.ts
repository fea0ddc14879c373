import { Fault } from '../../models/fault.ts'
import type { Limits } from '../../stage/staged.ts'
import { tooManyColumns } from '../faults.ts'
import type { Source } from '../source/source.ts'
import { isData, trimmed } from './element-cells.ts'
import { localName, type XmlAttributes, XmlWalk } from './xml-walk.ts'

/** Where the records of a document are: names of elements from the root down, or only the last ones of them. */
export interface XmlPath {
  readonly text: string
  /** Whether it begins anywhere (`//Ntry`). */
  readonly isAnywhere: boolean
  readonly steps: readonly string[]
}

/**
 * Read `Document/Stmt/Ntry`, `/Document/Stmt/Ntry` or `//Ntry`; prefixes of namespaces do not count.
 *
 * @throws Fault "file.path-not-found" where it names no element
 */
export function xmlPathOf(file: string, text: string): XmlPath {
  const isAnywhere = text.startsWith('//')
  const steps = text.replace(/^\/{0,2}/, '').split('/')
  if (!steps.every((step) => /^[^\s/[\]@]+$/.test(step))) {
    throw pathNotFound(file, text, 'it is no path of element names')
  }
  return { text, isAnywhere, steps: steps.map(localName) }
}

/** Whether the elements that are open, from the root, are those of the path. */
export function isAt({ isAnywhere, steps }: XmlPath, open: readonly { readonly name: string }[]): boolean {
  const above = open.length - steps.length
  if (isAnywhere ? above < 0 : above !== 0) return false
  for (let i = steps.length - 1; i >= 0; i--) if (open[above + i]?.name !== steps[i]) return false
  return true
}

export const pathNotFound = (file: string, path: string, why: string): Fault =>
  new Fault(
    'file.path-not-found',
    `${file}: there are no records at "${path}": ${why}.`,
    "Correct `path` in the contract's format: element names from the root, such as `orders/order`, or `//order`.",
    { details: { path } },
  )

interface Node {
  readonly name: string
  readonly parent: Node | null
  readonly children: Map<string, Node>
  /** Texts and attributes that its elements have, and how many different ones an element can have. */
  values: number
  readonly attributes: Set<string>
  hasText: boolean
  hasChildren: boolean
  /** Whether two of it stand in one parent. */
  isRepeated: boolean
  /** Number of the parent that its last element stands in; the number of the element at hand. */
  lastParent: number
  nth: number
}

/** The record element is looked for in so much of the text. */
export const pathBytes = 8 * 1024 * 1024

/**
 * Find the element whose occurrences are the records: of those that repeat within one parent, the one that carries the
 * most values, not counting what is in an element that repeats inside it; one value alone makes no record where others
 * have more. The outer one of equals. Where none repeats: from the root down as long as an element holds nothing but one
 * other element with content.
 *
 * @throws Fault as `XmlWalk`
 */
export function findXmlPath(source: Source, limits: Limits, piece?: number): XmlPath {
  const top = nodeOf('', null)
  let at = top
  let elements = 0
  let nodes = 0
  const run: string[] = []
  new XmlWalk(source, limits, piece).run(
    {
      isPlaced: false,
      open(name, attributes) {
        at.hasChildren = true
        let node = at.children.get(name)
        if (node === undefined) {
          if (++nodes > limits.columns) throw tooManyColumns(source.name, nodes, limits.columns)
          node = nodeOf(name, at)
          at.children.set(name, node)
        }
        if (node.lastParent === at.nth) node.isRepeated = true
        node.lastParent = at.nth
        node.nth = elements++
        countAttributes(node, attributes)
        at = node
        run.push('')
      },
      text(text) {
        if (run.at(-1) === '') run[run.length - 1] = trimmed(text)
      },
      close() {
        if (run.pop() !== '') {
          at.values++
          at.hasText = true
        }
        at = at.parent as Node
      },
    },
    pathBytes,
  )
  return pathTo(mostCarrying(top) ?? onlyContent(top))
}

const nodeOf = (name: string, parent: Node | null): Node => ({
  name,
  parent,
  children: new Map(),
  values: 0,
  attributes: new Set(),
  hasText: false,
  hasChildren: false,
  isRepeated: false,
  lastParent: -1,
  nth: -2,
})

function countAttributes(node: Node, attributes: XmlAttributes): void {
  for (const name in attributes) {
    if (!isData(name)) continue
    node.values++
    node.attributes.add(localName(name))
  }
}

function mostCarrying(top: Node): Node | undefined {
  const repeated: { node: Node; values: number; fields: number }[] = []
  const visit = (node: Node) => {
    if (node.isRepeated) repeated.push({ node, ...carried(node) })
    for (const child of node.children.values()) visit(child)
  }
  visit(top)
  const rich = repeated.filter(({ fields }) => fields > 1)
  let best: (typeof repeated)[number] | undefined
  for (const one of rich.length > 0 ? rich : repeated) if (best === undefined || one.values > best.values) best = one
  return best?.node
}

/** Values in a node's elements, and different fields of them, without those in elements that repeat. */
function carried(node: Node): { values: number; fields: number } {
  let values = node.values
  let fields = node.attributes.size + (node.hasText ? 1 : 0)
  for (const child of node.children.values()) {
    if (child.isRepeated) continue
    const more = carried(child)
    values += more.values
    fields += more.fields
  }
  return { values, fields }
}

function onlyContent(top: Node): Node {
  let node = top
  for (;;) {
    const [child] = node.children.values()
    if (child === undefined || node.values > 0 || node.children.size > 1) return node
    if (node !== top && !child.hasChildren && child.attributes.size === 0) return node
    node = child
  }
}

function pathTo(node: Node): XmlPath {
  const steps: string[] = []
  for (let at: Node | null = node; at !== null && at.parent !== null; at = at.parent) steps.unshift(at.name)
  return { text: steps.join('/'), isAnywhere: false, steps }
}
