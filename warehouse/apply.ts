import type { Contract } from '../contracts/contract.ts'
import { killPoint } from '../models/kill-point.ts'
import type { Layout } from '../project/layout.ts'
import type { StagedOf } from './bring-back.ts'
import { addShare, dropSourceShares, settleFindings } from './findings.ts'
import type { JournalEntry, RecordedFault } from './journal.ts'
import { addName, knownReport, type LedgerRow } from './ledger.ts'
import { loadFile } from './load.ts'
import type { StagedInput } from './staged-input.ts'
import type { FileReport, LandedFile } from './warehouse.types.ts'
import { claimEpoch, type Turn } from './writer.ts'

export interface LoadOrder {
  readonly layout: Layout
  readonly stagedOf: StagedOf
  readonly file: LandedFile
  readonly contract: Contract
  readonly version: string
  readonly former: LedgerRow | undefined
  /** undefined: these bytes are known under this contract, only the name is new. */
  readonly input: StagedInput | RecordedFault | undefined
  readonly entry: Extract<JournalEntry, { type: 'load' }>
}

const loadCommit = { before: () => killPoint('load.before-commit'), after: () => killPoint('load.after-commit') }

/** Apply a journal entry of a load, asked for now or replayed: one transaction. */
export async function applyLoad(turn: Turn, order: LoadOrder): Promise<FileReport> {
  const { session } = turn
  const { file, contract, version, former, input, entry } = order
  return session.transaction(async () => {
    await claimEpoch(turn, `${file.region}/${file.source} ${file.name}`, entry.seq)
    if (input === undefined) {
      if (former === undefined) throw new Error(`${file.name}: nothing is staged and nothing is known of it`)
      await addName(session, former.id, file.name, entry.at)
      return knownReport(file, former, false)
    }
    return loadFile(session, {
      ...{ file, contract, contractVersion: version, staged: input, former },
      ...{ layout: order.layout, stagedOf: order.stagedOf },
      ...{ journalSeq: entry.seq, at: entry.at },
    })
  }, loadCommit)
}

export async function applyFinding(turn: Turn, entry: Extract<JournalEntry, { type: 'finding' }>): Promise<void> {
  const { session } = turn
  const { source, code, message, example, at } = entry
  await session.transaction(
    async () => {
      await claimEpoch(turn, `finding ${code}`, entry.seq)
      const share = { code, message, severity: 'block', rows: 1, line: null, raw: null } as const
      await addShare(session, { source, file: null, example, at }, share)
      await settleFindings(session, source, [code])
    },
    { before: () => killPoint('finding.before-commit'), after: () => killPoint('finding.after-commit') },
  )
}

export async function applyResolved(turn: Turn, entry: Extract<JournalEntry, { type: 'resolved' }>): Promise<void> {
  const { session } = turn
  const { source, code } = entry
  await session.transaction(
    async () => {
      await claimEpoch(turn, `finding ${code}`, entry.seq)
      await dropSourceShares(session, source, code)
      await settleFindings(session, source, [code])
    },
    { before: () => killPoint('resolved.before-commit'), after: () => killPoint('resolved.after-commit') },
  )
}

/**
 * Write the log into the file, outside of any transaction. A reader that is at work may hold it off: then the log
 * stays, valid, until the next one.
 */
export async function checkpoint(turn: Turn): Promise<void> {
  try {
    await turn.session.connection.run('checkpoint')
  } catch (error) {
    if (!/Cannot CHECKPOINT/.test(String(error))) throw error
  }
}
