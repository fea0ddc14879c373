import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { Fault } from '../models/fault.ts'
import { killPoint } from '../models/kill-point.ts'
import { syncNow } from './archive.ts'
import type { LandedFile } from './warehouse.types.ts'

/** What happened, outside of the warehouse: with archive and contracts it is enough to make the warehouse again. */
export type JournalEntry = { readonly seq: number; readonly at: string } & JournalEvent

export type JournalEvent =
  /** A file is about to be loaded. `fault`: it could not be read. */
  | {
      readonly type: 'load'
      readonly file: LandedFile
      readonly contractVersion: string
      readonly fault?: RecordedFault
    }
  /** The entry `of` came to nothing for good. */
  | { readonly type: 'abandoned'; readonly of: number; readonly why: string }
  | {
      readonly type: 'finding'
      readonly source: string
      readonly code: string
      readonly message: string
      readonly example: string | null
    }
  | { readonly type: 'resolved'; readonly source: string; readonly code: string }
  /** A sequence number is taken: no later publication may reuse it, whatever became of this one. */
  | { readonly type: 'publishing'; readonly publishSeq: number; readonly mart: string }
  /** The centre has it. `partitions`: date, rows, content hash of each. */
  | {
      readonly type: 'acknowledged'
      readonly publishSeq: number
      readonly mart: string
      readonly receipt: string
      readonly partitions: readonly (readonly [localDate: string, rows: number, contentHash: string])[]
    }

export interface RecordedFault {
  readonly code: string
  readonly message: string
  readonly fix: string
}

export interface Journal {
  /** Every whole entry, in order. */
  readonly entries: readonly JournalEntry[]
  /** Write one entry; it is on disk when this returns. */
  append<E extends JournalEvent>(event: E): E & { readonly seq: number; readonly at: string }
  close(): void
}

/**
 * Open a region's journal: one JSON object a line, appended and fsynced one at a time.
 *
 * A last line that a crash cut short is cut off: its event never began.
 *
 * @throws Fault "journal.damaged" when a line in the middle is damaged: that is not what a crash leaves
 */
export function openJournal(path: string, onNotice: (line: string) => void): Journal {
  mkdirSync(dirname(path), { recursive: true })
  const handle = openSync(path, 'a+')
  syncNow(dirname(path))
  const bytes = readFileSync(path)
  const end = bytes.lastIndexOf(0x0a) + 1
  if (end < bytes.length) {
    ftruncateSync(handle, end)
    fsyncSync(handle)
    onNotice(`${path}: the last line was cut short by a crash and is cut off (${bytes.length - end} bytes)`)
  }
  const entries = parse(path, bytes.subarray(0, end).toString('utf8'))
  let last = entries.at(-1)?.seq ?? 0
  let size = end
  return {
    entries,
    append(event) {
      const entry = { seq: last + 1, at: new Date().toISOString(), ...event }
      const line = Buffer.from(`${JSON.stringify(entry)}\n`)
      killPoint('journal.before-append')
      try {
        for (let at = 0; at < line.length; ) at += writeSync(handle, line, at)
        fsyncSync(handle)
      } catch (error) {
        ftruncateSync(handle, size) // no half line may stand before the next entry
        throw error
      }
      size += line.length
      killPoint('journal.after-append')
      last = entry.seq
      return entry
    },
    close: () => closeSync(handle),
  }
}

function parse(path: string, text: string): JournalEntry[] {
  const lines = text.split('\n').slice(0, -1)
  return lines.map((line, index) => {
    try {
      const entry = JSON.parse(line) as JournalEntry
      if (entry.seq !== index + 1) throw new Error(`seq is ${entry.seq}, expected ${index + 1}`)
      return entry
    } catch (cause) {
      throw new Fault(
        'journal.damaged',
        `${path} line ${index + 1} is damaged: ${String(cause)}.`,
        'Restore the journal from a copy before going on; a crash can cut short the last line only.',
        { cause },
      )
    }
  })
}
