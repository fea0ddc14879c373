import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readXml } from '../../../readers/xml/xml.ts'
import { cutOut, faultOf, names, readSourceWith } from '../support.ts'

const read = readSourceWith(readXml, 'xml', 'orders.xml')

const folder = (name: string) => new URL(`../cases/${name}/`, import.meta.url)
const caseFile = (name: string) => {
  const file = readdirSync(folder(name)).find((entry) => entry.startsWith('input.')) as string
  return readFileSync(new URL(file, folder(name)))
}

describe('places', () => {
  test.each([
    ['xml-records-are-the-elements-that-repeat', 'utf8'],
    ['xml-fields-of-what-is-around-the-records', 'utf8'],
    ['xml-with-namespaces-cdata-comments-and-mixed-text', 'utf8'],
    ['xml-in-utf-16-with-its-mark', 'utf16le'],
    ['xml-in-iso-8859-1-as-it-says', 'latin1'],
  ] as const)('%s is the same in pieces of any size, and ranges cut out its elements', async (name, encoding) => {
    const file = caseFile(name)
    const format = { found: ['encoding'] as const }
    const whole = await read(file, { format })
    expect(whole.records.map(({ start, length }) => file.subarray(start, start + length).toString(encoding))).toEqual(
      whole.records.map(({ raw }) => raw),
    )
    for (const piece of [1, 2, 3, 5, 7, 64])
      expect((await read(file, { format, piece })).records).toEqual(whole.records)
  })

  test('a line end of two, and of one, inside a tag', async () => {
    const text = '<a>\r\n<b\r\nx="1"\r\n>é</b>\r<b y="2"\n/>\r\n<c/></a>'
    for (const piece of [1, 2, 3, 100]) {
      const { records } = await read(text, { format: { path: 'a/b' }, piece })
      expect(records.map(({ raw }) => raw)).toEqual(['<b\r\nx="1"\r\n>é</b>', '<b y="2"\n/>'])
      expect(cutOut(text, records)).toEqual(records.map(({ raw }) => raw))
    }
  })

  test('a byte that is no text costs its own record', async () => {
    const text = Buffer.from('<a><b>x</b><b>y\xff</b><b>z</b><c>\xff</c></a>', 'latin1')
    for (const piece of [1, 4, 100]) {
      const { records } = await read(text, { format: { path: 'a/b' }, piece })
      expect(records.map(({ cells, fault }) => [fault, ...cells])).toEqual([
        ['', 'x', '?'],
        ['row.encoding', 'y?', '?'],
        ['', 'z', '?'],
      ])
    }
  })
})

describe('paths', () => {
  const text = '<o:a xmlns:o="u"><o:b><c>1</c></o:b><d><b><c>2</c></b></d><b><c>3</c></b></o:a>'

  test.each([
    ['a/b', ['1', '3']],
    ['/a/b', ['1', '3']],
    ['x:a/x:b', ['1', '3']],
    ['a/d/b', ['2']],
    ['//b', ['1', '2', '3']],
    ['//d/b', ['2']],
  ])('%s', async (path, expected) => {
    expect((await read(text, { format: { path }, wanted: names('c') })).cells.flat()).toEqual(expected)
  })

  test('the outermost of elements inside each other is the record', async () => {
    const { named } = await read('<a><b i="1"><b i="2"/></b><b i="3"/></a>', { format: { path: '//b' } })
    expect(named).toEqual([
      { '@i': '1', 'b@i': '2', b: '', '.': null },
      { '@i': '3', 'b@i': null, b: null, '.': '' },
    ])
  })

  test.each([
    ['b/c', '<a><b/></a>', 'the root is "a"'],
    ['a/x/y', '<a><b/><c/><b/></a>', '"a" has no "x", but "b", "c"'],
    ['a/b/c', '<a><d><b/></d></a>', '"a" has no "b", but "d"'],
    ['a/b/c', '<a/>', '"a" is empty'],
    ['//x', '<a/>', 'no element is "x"'],
    ['a//b', '<a/>', 'it is no path of element names'],
    ['', '<a/>', 'it is no path of element names'],
  ])('nothing at "%s" of %s', async (path, document, why) => {
    expect(await faultOf(() => read(document, { format: { path } }))).toEqual({
      code: 'file.path-not-found',
      message: `orders.xml: there are no records at "${path}": ${why}.`,
      fix: "Correct `path` in the contract's format: element names from the root, such as `orders/order`, or `//order`.",
    })
  })

  test('an element that could hold records and holds none is an empty list', async () => {
    expect((await read('<a><n>0</n></a>', { format: { path: 'a/b' }, wanted: names('c') })).records).toEqual([])
  })

  test.each([
    [
      'one record with more than a value, the rest in what is around',
      '<a><n>1</n><b><x>1</x><y>2</y></b></a>',
      ['n', 'b.x', 'b.y'],
    ],
    ['one element that holds everything', '<a><b><x>1</x><y>2</y></b></a>', ['x', 'y']],
    [
      'the most values',
      '<a><h><i p="1" q="2"/><i p="1" q="2"/></h><b><x>1</x><y/></b><b><x>1</x><y>1</y></b><b><x>1</x></b></a>',
      ['@p', '@q', '.'],
    ],
    [
      'a list inside a record is no record',
      '<a><b><x>1</x><t>1</t><t>2</t><t>3</t><t>4</t></b><b><x>1</x><y>2</y></b></a>',
      ['x', 't', 't[2]', 't[3]', 't[4]', 'y'],
    ],
    [
      'lines with more to them than their orders',
      '<a><b n="1"><l p="1" q="2"/><l p="3" q="4"/></b><b n="2"><l p="5" q="6"/></b></a>',
      ['@p', '@q', '.', '../@n'],
    ],
    ['single values alone', '<a><b>1</b><b>2</b></a>', ['.']],
  ])('found: %s', async (_, document, columns) => {
    expect((await read(document)).columns).toEqual(columns)
  })
})

describe('names that are wanted', () => {
  const text = '<a><b><x>1</x></b><b><y>2</y></b></a>'

  test('one that no record has is null', async () => {
    expect((await read(text, { wanted: names('y', 'z') })).cells).toEqual([
      [null, null],
      ['2', null],
    ])
  })

  test('none of them, and one by its position, are refused', async () => {
    expect((await faultOf(() => read(text, { wanted: names('q') }))).code).toBe('file.columns-missing')
    expect(await faultOf(() => read(text, { wanted: [{ position: 1 }] }))).toEqual({
      code: 'file.columns-missing',
      message: 'orders.xml: column 1 is wanted by its position, but fields of this format have names alone.',
      fix: 'Name the field in the contract: `from: name`. `entrepot parse` shows the names.',
    })
  })
})

test('what is null by its schema is null, and what is empty is empty', async () => {
  const text = '<a><b><x xsi:nil="true"/><y xsi:nil="false"/><z xsi:nil="1" k="v"/></b></a>'
  expect((await read(text, { format: { path: 'a/b' }, wanted: names('x', 'y', 'z', 'z@k') })).cells).toEqual([
    [null, '', null, 'v'],
  ])
})

describe('what is around the records', () => {
  test('a child that repeats is a list of its own', async () => {
    const { named } = await read(
      '<a><bal><v>1</v></bal><one><w>7</w></one><b>x</b><bal><v>2</v></bal>tail<bal/><b>y</b></a>',
      { format: { path: 'a/b' } },
    )
    expect(named).toEqual([
      { '.': 'x', '../one.w': '7', '../.': 'tail' },
      { '.': 'y', '../one.w': '7', '../.': 'tail' },
    ])
  })

  test('an element without records beside one with records says nothing of it', async () => {
    for (const text of [
      '<a><s><i>1</i></s><s><i>2</i><b>x</b></s></a>',
      '<a><s><i>2</i><b>x</b></s><s><i>1</i></s></a>',
    ])
      expect((await read(text, { format: { path: 'a/s/b' } })).named).toEqual([{ '.': 'x', '../i': '2' }])
  })

  test('elements of one name at other depths', async () => {
    const { named } = await read('<a n="0"><b>1</b><a n="1"><b>2</b></a><b>3</b></a>', { format: { path: '//b' } })
    expect(named).toEqual([
      { '.': '1', '../@n': '0', '../../@n': null },
      { '.': '2', '../@n': '1', '../../@n': '0' },
      { '.': '3', '../@n': '0', '../../@n': null },
    ])
  })
})

describe('refused', () => {
  test.each([
    ['<a><b></a>', 'unexpected close tag, at line 1 column 10'],
    ['<a>\n<b>', 'unclosed tag: b, at line 2 column 3'],
    ['<a/><b/>', 'documents may contain only one root, at line 1 column 7'],
    ['<a>&nbsp;</a>', 'undefined entity, at line 1 column 9'],
    ['<a x=1/>', 'unquoted attribute value, at line 1 column 6'],
    ['plain', 'text data outside of root node, at line 1 column 5'],
    ['<a>a control character alone\u0001</a>', 'disallowed character, at line 1 column 29'],
  ])('%j', async (text, what) => {
    const fault = await faultOf(() => read(text, { format: { path: 'a' } }))
    expect(fault.code).toBe('file.damaged')
    expect(fault.message).toContain(what)
  })

  test.each([
    ['<!DOCTYPE a [<!ENTITY x "y">]>', 'declares entities'],
    ['<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]>', 'declares entities'],
    ['<!DOCTYPE a [ %x; ]>', 'uses parameter entities'],
    ['<!DOCTYPE a SYSTEM "http://example.com/a.dtd">', 'refers to another file'],
    ['<!DOCTYPE a\nPUBLIC "-//X" "a.dtd">', 'refers to another file'],
  ])('%s', async (doctype, what) => {
    expect(await faultOf(() => read(`${doctype}<a><b/></a>`))).toEqual({
      code: 'file.entities',
      message: `orders.xml: its document type (DOCTYPE) ${what}. Nothing of it is read.`,
      fix: 'Ask the sender for the file without a DOCTYPE: entities can make a small file huge and read other files.',
    })
  })

  test('nesting over the limit', async () => {
    const nested = (depth: number) => `<a>${'<b>'.repeat(depth - 1)}1${'</b>'.repeat(depth - 1)}</a>`
    const format = { path: 'a' }
    expect((await read(nested(100), { format })).cells).toEqual([['1']])
    expect(await faultOf(() => read(nested(101), { format }))).toEqual({
      code: 'file.too-deep',
      message: 'orders.xml: elements nest more than 100 deep at line 1 column 303.',
      fix: 'Ask the sender for a flatter export. If it is right, raise limits.depth in entrepot.yaml.',
    })
    expect((await read(nested(5), { format, limits: { depth: 5 } })).cells).toEqual([['1']])
    expect((await faultOf(() => read(nested(5), { format, limits: { depth: 4 } }))).code).toBe('file.too-deep')
  })

  const long = 'x'.repeat(200)
  test.each([
    ['a record', `<a><b>1</b><b>${'<c>1</c>'.repeat(30)}</b></a>`, 'orders.xml record 2'],
    ['its text', `<a><b>1</b><b>${long}</b></a>`, 'orders.xml record 2'],
    ['its text in parts', `<a><b>1</b><b>${'y<![CDATA[x]]>'.repeat(60)}</b></a>`, 'orders.xml record 2'],
    ['its comments', `<a><b>1</b><b>${'<!---->'.repeat(40)}</b></a>`, 'orders.xml record 2'],
    ['a tag that is never closed', `<a><b>1</b><c ${'x="1" '.repeat(100)}`, 'orders.xml character 11'],
    ['text around the records', `<a><b>1</b>${long}<b>2</b></a>`, 'orders.xml character 11'],
    [
      'values around the records',
      `<a>${[1, 2, 3, 4].map((i) => `<c${i}>${'x'.repeat(40)}</c${i}>`).join('')}<b>1</b></a>`,
      'orders.xml: what stands around the records',
    ],
    [
      'text around them in parts',
      `<a>${'y<![CDATA[xyz]]>'.repeat(60)}&x;`,
      'orders.xml: what stands around the records',
    ],
  ])('%s over the limit', async (_, text, where) => {
    const fault = await faultOf(() => read(text, { format: { path: 'a/b' }, limits: { recordBytes: 150 }, piece: 16 }))
    expect(fault.code).toBe('file.record-too-long')
    expect(fault.message).toBe(`${where}: the record that begins here is longer than 150 bytes.`)
  })

  test('values that come and go around the records count for nothing', async () => {
    const part = `<c><d>${'x'.repeat(60)}</d><e>${'y'.repeat(60)}</e><b>1</b></c>`
    const { records } = await read(`<a>${part.repeat(20)}</a>`, {
      format: { path: '//b' },
      limits: { recordBytes: 150 },
    })
    expect(records.length).toBe(20)
    const list = `<c><d>${'x'.repeat(60)}</d></c>`
    const text = `<a>${`<g>${list.repeat(3)}</g>`.repeat(20)}<b>1</b></a>`
    expect((await read(text, { format: { path: 'a/b' }, limits: { recordBytes: 150 } })).columns).toEqual(['.'])
  })

  test.each([
    ['names', `<a><b>${[1, 2, 3, 4].map((i) => `<c${i}/>`).join('')}</b></a>`, 'orders.xml record 1'],
    ['attributes', '<a><b c="" d="" e="" f=""/></a>', 'orders.xml record 1'],
    ['repeats', '<a><b><c/><c/><c/><c/></b></a>', 'orders.xml record 1'],
    ['repeats that are null', `<a><b>${'<c xsi:nil="1"/>'.repeat(4)}</b></a>`, 'orders.xml record 1'],
    ['empty repeats', '<a><b><c><d/></c><c><d/></c><c><d/></c><c><d/></c></b></a>', 'orders.xml record 1'],
    ['names around the records', `<a>${[1, 2, 3].map((i) => `<c${i}/>`).join('')}<b/></a>`, 'orders.xml'],
  ])('more %s than the limit for columns', async (_, text, where) => {
    expect(await faultOf(() => read(text, { format: { path: 'a/b' }, limits: { columns: 3 } }))).toMatchObject({
      code: 'file.too-many-columns',
      message: `${where}: the record has 4 columns, more than the limit of 3.`,
    })
  })

  test('more different elements than the limit, where the path is looked for', async () => {
    expect((await faultOf(() => read('<a><b/><c/><d/></a>', { limits: { columns: 3 } }))).code).toBe(
      'file.too-many-columns',
    )
  })
})
