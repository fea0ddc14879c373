import type { Limits } from '../../stage/staged.ts'
import { fault } from '../batch.ts'
import { otherFormat } from '../faults.ts'
import { type RecordFile, recordFileOf, type Spooled } from '../record-file.ts'
import { type Records, type Row, rowsOf } from '../records.ts'
import type { Source } from '../source/source.ts'
import { type Part, partsOfMessages } from './mt940-messages.ts'
import { narrativeOf } from './mt940-narrative.ts'
import { entryNames, statementNames } from './mt940-values.ts'

/**
 * MT940 and MT942: a record for each `:61:` with its `:86:`, and with what its message says of the statement.
 *
 * Names are `statementNames`, `entryNames`, then the parts of structured `:86:` (`86.20`, `86.EREF`) in order of
 * appearance. A `:61:` against the grammar, and what stands where nothing is expected, is a record `row.malformed`.
 *
 * @throws Fault "file.other-format" where there is no message
 */
export async function readMt940(source: Source, limits: Limits, tempDir: string, piece?: number): Promise<Records> {
  let statements: RecordFile | undefined
  try {
    // Balances close a statement at its end, so the messages are read twice.
    const parts = () => partsOfMessages(source, limits, piece)
    statements = await recordFileOf(tempDir, source.name, limits, statementsOf(parts()))
    if (statements.records === 0)
      throw otherFormat(source.name, 'MT940 or MT942', 'no line begins with a tag such as :20: or :61:')
    const names: string[] = [...statementNames, ...entryNames]
    const file = await recordFileOf(tempDir, source.name, limits, entriesOf(parts(), rowsOf(statements), names))
    return { kind: 'keyed', names, file, isOpen: true }
  } finally {
    statements?.close()
  }
}

/** One record a statement: what it says as a whole. */
function* statementsOf(parts: Iterable<Part>): Generator<Spooled> {
  for (const part of parts) {
    if (part.kind !== 'statement') continue
    yield { line: 0, start: 0, length: 0, raw: '', cells: statementNames.map((name) => part.values.get(name)) }
  }
}

/** @param names grows by the parts of structured texts */
function* entriesOf(parts: Iterable<Part>, statements: Iterator<Row>, names: string[]): Generator<Spooled> {
  const indexes = new Map(names.map((name, i) => [name, i]))
  let statement: Row | undefined
  for (const part of parts) {
    if (part.kind === 'statement') {
      if (statement === undefined) statements.next() // it had no entries
      statement = undefined
      continue
    }
    const { place } = part.span
    if (part.kind === 'stray') {
      yield { ...place, cells: [], fault: fault.malformed }
      continue
    }
    statement ??= statements.next().value as Row
    const cells: (string | null | undefined)[] = [
      ...statement.cells,
      ...entryNames.map((name) => part.values.get(name)),
    ]
    for (const [name, text] of narrativeOf(part.values.get('information') ?? '')) {
      const index = indexes.get(name) ?? names.push(name) - 1
      indexes.set(name, index)
      cells[index] = text
    }
    yield { ...place, cells: Array.from(cells), fault: part.isMalformed ? fault.malformed : place.fault }
  }
}
