import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readXml } from '../../readers/xml/xml.ts'
import { cutOut, readSourceWith } from './support.ts'

const read = readSourceWith(readXml, 'xml', 'random.xml')

/** An element as the test means it, written in one of many ways. */
interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  /** Texts and elements in turn; no two texts stand beside each other. */
  readonly children: readonly (Element | string)[]
}

const name = fc.constantFrom('a', 'Amt', 'é', 'x-1', 'Id', 'ns:Id')
const character = fc.constantFrom(
  'a',
  'Z',
  '7',
  ' ',
  '\n',
  '\t',
  '<',
  '>',
  '&',
  '"',
  "'",
  'é',
  '漢',
  '😀',
  '\u00a0',
  ']',
)
const value = fc.string({ unit: character, maxLength: 8 })

const element: fc.Memo<Element> = fc.memo((depth) =>
  fc.record({
    name,
    attributes: fc.dictionary(fc.constantFrom('id', 'é', 'Ccy'), value, { maxKeys: 2 }),
    children: fc.array(depth <= 1 ? value : fc.oneof(value, element(depth - 1)), { maxLength: 4 }).map(withoutTwoTexts),
  }),
)

function withoutTwoTexts(children: (Element | string)[]): (Element | string)[] {
  return children.filter((child, i) => typeof child !== 'string' || typeof children[i - 1] !== 'string')
}

/** Takes one of several ways, one after the other. */
type Choose = (ways: number) => number

const escapes: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '&': '&amp;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function writtenText(text: string, choose: Choose): string {
  const way = choose(4)
  if (way === 0 && !text.includes(']]>')) return `<![CDATA[${text}]]>`
  return [...text]
    .map((letter) =>
      choose(8) === 0 ? `&#x${(letter.codePointAt(0) as number).toString(16)};` : (escapes[letter] ?? letter),
    )
    .join(way === 1 ? '<!-- - -->' : '')
}

function writtenAttributes(attributes: Element['attributes'], choose: Choose): string {
  const space = [' ', '\n', '\r\n', '\t '][choose(4)]
  const all = Object.entries(attributes).map(([key, text]) => {
    const letters = [...text].map((letter) =>
      /[\n\t]/.test(letter) ? `&#${letter.charCodeAt(0)};` : (escapes[letter] ?? letter),
    )
    return `${space}${key} =${space}'${letters.join('')}'`
  })
  return all.join('') + (choose(3) === 0 ? space : '')
}

function written({ name, attributes, children }: Element, choose: Choose): string {
  const tag = name + writtenAttributes(attributes, choose)
  if (children.length === 0 && choose(2) === 0) return `<${tag}/>`
  const inner = children.map((child) =>
    typeof child === 'string' ? writtenText(child, choose) : written(child, choose),
  )
  return `<${tag}>${inner.join('')}</${name}${choose(4) === 0 ? '\r\n' : ''}>`
}

const trim = (text: string) => text.replace(/^[ \t\n]+/, '').replace(/[ \t\n]+$/, '')

/** The cells that an element has, as docs/reading.md says. */
function cellsOf(element: Element, path = '', cells: Record<string, string> = {}): Record<string, string> {
  for (const [key, text] of Object.entries(element.attributes)) cells[`${path}@${key}`] = text
  const counts = new Map<string, number>()
  const texts: string[] = []
  let hasElements = false
  for (const child of element.children) {
    if (typeof child === 'string') {
      texts.push(trim(child))
      continue
    }
    hasElements = true
    const local = child.name.replace(/^.*:/, '')
    const count = (counts.get(local) ?? 0) + 1
    counts.set(local, count)
    cellsOf(child, `${path === '' ? '' : `${path}.`}${local}${count > 1 ? `[${count}]` : ''}`, cells)
  }
  const text = texts.filter((part) => part !== '').join(' ')
  if (text !== '' || !hasElements) cells[path === '' ? '.' : path] = text
  return cells
}

test('any elements, written in any way, in pieces of any size, are read as they are meant', async () => {
  const record = element(3).map((made) => ({ ...made, name: 'row', attributes: { ...made.attributes, key: 'k' } }))
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ rows: fc.array(record, { maxLength: 3 }), before: value, after: value }), { maxLength: 3 }),
      fc.array(fc.nat(1000), { minLength: 1, maxLength: 50 }),
      fc.integer({ min: 1, max: 64 }),
      fc.constantFrom('doc/list/row', '//row'),
      async (lists, choices, piece, path) => {
        let at = 0
        const choose: Choose = (ways) => (choices[at++ % choices.length] as number) % ways
        const parts = lists.map(({ rows, before, after }) => {
          const around = (name: string, text: string) => `<${name}>${writtenText(text, choose)}</${name}>`
          const space = choose(2) === 0 ? '\r\n  ' : ''
          const inner = rows.map((row) => space + written(row, choose)).join('')
          return `<list>${around('before', before)}${inner}${around('after', after)}</list>`
        })
        const text = `<?xml version="1.0"?><doc xmlns:ns="urn:n"><list/>${parts.join('\n')}</doc>`
        const expected = lists.flatMap(({ rows, before, after }) =>
          rows.map((row) => ({ ...cellsOf(row), '../before': trim(before), '../after': trim(after) })),
        )
        if (expected.length === 0) return
        const { named, records } = await read(text, { format: { path }, piece })
        const found = named.map((row) => Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== null)))
        expect(found).toEqual(expected)
        expect(cutOut(text, records)).toEqual(records.map(({ raw }) => raw))
        expect(records.map(({ line }) => line)).toEqual(records.map((_, i) => i + 1))
      },
    ),
    { numRuns: 300 },
  )
})
