import type { Discovered, Problem, Unit, UnitReport } from '../activities/unit.ts'
import { addCounts, noCounts, type RegionReport } from '../models/report.ts'
import { recordProblem } from './activities.ts'
import type { Progress, Scope } from './names.ts'
import { runUnits } from './run-units.ts'

/** What a sync or backfill answers with. */
export interface RunReport extends RegionReport {
  /** Files that could not be taken in, each with why; empty when all went well. A later sync tries them again. */
  readonly problems: readonly string[]
}

/** What one run hands to the next when its history is ended. */
export interface Carried {
  readonly startedAtMs: number
  readonly report: RegionReport
  /** Names of files that failed for good in this run: it does not try them again. */
  readonly failed: readonly string[]
  readonly problems: readonly string[]
  readonly progress: Progress
}

/** Runs units and keeps count of them, for the report and for the `progress` query. */
export class Tally {
  readonly scope: Scope
  readonly #startedAtMs: number
  readonly #report: RegionReport
  readonly #failed: Set<string>
  readonly #problems: string[]
  #progress: Progress

  constructor({ region, prefix }: Scope, carried?: Carried) {
    this.scope = { region, prefix }
    this.#startedAtMs = carried?.startedAtMs ?? Date.now()
    this.#report = { ...(carried?.report ?? { region, files: 0, ...noCounts(), findings: 0, seconds: 0 }) }
    this.#failed = new Set(carried?.failed)
    this.#problems = [...(carried?.problems ?? [])]
    this.#progress = carried?.progress ?? idle
  }

  get progress(): Progress {
    return this.#progress
  }

  get failed(): readonly string[] {
    return [...this.#failed]
  }

  get carried(): Carried {
    const { failed, progress } = this
    return { startedAtMs: this.#startedAtMs, report: this.#report, failed, problems: this.#problems, progress }
  }

  enter(phase: Progress['phase']): void {
    this.#progress = { ...this.#progress, phase }
  }

  addUnchanged(unchanged: Discovered['unchanged']): void {
    this.#report.files += unchanged.files
    addCounts(this.#report, unchanged)
  }

  /** Run the units; the ones that fail for good become findings, and the others go on. */
  async takeIn(units: readonly Unit[]): Promise<void> {
    const { files, bytes } = this.#progress
    this.#progress = {
      ...this.#progress,
      phase: 'load',
      files: files + units.reduce((sum, unit) => sum + unit.files.length, 0),
      bytes: bytes + units.reduce((sum, unit) => sum + unit.sizeBytes, 0),
    }
    await runUnits(this.scope, units, {
      started: (_unit, workflowId) => {
        this.#progress = { ...this.#progress, running: [...this.#progress.running, workflowId] }
      },
      ended: async (unit, workflowId, result) => {
        this.#progress = {
          ...this.#progress,
          running: this.#progress.running.filter((id) => id !== workflowId),
          filesDone: this.#progress.filesDone + unit.files.length,
          bytesDone: this.#progress.bytesDone + unit.sizeBytes,
        }
        if ('code' in result) await this.#fail(unit, result)
        else this.#add(result)
      },
    })
  }

  finish(findings: number): RunReport {
    this.enter('done')
    const seconds = (Date.now() - this.#startedAtMs) / 1000
    return { ...this.#report, findings, seconds, problems: this.#problems }
  }

  #add(result: UnitReport): void {
    this.#report.files += result.files
    addCounts(this.#report, result)
    this.#progress = {
      ...this.#progress,
      read: this.#progress.read + result.read,
      loaded: this.#progress.loaded + result.loaded,
      rejected: this.#progress.rejected + result.rejected,
    }
  }

  async #fail({ region, source, files }: Unit, { code, message }: Problem): Promise<void> {
    for (const { file } of files) this.#failed.add(file.name)
    this.#problems.push(`${files.map(({ file }) => file.name).join(', ')}: ${message}`)
    await recordProblem({ region, source, code, message })
  }
}

const idle: Progress = {
  phase: 'discover',
  files: 0,
  bytes: 0,
  filesDone: 0,
  bytesDone: 0,
  read: 0,
  loaded: 0,
  rejected: 0,
  running: [],
}
