import { copyFileSync, existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { archivedContract } from '../contracts/archived.ts'
import { Fault } from '../models/fault.ts'
import { killPoint } from '../models/kill-point.ts'
import { applyFinding, applyLoad, applyResolved, checkpoint } from './apply.ts'
import { removeUnfinished, syncNow } from './archive.ts'
import { backups } from './backup.ts'
import { stagedOf } from './bring-back.ts'
import { Session } from './duck.ts'
import { DamagedFile, isMachineTrouble, type OpenFile, openInstance, setAside } from './instance.ts'
import { type Journal, type JournalEntry, openJournal } from './journal.ts'
import { findLedgerRow } from './ledger.ts'
import { refreshMarts } from './marts.ts'
import { migrate } from './migrate.ts'
import { cleanOutbox, replayAcknowledged } from './outbox.ts'
import { readStaged } from './staged-input.ts'
import type { WarehouseOptions } from './warehouse.types.ts'
import { claimEpoch, type Turn, Writer } from './writer.ts'

/** A region's file, open, right, and in step with its journal. */
export interface Opened {
  readonly file: OpenFile
  readonly journal: Journal
  readonly writer: Writer
  close(): Promise<void>
}

/**
 * Open a region's warehouse and bring it in step with its journal.
 *
 * @param useBackups whether a file that is missing or damaged begins from the last backup; a rebuild begins from nothing
 */
export async function openRegion(options: WarehouseOptions, useBackups = true): Promise<Opened> {
  const { layout, profile, onNotice: notice = () => {} } = options
  const { region } = profile
  const path = layout.warehouse(region)
  const file = await openOrRestore(path, useBackups ? layout.backups(region) : undefined, notice)
  let journal: Journal | undefined
  try {
    journal = openJournal(layout.journal(region), notice)
    const writer = new Writer(file.instance, await lastEpoch(file))
    await catchUp(options, journal, writer, notice)
    let closing: Promise<void> | undefined
    const close = () => (closing ??= closeAll(file, journal as Journal, writer))
    return { file, journal, writer, close }
  } catch (error) {
    journal?.close()
    file.release()
    throw error
  }
}

async function closeAll(file: OpenFile, journal: Journal, writer: Writer): Promise<void> {
  await writer.turn(checkpoint)
  journal.close()
  file.release()
}

async function openOrRestore(
  path: string,
  backupFolder: string | undefined,
  notice: (line: string) => void,
): Promise<OpenFile> {
  const usable = existsSync(path) ? await openUsable(path, notice) : undefined
  if (usable !== undefined) return usable
  if (existsSync(`${path}.wal`))
    notice(`${path}.wal has no file to it and is set aside as ${setAside(path, 'damaged')}`)
  for (const backup of backupFolder === undefined ? [] : backups(backupFolder)) {
    copyFileSync(backup.path, `${path}.restoring`)
    syncNow(`${path}.restoring`)
    killPoint('restore.before-rename')
    renameSync(`${path}.restoring`, path)
    killPoint('restore.after-rename')
    const restored = await openUsable(path, notice)
    if (restored === undefined) continue
    notice(`${path} begins from the backup ${backup.path}, which holds the journal up to entry ${backup.journalSeq}`)
    return restored
  }
  return openChecked(path)
}

async function openUsable(path: string, notice: (line: string) => void): Promise<OpenFile | undefined> {
  try {
    return await openChecked(path)
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error
    notice(`${error.message}; it is set aside as ${setAside(path, 'damaged')}`)
    return undefined
  }
}

/** Open, migrate and read: what DuckDB opens may still not be readable. */
async function openChecked(path: string): Promise<OpenFile> {
  const file = await openInstance(path)
  try {
    await withSession(file, async (session) => {
      await migrate(session)
      await session.rows('select count(*) from ops.file')
      if ((await session.number('select count(*) from ops.writer')) !== 1)
        throw new DamagedFile(`${path} does not say which journal entry it holds`)
    })
    return file
  } catch (error) {
    file.release()
    const { message } = error as Error
    if (
      !isMachineTrouble(message) &&
      /^(IO|INTERNAL|FATAL|Serialization|Catalog) Error|Corrupt|checksum/i.test(message)
    )
      throw new DamagedFile(`${path} can not be read: ${message}`, { cause: error })
    throw error
  }
}

const lastEpoch = (file: OpenFile): Promise<bigint> =>
  withSession(file, async (session) => BigInt(await session.number('select epoch from ops.writer')))

async function withSession<T>(file: OpenFile, work: (session: Session) => Promise<T>): Promise<T> {
  const connection = await file.instance.connect()
  try {
    return await work(new Session(connection))
  } finally {
    connection.closeSync()
  }
}

/** Do what the journal says and the file does not have yet; then outbox and marts. */
async function catchUp(
  options: WarehouseOptions,
  journal: Journal,
  writer: Writer,
  notice: (line: string) => void,
): Promise<void> {
  const { layout, profile } = options
  const { region } = profile
  const applied = await writer.turn(({ session }) => session.number('select journal_seq from ops.writer'))
  const lastSeq = journal.entries.at(-1)?.seq ?? 0
  if (applied > lastSeq)
    throw new Fault(
      'journal.behind',
      `${layout.journal(region)} ends at entry ${lastSeq}, but ${layout.warehouse(region)} holds entry ${applied}.`,
      'Restore the journal from a copy: without it the warehouse can not be made again.',
    )
  const abandoned = new Set(journal.entries.flatMap((entry) => (entry.type === 'abandoned' ? [entry.of] : [])))
  const waiting = journal.entries.filter(
    ({ seq, type }) => seq > applied && type !== 'abandoned' && !abandoned.has(seq),
  )
  if (waiting.length > 0) notice(`${region}: ${waiting.length} journal entries from ${waiting[0]?.seq} on are replayed`)
  for (const entry of waiting) await replayOrAbandon(options, journal, writer, entry, entry === waiting.at(-1))
  await removeUnfinished(layout, region)
  for (const line of await writer.turn((turn) => cleanOutbox(turn, layout.outbox(region)))) notice(line)
  const { problems } = await writer.turn((turn) => refreshMarts(turn, { layout, region, journal }))
  for (const { message } of problems) notice(message)
  if (waiting.length > 0) await writer.turn(checkpoint)
}

/**
 * Entries before the last one were applied once, so they can be again. The last may be what the crash was about: one
 * that can not be applied is given up, so that it does not keep the region closed; its file is new to the next sync.
 */
async function replayOrAbandon(
  options: WarehouseOptions,
  journal: Journal,
  writer: Writer,
  entry: JournalEntry,
  isLast: boolean,
): Promise<void> {
  try {
    await writer.turn((turn) => replay(options, turn, entry))
  } catch (error) {
    if (!isLast) throw cannotReplay(options, entry, error)
    journal.append({ type: 'abandoned', of: entry.seq, why: String(error) })
    options.onNotice?.(`journal entry ${entry.seq} can not be replayed and is given up: ${String(error)}`)
  }
}

const cannotReplay = ({ layout, profile }: WarehouseOptions, { seq }: JournalEntry, cause: unknown): Fault =>
  new Fault(
    'journal.replay',
    `${layout.journal(profile.region)} line ${seq} was applied once and can not be again: ${String(cause)}`,
    'See that archive and contracts are as they were (restore them from a copy), then start again: it goes on from there.',
    { cause },
  )

async function replay(options: WarehouseOptions, turn: Turn, entry: JournalEntry): Promise<void> {
  switch (entry.type) {
    case 'load':
      return replayLoad(options, turn, entry)
    case 'finding':
      return applyFinding(turn, entry)
    case 'resolved':
      return applyResolved(turn, entry)
    case 'publishing':
    case 'acknowledged':
      return replayPublication(turn, entry)
    case 'abandoned':
      return
  }
}

const replayPublication = (
  turn: Turn,
  entry: Extract<JournalEntry, { type: 'publishing' | 'acknowledged' }>,
): Promise<void> =>
  turn.session.transaction(
    async () => {
      await claimEpoch(turn, `journal entry ${entry.seq}`, entry.seq)
      const seq = BigInt(entry.publishSeq)
      await turn.session.run('update ops.writer set publish_seq = greatest(publish_seq, $seq)', { seq })
      if (entry.type === 'acknowledged') await replayAcknowledged(turn.session, entry)
    },
    { before: () => killPoint('replay.before-commit'), after: () => killPoint('replay.after-commit') },
  )

async function replayLoad(
  options: WarehouseOptions,
  turn: Turn,
  entry: Extract<JournalEntry, { type: 'load' }>,
): Promise<void> {
  const { layout, restage } = options
  const { file, contractVersion: version } = entry
  const path = join(layout.archive(file.region), 'contracts', `${version}.json`)
  const contract = archivedContract(readFileSync(path, 'utf8'))
  const former = await findLedgerRow(turn.session, file.source, file.sha256)
  const isKnown = former?.contractVersion === version
  const input = isKnown ? undefined : (entry.fault ?? (await stageAgain(restage, file, contract)))
  await applyLoad(turn, { layout, stagedOf: stagedOf(options), file, contract, version, former, input, entry })
}

async function stageAgain(restage: WarehouseOptions['restage'], ...[file, contract]: Parameters<typeof restage>) {
  try {
    return await readStaged(await restage(file, contract))
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { code: error.code, message: error.message, fix: error.fix }
  }
}
