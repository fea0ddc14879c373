import type { Contract } from '../contracts/contract.ts'
import { contractVersion } from '../contracts/version.ts'
import type { Fault } from '../models/fault.ts'
import { renewAnalystFile } from './analyst.ts'
import { applyFinding, applyLoad, applyResolved, checkpoint } from './apply.ts'
import { archiveContract } from './archive.ts'
import { backups, makeBackup } from './backup.ts'
import { stagedOf } from './bring-back.ts'
import { Session } from './duck.ts'
import { openFindings, sourceMessages } from './findings.ts'
import type { JournalEvent } from './journal.ts'
import { findLedgerRow, hasName, knownReport } from './ledger.ts'
import { filesBetween, judgedFiles, readStatus, rememberLanding, seenLandings } from './lists.ts'
import { refreshMarts } from './marts.ts'
import { type Opened, openRegion } from './open.ts'
import { acknowledge, pendingPublications } from './outbox.ts'
import { planSource } from './plan.ts'
import { defaultSelectLimits, runSelect } from './select.ts'
import { checkDisk, readStaged } from './staged-input.ts'
import type { FileReport, LandedFile, Warehouse, WarehouseOptions } from './warehouse.types.ts'
import type { Turn } from './writer.ts'

/** A backup is taken by itself after this many loads. */
const loadsPerBackup = 50

/**
 * Open a region's warehouse, made right first: a damaged file is set aside and made again from the last backup and
 * the journal, loads that a crash cut short are done, stale marts are refreshed.
 *
 * @throws Fault "warehouse.already-open", "warehouse.in-use", "warehouse.newer-version", "journal.behind"
 */
export async function openWarehouse(options: WarehouseOptions): Promise<Warehouse> {
  return warehouseOf(options, await openRegion(options))
}

/** The interface over an open region. */
export function warehouseOf(options: WarehouseOptions, opened: Opened): Warehouse {
  const { layout, profile } = options
  const { region } = profile
  const { file: openFile, journal, writer } = opened
  const marts = { layout, region, journal }

  async function read<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const connection = await openFile.instance.connect()
    try {
      return await work(new Session(connection))
    } finally {
      connection.closeSync()
    }
  }

  /** Announce what is about to be done, do it, and take the announcement back where it comes to nothing. */
  async function journaled<E extends JournalEvent, T>(
    event: E,
    work: (entry: E & { readonly seq: number; readonly at: string }) => Promise<T>,
  ): Promise<T> {
    const entry = journal.append(event)
    try {
      return await work(entry)
    } catch (error) {
      const applied = await read((session) => session.number('select journal_seq from ops.writer'))
      if (applied < entry.seq) journal.append({ type: 'abandoned', of: entry.seq, why: String(error) })
      throw error
    }
  }

  async function known(file: LandedFile, contract: Contract): Promise<FileReport | null> {
    return read(async (session) => {
      const row = await findLedgerRow(session, file.source, file.sha256)
      if (row === undefined || row.contractVersion !== contractVersion(contract)) return null
      return knownReport(file, row, await hasName(session, row.id, file.name))
    })
  }

  async function load(
    file: LandedFile,
    contract: Contract,
    staged: string | Fault,
    signal?: AbortSignal,
  ): Promise<FileReport> {
    const subject = `${region}/${file.source}/${file.sha256}`
    const report = await writer.turn(
      async (turn) => {
        const version = await archiveContract(layout, contract)
        const former = await findLedgerRow(turn.session, file.source, file.sha256)
        if (former?.contractVersion === version) {
          const isNamed = await hasName(turn.session, former.id, file.name)
          if (isNamed) return knownReport(file, former, true)
        }
        const isKnown = former?.contractVersion === version
        const input = isKnown ? undefined : await readInput(staged)
        if (input !== undefined && 'stagedBytes' in input) await checkDisk(layout.warehouse(region), input.stagedBytes)
        const fault = input !== undefined && 'code' in input ? { fault: input } : {}
        const event = { type: 'load', file, contractVersion: version, ...fault } as const
        const done = await journaled(event, (entry) =>
          applyLoad(turn, { layout, stagedOf: stagedOf(options), file, contract, version, former, input, entry }),
        )
        await checkpoint(turn)
        return done
      },
      { subject, signal },
    )
    await backupWhenDue().catch((error: unknown) =>
      options.onNotice?.(`${region}: no backup was made: ${String(error)}`),
    )
    return report
  }

  /** Keep the findings on marts in step with what is wrong with them now. */
  async function tellOf(turn: Turn, code: string, problems: readonly Fault[]): Promise<void> {
    const messages = problems.filter((problem) => problem.code === code).map(({ message }) => message)
    const told = await sourceMessages(turn.session, 'marts', code)
    if (told.length === messages.length && messages.every((message) => told.includes(message))) return
    if (told.length > 0)
      await journaled({ type: 'resolved', source: 'marts', code } as const, (entry) => applyResolved(turn, entry))
    for (const message of messages)
      await journaled({ type: 'finding', source: 'marts', code, message, example: null } as const, (entry) =>
        applyFinding(turn, entry),
      )
  }

  async function backup(): Promise<string> {
    return writer.turn(async (turn) => {
      await turn.session.run('checkpoint')
      const seq = await turn.session.number('select journal_seq from ops.writer')
      return makeBackup(layout.warehouse(region), layout.backups(region), seq)
    })
  }

  async function backupWhenDue(): Promise<void> {
    const last = backups(layout.backups(region))[0]?.journalSeq ?? 0
    const loads = await read((session) => session.number(`select count(*) from ops.file where journal_seq > ${last}`))
    if (loads >= loadsPerBackup) await backup()
  }

  return {
    region,
    load,
    known,
    backup,
    seenLandings: () => read((session) => seenLandings(session, region)),
    rememberLanding: (seen) => writer.turn((turn) => rememberLanding(turn, seen)),
    recordFinding: (finding) =>
      writer.turn(async (turn) => {
        if ((await sourceMessages(turn.session, finding.source, finding.code)).includes(finding.message)) return
        await journaled({ type: 'finding', ...finding } as const, (entry) => applyFinding(turn, entry))
      }),
    resolveFinding: (source, code) =>
      writer.turn(async (turn) => {
        if ((await sourceMessages(turn.session, source, code)).length === 0) return
        await journaled({ type: 'resolved', source, code } as const, (entry) => applyResolved(turn, entry))
      }),
    refreshMarts: (signal) =>
      writer.turn(
        async (turn) => {
          const { partitions, publications, problems } = await refreshMarts(turn, marts)
          if (partitions + publications > 0) await checkpoint(turn)
          for (const code of ['mart.header', 'mart.sql']) await tellOf(turn, code, problems)
          return { partitions, publications }
        },
        { signal },
      ),
    pendingPublications: () => read((session) => pendingPublications(session, layout.outbox(region))),
    acknowledge: (publishSeq, receipt) =>
      writer.turn((turn) => acknowledge(turn, journal, layout.outbox(region), publishSeq, receipt)),
    filesBetween: (fromDate, toDate, source) =>
      read((session) => filesBetween(session, profile, fromDate, toDate, source)),
    judgedFiles: (source) => read((session) => judgedFiles(session, region, source)),
    plan: (source, files) =>
      read(async (session) => {
        await session.run('begin transaction')
        try {
          return await planSource(session, source, files, stagedOf(options))
        } finally {
          await session.run('rollback')
        }
      }),
    openFindings: () => read((session) => openFindings(session, region)),
    status: () => read((session) => readStatus(session, region)),
    query: async (sql, { maxRows, timeoutMs } = {}) => {
      const limits = {
        maxRows: maxRows ?? defaultSelectLimits.maxRows,
        timeoutMs: timeoutMs ?? defaultSelectLimits.timeoutMs,
      }
      return (await runSelect(openFile.instance, sql, limits)).rows
    },
    renewAnalystFile: () => writer.turn((turn) => renewAnalystFile(turn, layout.analystFile(region))),
    close: () => opened.close(),
  }
}

async function readInput(staged: string | Fault) {
  if (typeof staged === 'string') return readStaged(staged)
  const { code, message, fix } = staged
  return { code, message, fix }
}
