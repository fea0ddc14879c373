import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { faultOf, names, readDocument, readLines } from '../support.ts'

describe('a JSON object a line', () => {
  test('cells are texts unescaped, other values as they are written, null and absent null', async () => {
    const { columns, records } = await readLines(
      '{"id":"a\\n\\u00e9\\ud83d\\ude00\\/\\"","amount":12.500,"ok":true,"meta":{ "x": [1, 2] }}\r\n' +
        '{"amount":null,"id":"","list":[]}\n',
    )
    expect(columns).toEqual(['id', 'amount', 'ok', 'meta', 'list'])
    expect(records.map(({ cells, fault, line, start }) => ({ cells, fault, line, start }))).toEqual([
      { cells: ['a\né😀/"', '12.500', 'true', '{ "x": [1, 2] }', null], fault: '', line: 1, start: 0 },
      { cells: ['', null, null, null, '[]'], fault: '', line: 2, start: 85 },
    ])
  })

  test('numbers are never rounded', async () => {
    const { cells } = await readLines('{"n":12345678901234567890.10}\n{"n":-0}\n{"n":1E+400}\n')
    expect(cells).toEqual([['12345678901234567890.10'], ['-0'], ['1E+400']])
  })

  test('a dotted name goes into objects; the key with the dot itself wins', async () => {
    const { columns, cells } = await readLines(
      '{"customer":{"email":"in@x","address":{"city":"Lagos"}}}\n' +
        '{"customer.email":"out@x","customer":{"email":"in@x"}}\n' +
        '{"customer":{"email":"in@x","address":7},"customer.email":null}\n' +
        '{"customer":[1]}\n',
      { wanted: names('customer.email', 'customer.address.city', 'customer') },
    )
    expect(columns).toEqual(['customer', 'customer.email'])
    expect(cells).toEqual([
      ['in@x', 'Lagos', '{"email":"in@x","address":{"city":"Lagos"}}'],
      ['out@x', null, '{"email":"in@x"}'],
      [null, null, '{"email":"in@x","address":7}'],
      [null, null, '[1]'],
    ])
  })

  test('with all columns wanted a key with a dot is that key alone', async () => {
    const { columns, cells } = await readLines('{"a.b":1}\n{"a":{"b":2}}\n')
    expect(columns).toEqual(['a.b', 'a'])
    expect(cells).toEqual([
      ['1', null],
      [null, '{"b":2}'],
    ])
  })

  test('of equal keys the last has the cell', async () => {
    const { cells } = await readLines('{"a":null,"a":"1","a":2}\n')
    expect(cells).toEqual([['2']])
  })

  test.each([
    '[1]',
    '"text"',
    '{"a":1',
    '{"a":1}}',
    '{"a":1} {"a":2}',
    '{"a":01}',
    '{"a":.5}',
    '{"a":1.}',
    '{"a":+1}',
    '{"a":tru}',
    '{"a":"x\ty"}',
    '{"a":"\\x"}',
    '{"a":"\\u12g4"}',
    '{"a":1,}',
    "{'a':1}",
    '{"a" 1}',
    `{"a":${'['.repeat(100)}${']'.repeat(100)}}`,
  ])('%j is malformed, and the lines around it are not', async (line) => {
    const { columns, records, ignored } = await readLines(`{"a":"1"}\n${line}\n\n {"a":"2"} \n`)
    expect(columns).toEqual(['a'])
    expect(records.map(({ cells, fault, line, raw }) => ({ cells, fault, line, raw }))).toEqual([
      { cells: ['1'], fault: '', line: 1, raw: '{"a":"1"}' },
      { cells: [null], fault: 'row.malformed', line: 2, raw: line },
      { cells: ['2'], fault: '', line: 4, raw: ' {"a":"2"} ' },
    ])
    expect(ignored).toEqual({ preamble: 0, header: 0, blank: 1 })
  })

  test('containers may nest a hundred deep', async () => {
    const list = `${'['.repeat(99)}${']'.repeat(99)}`
    expect((await readLines(`{"a":${list}}`)).cells).toEqual([[list]])
  })

  test('a lone surrogate and bytes that are no UTF-8 are faults of encoding', async () => {
    const text = Buffer.from(
      '{"a":"x\\ud800y"}\n{"a":"\\udc00\\ud800\\u0041"}\n{"a":"caf\xe9"}\n{"a":"ok"}\n',
      'latin1',
    )
    const { records, columns } = await readLines(text)
    expect(columns).toEqual(['a'])
    expect(records.map(({ cells, fault }) => [fault, ...cells])).toEqual([
      ['row.encoding', 'x?y'],
      ['row.encoding', '??A'],
      ['row.encoding', 'caf?'],
      ['', 'ok'],
    ])
  })

  test('a key with bytes that are no text is one column', async () => {
    const { columns, records } = await readLines(Buffer.from('{"caf\xe9":1}\n{"caf\xe9":2}\n', 'latin1'))
    expect(columns).toEqual(['caf?'])
    expect(records.map(({ cells, fault }) => [fault, ...cells])).toEqual([
      ['row.encoding', '1'],
      ['row.encoding', '2'],
    ])
  })

  test('a line over the limit', async () => {
    const act = () => readLines(`{"a":1}\n{"a":"${'x'.repeat(100)}"}\n`, { limits: { recordBytes: 50 }, piece: 16 })
    expect(await faultOf(act)).toEqual({
      code: 'file.record-too-long',
      message: 'sales.ndjson line 2: the record that begins here is longer than 50 bytes.',
      fix: 'Look whether the file is what the contract says (delimiter, quote, encoding). If such records are right, raise limits.record_bytes in entrepot.yaml.',
    })
  })

  test('more keys than the limit', async () => {
    const act = () => readLines('{"a":1}\n{"b":1,"c":1}\n', { limits: { columns: 2 } })
    expect((await faultOf(act)).message).toBe('sales.ndjson: the record has 3 columns, more than the limit of 2.')
  })

  test('columns by position', async () => {
    const act = () => readLines('{"a":1}\n', { wanted: [{ position: 2 }] })
    expect(await faultOf(act)).toEqual({
      code: 'file.columns-missing',
      message: 'sales.ndjson: column 2 is wanted by its position, but the keys of JSON have none.',
      fix: 'Name the key in the contract: `from: key`, or `from: outer.inner` for a key inside an object.',
    })
  })
})

describe('a JSON document', () => {
  const text = JSON.stringify(
    { status: true, meta: { total: 3, data: [{ id: 'no' }] }, data: [{ id: 'a', n: 1 }, 5, { id: 'b' }] },
    null,
    2,
  )

  test.each([1, 2, 3, 7, 1000])('records at a path, in pieces of %d bytes', async (piece) => {
    const { columns, records } = await readDocument(text, { format: { path: 'data[]' }, piece })
    expect(columns).toEqual(['id', 'n'])
    expect(records).toEqual(
      [
        {
          cells: ['a', '1'],
          line: 1,
          start: 124,
          length: 38,
          fault: '',
          raw: '{\n      "id": "a",\n      "n": 1\n    }',
        },
        { cells: [null, null], line: 2, start: 168, length: 1, fault: 'row.malformed', raw: '5' },
        { cells: ['b', null], line: 3, start: 175, length: 23, fault: '', raw: '{\n      "id": "b"\n    }' },
      ].map((record) => ({ ...record, start: text.indexOf(record.raw, 100), length: record.raw.length })),
    )
  })

  test.each([
    ['[]', '[{"a":1},{"a":2}]', ['1', '2']],
    ['[]', ' [ ] ', []],
    ['[]', '[12,"x",null]', [null, null, null]],
    ['result.items[]', '{"result":{"items":[{"a":1}],"x":[{"a":9}]}}', ['1']],
    ['orders[].lines[]', '{"orders":[{"lines":[{"a":1}]},{"lines":[]},{"lines":[{"a":2},{"a":3}]}]}', ['1', '2', '3']],
    ['orders[].lines[]', '{"orders":[]}', []],
    ['[][]', '[[{"a":1}],[],[{"a":2}]]', ['1', '2']],
    ['data', '{"data":{"a":1}}', ['1']],
    ['data[]', '{"x":"data","data":[{"a":1}],"y":{"data":[{"a":2}]}}', ['1']],
    [null, '[{"a":1}]', ['1']],
  ])('the path %s in %s', async (path, text, expected) => {
    for (const piece of [1, 5, 1000]) {
      const { cells } = await readDocument(text, { format: { path }, wanted: names('a'), piece })
      expect(cells).toEqual(expected.map((cell) => [cell]))
    }
  })

  test.each([
    ['data[]', '{"status":true,"message":"x"}', 'the document has no "data", only "status", "message"'],
    ['data[]', '[{"data":[]}]', 'the document is a list'],
    ['data[]', '{"data":null}', '"data" is null'],
    ['data[]', '{"data":{"a":1}}', '"data" is an object'],
    ['[]', '"text"', 'the document is a string'],
    ['a.b[]', '{"a":{"c":1,"d":2}}', '"a" has no "b", only "c", "d"'],
    ['data[].lines[]', '{"data":[{"line":1}]}', '"data[]" has no "lines", only "line"'],
  ])('nothing is at the path %s in %s', async (path, text, reason) => {
    expect(await faultOf(() => readDocument(text, { format: { path }, wanted: [] }))).toEqual({
      code: 'file.path-not-found',
      message: `sales.json: there are no records at "${path}": ${reason}.`,
      fix: "Correct `path` in the contract's format: keys joined by dots, `[]` behind a list, such as `data[]` or `[]`.",
    })
  })

  test.each([
    ['[{"a":1},{"a":2}', 'the document ends at byte 16, before it is closed'],
    ['[{"a":1},{"a"', 'the document ends at byte 13, before it is closed'],
    ['[{"a":1}', 'the document ends at byte 8, before it is closed'],
    ['[{"a":1},]', '"]" at byte 9, record 2, is not what JSON has there'],
    ['[{"a":1} {"a":2}]', '"{" at byte 9, record 2, is not what JSON has there'],
    ['[{"a":1}] x', '"x" at byte 10, record 2, is not what JSON has there'],
    ['[{"a":1}}', '"}" at byte 8, record 2, is not what JSON has there'],
    ['[{"a":x}]', '"x" at byte 6, record 1, is not what JSON has there'],
  ])('%s is damaged', async (text, what) => {
    for (const piece of [1, 3, 1000])
      expect(await faultOf(() => readDocument(text, { format: { path: '[]' }, wanted: names('a'), piece }))).toEqual({
        code: 'file.damaged',
        message: `sales.json is damaged: ${what}. Nothing of it is read.`,
        fix: 'Ask the sender for the file again; it was probably cut off on its way.',
      })
  })

  test('bytes that are no UTF-8 mark their records alone, in pieces of any size', async () => {
    const text = Buffer.from('{"caf\xe9":[1],"data":[{"a":"x"},{"a":"\xff"},{"a":"y"}],"z":"\xe2\x82"}', 'latin1')
    for (const piece of [1, 5, 1000]) {
      const { records } = await readDocument(text, { format: { path: 'data[]' }, piece })
      expect(records.map(({ cells, fault, line }) => [line, fault, ...cells])).toEqual([
        [1, '', 'x'],
        [2, 'row.encoding', '?'],
        [3, '', 'y'],
      ])
    }
  })

  test('nesting over the limit', async () => {
    for (const text of [`[${'['.repeat(100)}`, `{"x":${'[{"a":'.repeat(60)}`])
      expect(await faultOf(() => readDocument(text, { format: { path: '[]' } }))).toMatchObject({
        code: 'file.too-deep',
        fix: 'Ask the sender for a flatter export. If it is right, raise limits.depth in entrepot.yaml.',
      })
  })

  test('the nesting limit is a setting', async () => {
    const nested = '[{"a":[[1]]}]'
    expect((await readDocument(nested, { limits: { depth: 4 } })).cells).toEqual([['[[1]]']])
    expect((await faultOf(() => readDocument(nested, { limits: { depth: 3 } }))).message).toBe(
      'sales.json: objects and lists nest more than 3 deep at byte 7, record 1.',
    )
  })

  test('a record over the limit', async () => {
    const act = () => readDocument(`[{"a":1},{"a":"${'x'.repeat(100)}"}]`, { limits: { recordBytes: 50 }, piece: 16 })
    expect((await faultOf(act)).message).toBe(
      'sales.json record 2: the record that begins here is longer than 50 bytes.',
    )
  })

  test.each([1, 2, 7, 64, 10_000])('several documents, in pieces of %d bytes', async (piece) => {
    const text = ' {"data":[{"a":1},{"a":2}]}\n{"data":[]}[{"a":0}] {"data":[{"a":3}],"x":{"data":[{"a":9}]}}\n'
    const pages = text.replace('[{"a":0}] ', '')
    const { records } = await readDocument(pages, { format: { path: 'data[]' }, wanted: names('a'), piece })
    expect(records.map(({ line, cells, raw }) => [line, raw, ...cells])).toEqual([
      [1, '{"a":1}', '1'],
      [2, '{"a":2}', '2'],
      [3, '{"a":3}', '3'],
    ])
    expect(records.map(({ start, length }) => pages.slice(start, start + length))).toEqual(
      records.map(({ raw }) => raw),
    )
    expect((await faultOf(() => readDocument(text, { format: { path: 'data[]' }, piece }))).message).toBe(
      'sales.json: there are no records at "data[]" in document 3: the document is a list.',
    )
  })

  test.each([1, 3, 1000])('documents that are the records, in pieces of %d bytes', async (piece) => {
    const text = '{"a":1,\n "b":[1]}{"a":2}\n\n{"a":3}[4]'
    const { columns, records } = await readDocument(text, { format: { path: '' }, piece })
    expect(columns).toEqual(['a', 'b'])
    expect(records.map(({ line, fault, cells }) => [line, fault, ...cells])).toEqual([
      [1, '', '1', '[1]'],
      [2, '', '2', null],
      [3, '', '3', null],
      [4, 'row.malformed', null, null],
    ])
  })

  test.each([
    [
      '{"data":[{"a":1}]}{"error":"slow down"}',
      'there are no records at "data[]" in document 2: the document has no "data", only "error"',
    ],
    ['{"data":[{"a":1}]}{"data":null}{"data":[]}', 'there are no records at "data[]" in document 2: "data" is null'],
    ['{"data":[{"a":1}]}\n{"data":[{"a"', 'is damaged: the document ends at byte 32, before it is closed'],
    ['{"data":[{"a":1}]},{"data":[]}', 'is damaged: "," at byte 18, record 2, is not what JSON has there'],
    ['{"data":[{"a":1}]} "x"', 'is damaged: "\\"" at byte 19, record 2, is not what JSON has there'],
  ])('%s is refused', async (text, what) => {
    for (const piece of [1, 5, 1000])
      expect(
        (await faultOf(() => readDocument(text, { format: { path: 'data[]' }, wanted: names('a'), piece }))).message,
      ).toContain(what)
  })

  test('a million open lists', async () => {
    for (const text of ['['.repeat(1_000_000), `{"data":${'['.repeat(1_000_000)}`, `{"x":${'{"a":['.repeat(500_000)}`])
      for (const path of ['[]', 'data[]', ''])
        expect((await faultOf(() => readDocument(text, { format: { path } }))).code).toBe('file.too-deep')
  })

  test('any values, spaced in any way, in pieces of any size, as JSON.parse reads them', async () => {
    const value = fc.jsonValue({ maxDepth: 3 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ a: value, 'b"\\é': value, c: fc.string({ unit: 'grapheme' }) }, { requiredKeys: [] }), {
          maxLength: 6,
        }),
        fc.constantFrom(undefined, 1, '\t'),
        fc.integer({ min: 1, max: 64 }),
        async (objects, space, piece) => {
          const text = JSON.stringify({ meta: objects, data: objects }, null, space)
          const wanted = names('a', 'b"\\é', 'c')
          const { cells, records } = await readDocument(text, { format: { path: 'data[]' }, wanted, piece })
          const plain = (cell: unknown) => (cell === null || cell === undefined ? null : cell)
          const read = (cell: string | null | undefined, original: unknown) =>
            typeof original === 'string' || cell == null ? cell : JSON.parse(cell)
          expect(cells.map((row, i) => row.map((cell, k) => read(cell, Object.values(pick(objects[i]))[k])))).toEqual(
            objects.map((object) => Object.values(pick(object)).map(plain)),
          )
          expect(records.map(({ raw }) => JSON.parse(raw))).toEqual(JSON.parse(text).data)
          if (space !== undefined) return
          const lines = await readLines(objects.map((object) => `${JSON.stringify(object)}\n`).join('') || '\n', {
            wanted,
            piece,
          })
          expect(lines.cells).toEqual(cells)
        },
      ),
      { seed: 11, numRuns: 80 },
    )
  })
})

const pick = (object: Record<string, unknown> | undefined) => ({ a: object?.a, b: object?.['b"\\é'], c: object?.c })
