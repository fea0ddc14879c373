import { InvalidArgumentError } from 'commander'
import { expect, test } from 'vitest'
import { delimiterMark } from '../../cli/command.ts'
import { explained } from '../../cli/explain.ts'
import { table } from '../../cli/output.ts'
import type { ParsedFile } from '../../operations/parse.ts'

const parsed: ParsedFile = {
  file: 'a\u001b[2J\n.csv',
  out: null,
  rows: 1,
  columns: 1,
  faulty: 0,
  bytes: 10,
  tables: [],
  format: 'csv',
  decisions: [],
  ignored: { preamble: 1, footer: 0, comment: 0, rule: 0 },
  ignoredRows: [{ line: 1, what: 'preamble', text: 'x\u0007\u009b5my\r' }],
  error: null,
}

test('a terminal obeys nothing of a file or its name', () => {
  expect(explained(parsed)).toBe('a�[2J�.csv\nno table\nleft out: 1 preamble\n  line 1, preamble: x��5my�\n')
  const error = { code: 'file.damaged', message: 'a\u001b[2J is damaged.', fix: 'Ask.' }
  expect(explained({ ...parsed, error })).toBe('a�[2J�.csv\n  file.damaged: a�[2J is damaged. Ask.\n')
  expect(table(['file'], [['a\nb\u001bc']])).toBe('file\n-----\na�b�c')
})

test('a delimiter is one or a few marks', () => {
  expect(['||', '\\t', ' ', '§'].map(delimiterMark)).toEqual(['||', '\\t', ' ', '§'])
  for (const wrong of ['', 'ab', '"', '1', '\n', '123456789'])
    expect(() => delimiterMark(wrong)).toThrow(InvalidArgumentError)
})
