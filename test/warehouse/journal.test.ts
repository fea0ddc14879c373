import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openJournal } from '../../warehouse/journal.ts'

let root: string
let path: string
const notices: string[] = []
const open = () => openJournal(path, (line) => notices.push(line))

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'entrepot-journal-'))
  path = join(root, 'journal', 'ng.ndjson')
  notices.length = 0
})
afterEach(() => rmSync(root, { recursive: true }))

const resolved = (code: string) => ({ type: 'resolved', source: 'paystack', code }) as const

test('entries are numbered, one line each, and there when it is opened again', () => {
  const journal = open()
  const written = [journal.append(resolved('a')), journal.append(resolved('b'))]
  journal.close()
  expect(written.map(({ seq }) => seq)).toEqual([1, 2])
  expect(readFileSync(path, 'utf8')).toBe(written.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
  const again = open()
  expect(again.entries).toEqual(written)
  expect(again.append(resolved('c')).seq).toBe(3)
  again.close()
  expect(notices).toEqual([])
})

test('a last line without its end is cut off, and the next entry takes its number', () => {
  const journal = open()
  journal.append(resolved('a'))
  journal.close()
  const whole = readFileSync(path, 'utf8')
  writeFileSync(path, `${whole}{"seq":2,"at":"20`)
  const again = open()
  expect(again.entries).toHaveLength(1)
  expect(again.append(resolved('b')).seq).toBe(2)
  again.close()
  const third = open()
  expect(third.entries.map(({ seq }) => seq)).toEqual([1, 2])
  third.close()
  expect(notices).toEqual([`${path}: the last line was cut short by a crash and is cut off (17 bytes)`])
})

test.each([
  ['a damaged line', '{"seq":1\n{"seq":2}\n', 1],
  ['a line that is gone', '{"seq":1}\n{"seq":3}\n', 2],
])('%s in the middle is refused', (_, text, line) => {
  open().close()
  writeFileSync(path, text)
  expect(open).toThrow(expect.objectContaining({ code: 'journal.damaged' }))
  expect(open).toThrow(`${path} line ${line} is damaged: `)
})
