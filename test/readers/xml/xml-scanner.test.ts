import fc from 'fast-check'
import { SaxesParser } from 'saxes'
import { describe, expect, it } from 'vitest'
import { type XmlHandler, XmlScanner } from '../../../readers/xml/xml-scanner.ts'
import { runSeed } from '../seed.ts'
import { faultOf } from '../support.ts'

type Event = readonly [kind: 'open' | 'close' | 'text', name: string, attributes?: Record<string, string>]

/** What a scanner tells, an element's neighbouring texts as one. */
function scan(bytes: Uint8Array, piece = bytes.length, depth = 100, tokenBytes = 1 << 20): Event[] {
  const events: Event[] = []
  const addText = (text: string) => {
    const last = events.at(-1)
    if (last?.[0] === 'text') events[events.length - 1] = ['text', last[1] + text]
    else if (text !== '') events.push(['text', text])
  }
  const handler: XmlHandler = {
    open(name, tag) {
      const attributes: Record<string, string> = {}
      while (tag.nextAttribute()) attributes[tag.attributeName] = tag.attributeValue
      events.push(['open', name, attributes])
    },
    close: (name) => events.push(['close', name]),
    text(held, from, to, isPlain, scanner) {
      addText(isPlain ? held.toString('utf8', from, to) : scanner.decode(from, to))
    },
  }
  const scanner = new XmlScanner({ where: 'book.xlsx part s.xml', depth, tokenBytes }, handler)
  for (let at = 0; at < bytes.length; at += piece) scanner.write(Buffer.from(bytes.subarray(at, at + piece)))
  scanner.end()
  return events
}

/** What saxes tells of the same text; undefined where it is not well-formed. */
function saxes(text: string): Event[] | undefined {
  const events: Event[] = []
  const parser = new SaxesParser()
  const put = (piece: string) => {
    const last = events.at(-1)
    if (last?.[0] === 'text') events[events.length - 1] = ['text', last[1] + piece]
    else if (piece !== '' && depth > 0) events.push(['text', piece])
  }
  const local = (name: string) => name.slice(name.lastIndexOf(':') + 1)
  let depth = 0
  parser.on('opentag', ({ name, attributes }) => {
    depth++
    const own = Object.entries(attributes).map(([key, value]) => [local(key), value])
    events.push(['open', local(name), Object.fromEntries(own)])
  })
  parser.on('closetag', ({ name }) => {
    depth--
    events.push(['close', local(name)])
  })
  parser.on('text', put)
  parser.on('cdata', put)
  try {
    parser.write(text).close()
    return events
  } catch {
    return undefined
  }
}

const name = fc.constantFrom('c', 'row', 'v', 'x:row', 'is', 'Größe', 't')
const inner = fc.constantFrom(
  '12.5',
  '&amp;',
  '&#x20AC;',
  '&lt;b&gt;',
  ' ',
  '\n',
  '\r\n',
  'é€😀',
  "it's",
  '"',

  '>',
)
const cdata = fc.constantFrom('<![CDATA[<a>&amp;]]>', '<![CDATA[]]>', '<!-- <c> & -->', '<?p <c?>')
const attribute = fc.constantFrom('r="A1"', "s = '3'", 'xml:space="preserve"', 'v="a&amp;b>"', "q='\"'", 'e=""')
const { element } = fc.letrec((tie) => ({
  element: fc
    .tuple(name, fc.uniqueArray(attribute, { maxLength: 3 }), fc.array(tie('node'), { maxLength: 4 }), fc.boolean())
    .map(([tag, attributes, nodes, isTight]) => {
      const head = [tag, ...attributes].join(' ')
      return nodes.length === 0 && isTight ? `<${head}/>` : `<${head}>${nodes.join('')}</${tag}${isTight ? '' : ' '}>`
    }),
  node: fc.oneof({ depthSize: 'small' }, inner, cdata, tie('element')),
}))
const document = fc
  .tuple(fc.constantFrom('', '\uFEFF', '<?xml version="1.0" encoding="UTF-8"?>\n'), element, fc.constantFrom('', '\n'))
  .map((parts) => parts.join(''))

describe('the XML scanner', () => {
  it('tells what saxes tells, wherever the pieces are cut', () => {
    fc.assert(
      fc.property(document, fc.integer({ min: 1, max: 40 }), (text, piece) => {
        const expected = saxes(text)
        expect(expected).toBeDefined()
        expect(scan(Buffer.from(text), piece)).toEqual(expected)
      }),
      { numRuns: 2000, seed: runSeed },
    )
  })

  it('takes no document that breaks off', () => {
    fc.assert(
      fc.property(document, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (text, share) => {
        const bytes = Buffer.from(text.trimEnd())
        const cut = bytes.subarray(0, Math.floor(bytes.length * share))
        expect(() => scan(cut)).toThrow(/is damaged/)
      }),
      { numRuns: 500, seed: runSeed },
    )
  })

  it.each([
    ['<a><b></a></b>', '<b> is not closed, at byte 6'],
    ['<a></a></a>', 'an end tag too many, at byte 7'],
    ['<a/><b/>', 'a second element stands behind its end, at byte 4'],
    ['<a/>text<!-- -->', 'there is text outside its elements, at byte 4'],
    ['<a b="1" c></a>', 'an attribute has no value, at byte 10'],
    ['<a b=1></a>', 'an attribute has no quotes, at byte 5'],
    ['<a <b/></a>', 'a tag does not end, at byte 0'],
    ['<a>&nbsp;</a>', '"&nbsp;" stands for no character, at byte 3'],
    ['<a>&toString;</a>', '"&toString;" stands for no character, at byte 3'],
    ['<a>&#xD800;</a>', '"&#xD800;" stands for no character, at byte 3'],
    ['<a>a & b</a>', '"& b" stands for no character, at byte 3'],
    ['', 'it has no element, at byte 0'],
    ['<a', 'it breaks off, at byte 2'],
    [
      '<?xml version="1.0" encoding="EBCDIC"?><a/>',
      'it is said to be in EBCDIC, and no spreadsheet program writes that, at byte 0',
    ],
  ])('refuses %s', async (text, why) => {
    expect(await faultOf(() => scan(Buffer.from(text)))).toMatchObject({
      code: 'file.damaged',
      message: `book.xlsx part s.xml is damaged: ${why}. Nothing of it is read.`,
    })
  })

  it('refuses bytes that are no UTF-8', async () => {
    const bytes = Buffer.from('<a>caf\xe9</a>', 'latin1')
    expect(await faultOf(() => scan(bytes))).toMatchObject({
      message: 'book.xlsx part s.xml is damaged: it has bytes that are no UTF-8, at byte 0. Nothing of it is read.',
    })
  })

  it('refuses a DOCTYPE, so that there are no entities', async () => {
    const bomb = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
    for (const piece of [1, 7, 1000]) {
      expect(await faultOf(() => scan(Buffer.from(bomb), piece))).toEqual({
        code: 'file.entities',
        message: 'book.xlsx part s.xml byte 0: its XML has a DOCTYPE, which can define entities.',
        fix: 'Ask the sender what this file is: no bank, shop or spreadsheet program writes that.',
      })
    }
  })

  it('bounds how deep elements nest', async () => {
    const deep = (levels: number) => Buffer.from('<a>'.repeat(levels) + '</a>'.repeat(levels))
    expect(scan(deep(5), 3, 5)).toHaveLength(10)
    expect(await faultOf(() => scan(deep(6), 3, 5))).toEqual({
      code: 'file.too-deep',
      message: 'book.xlsx part s.xml byte 15: its XML nests more than 5 deep.',
      fix: 'Ask the sender what this file is. If it is right, raise limits.depth in entrepot.yaml.',
    })
  })

  it.each([
    ['text', `<a>${'x'.repeat(2000)}`],
    ['a tag', `<a b="${'x'.repeat(2000)}`],
    ['a comment', `<a><!--${'x'.repeat(2000)}`],
  ])('bounds the memory for %s', async (_, text) => {
    expect(await faultOf(() => scan(Buffer.from(text), 64, 100, 1000))).toMatchObject({
      code: 'file.record-too-long',
      message: expect.stringMatching(
        /^book\.xlsx part s\.xml byte [03]: the tag or text that begins here is longer than 1000 bytes\.$/,
      ),
    })
  })
})
