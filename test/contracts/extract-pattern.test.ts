import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readExtract } from '../../contracts/extract-pattern.ts'
import { present } from '../../contracts/judge-text.ts'
import { literal, presentText } from '../../contracts/sql-text.ts'
import { from } from './contracts.ts'
import { seeded } from './draw.ts'

let instance: DuckDBInstance
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:', { threads: '1' })
})
afterAll(() => instance.closeSync())

/** What the compiled rule takes of each text. */
async function bySql(pattern: string, texts: readonly string[]): Promise<(string | null)[]> {
  const connection = await instance.connect()
  try {
    const rows = texts.map((text, i) => `(${i}, ${literal(text)})`).join(', ')
    const sql = presentText('c0', from('x', { extract: pattern }))
    const result = await connection.runAndReadAll(`select ${sql} from (values ${rows}) t(i, c0) order by i`)
    return result.getRows().map(([text]) => text as string | null)
  } finally {
    connection.closeSync()
  }
}

const byTypeScript = (pattern: string, texts: readonly string[]) =>
  texts.map((text) => present(from('x', { extract: pattern }), text).text)

test.each([
  ['Order #([0-9]+)', 'Paid: Order #0042 of 7', '0042'],
  ['Order #([0-9]+)', 'Order #', null],
  ['^(?:Fee|Charge) ([^ ]+)$', 'Charge 12.50', '12.50'],
  ['\\$([0-9,.]+) sent', '$1,050.25 sent to your bank', '1,050.25'],
  ['a(.*)b', 'a x\ny b', 'x\ny'],
  ['ref\\s+(\\S+)', 'ref\u00a0\u3000é1 x', 'é1'],
  ['([\\s,]+)x', '1,\u2003x', ','],
  ['(?:ab|a)(c|bcd)', 'abcd', 'c'],
  ['(a{2,3}?)a*', 'aaaa', 'aa'],
  ['x(y)?', 'x', 'repeats'],
  ['(é|e\u0301)', 'cafe\u0301', 'é'],
  ['([^a-z-]+)', 'ab-12-', '12'],
  ['\\b([a-z]+)\\b', 'é abc', 'abc'],
  ['^()', 'abc', null],
])('%s takes of %j %j', async (pattern, text, taken) => {
  if (taken === 'repeats') {
    expect(readExtract(pattern)).toEqual({ wrong: 'repeats its group; put the repeated part inside it' })
    return
  }
  expect([await bySql(pattern, [text]), byTypeScript(pattern, [text])]).toEqual([[taken], [taken]])
})

test.each([
  ['Order', 'has no group in ( ); it has one'],
  ['(a)(b)', 'has 2 groups in ( ); it has one'],
  ['(?<year>[0-9]+)', 'has (?…; only (?: ) is known: no look-around, names or flags'],
  ['(?i)(a)', 'has (?…; only (?: ) is known: no look-around, names or flags'],
  ['(?=a)(a)', 'has (?…; only (?: ) is known: no look-around, names or flags'],
  ['(a)\\1', 'has \\1, which is not known'],
  ['(\\p{L}+)', 'has \\p, which is not known'],
  ['(\\x41)', 'has \\x, which is not known'],
  ['(a)\\', 'has \\, which is not known'],
  ['([\\b])', 'has \\b in [ ], which is not known'],
  ['([\\S])', 'has \\S in [ ], which is not known'],
  ['([[:alpha:]])', 'has a [ in [ ]; write \\['],
  ['([a-b--])', 'has a - in [ ]; write it last, or \\-'],
  ['([])', 'has an empty [ ]'],
  ['([^])', 'has an empty [ ]'],
  ['([a', 'has a "[" without its "]"'],
  ['([b-a])', 'is no pattern: range out of order in character class'],
  ['(a{2,1})', 'is no pattern: numbers out of order in {} quantifier'],
  ['(a', 'has a "(" without its ")"'],
  ['(a))', 'has a ")" without its "("'],
  ['(a)+', 'repeats its group; put the repeated part inside it'],
  ['(?:(a)|b)*', 'repeats its group; put the repeated part inside it'],
  ['((?:a*)*)', 'repeats what may be empty: (?:a*)*'],
  ['(^*a)', 'repeats what may be empty: ^*'],
  ['(*a)', 'repeats nothing with *'],
  ['(a**)', 'repeats nothing with *'],
  ['(a{)', 'has a bare {; write \\{'],
  ['(a])', 'has a bare ]; write \\]'],
  ['(a{1001})', 'is too large: it has more than 1000 characters, repeated ones counted as often'],
  ['((?:a{100}){11})', 'is too large: it has more than 1000 characters, repeated ones counted as often'],
])('%s is refused', (pattern, wrong) => {
  expect(readExtract(pattern)).toEqual({ wrong })
})

test('the largest pattern is one that DuckDB can hold', async () => {
  expect(await bySql('(.{1000})', ['é'.repeat(1000)])).toEqual(['é'.repeat(1000)])
  expect(await bySql('([^a]{250})', ['é'.repeat(1000)])).toEqual(['é'.repeat(250)])
  expect(await bySql(`((?:\\S[^0-9]){30})`, ['\u00a0x'.repeat(100)])).toEqual(['x\u00a0'.repeat(29).concat('x')])
})

test('patterns that are taken find the same in both engines', async () => {
  const random = seeded(6)
  const pick = <T>(...of: readonly T[]): T => of[Math.floor(random() * of.length)] as T
  const atom = (depth: number): string =>
    depth > 0 && random() < 0.35
      ? `(?:${some(depth - 1)}${random() < 0.5 ? `|${some(depth - 1)}` : ''})`
      : pick(
          'a',
          'b',
          'é',
          '#',
          '.',
          '\\s',
          '\\S',
          '\\d',
          '\\w',
          '\\W',
          '\\b',
          '^',
          '$',
          '[ab]',
          '[^a]',
          '[\\s0-9-]',
          '-',
          ' ',
        )
  const some = (depth: number): string =>
    Array.from(
      { length: Math.floor(random() * 4) },
      () => atom(depth) + pick('', '', '', '*', '+?', '?', '{1,2}', '??', '*?'),
    ).join('')
  const pattern = () => `${some(2)}(${some(2)}${random() < 0.3 ? `|${some(1)}` : ''})${some(2)}`
  const texts = Array.from({ length: 200 }, () =>
    Array.from({ length: Math.floor(random() * 9) }, () =>
      pick('a', 'a', 'b', 'é', 'e\u0301', '#', '1', ' ', '\u00a0', '\n', '\u2028', '-', '٣', '\u{1f600}', 'ſ', '_'),
    ).join(''),
  )
  const different: unknown[] = []
  let [taken, found] = [0, 0]
  for (let i = 0; i < 1200; i += 1) {
    const tried = pattern()
    if ('wrong' in readExtract(tried)) continue
    taken += 1
    const [sql, here] = [await bySql(tried, texts), byTypeScript(tried, texts)]
    found += here.filter((text) => text !== null).length
    for (const [j, text] of texts.entries()) if (sql[j] !== here[j]) different.push([tried, text, sql[j], here[j]])
  }
  expect(different.slice(0, 10)).toEqual([])
  expect(taken).toBeGreaterThan(200)
  expect(found).toBeGreaterThan(3000)
})
