import { ApplicationFailure } from '@temporalio/activity'
import type { Activities } from '../../activities/index.ts'
import type { StagedFile, Unit, UnitReport } from '../../activities/unit.ts'
import { noCounts } from '../../models/report.ts'

/** A unit of one file whose content is named by one letter. */
export function unitOf(letter: string, source = 'shop'): Unit {
  const sha256 = letter.repeat(64)
  const file = {
    region: 'ng',
    source,
    sha256,
    name: `${source}/${letter}.csv`,
    sizeBytes: 10,
    arrivedAt: '2026-07-01T00:00:00Z',
  }
  const seen = { path: file.name, sizeBytes: 10, mtimeNs: '1', ctimeNs: '1' }
  return { region: 'ng', source, id: letter.repeat(12), files: [{ file, contractVersion: 'v1', seen }], sizeBytes: 10 }
}

export const fault = (code: string, message: string) =>
  ApplicationFailure.create({ message, type: code, nonRetryable: true, details: [{ fix: 'do it', details: {} }] })

/** What a loaded unit of one record says. */
export const oneLoaded: UnitReport = { ...noCounts(), read: 1, loaded: 1, files: 1, bytes: 10, changedDates: 1 }

/** Activities that only write down their calls; a test replaces the ones it is about. */
export function fakeActivities(calls: string[], replaced: Partial<Activities> = {}): Activities {
  const called = (line: string) => {
    calls.push(line)
  }
  const fakes: Activities = {
    async discover() {
      return { units: [], unchanged: { files: 0, ...noCounts() }, hasMore: false }
    },
    async stage({ files }) {
      return files.map((): StagedFile => ({ staged: '/staged' }))
    },
    async load() {
      return oneLoaded
    },
    async refreshMarts() {
      return { partitions: 1, publications: 1 }
    },
    async publish() {
      return { sent: 1 }
    },
    async renewAnalystFile() {},
    async recordProblem() {},
    async countFindings() {
      return 0
    },
    async listArchived() {
      return { units: [], next: null }
    },
    ...replaced,
  }
  const detail: Record<string, (...args: never[]) => string> = {
    stage: (unit: Unit) => ` ${unit.id[0]}`,
    load: (unit: Unit, [first]: StagedFile[]) =>
      ` ${unit.id[0]}${first !== undefined && 'unreadable' in first ? ` unreadable ${first.unreadable.code}` : ''}`,
    recordProblem: ({ source, code }: { source: string; code: string }) => ` ${source} ${code}`,
  }
  return Object.fromEntries(
    Object.entries(fakes).map(([name, act]) => [
      name,
      (...args: never[]) => {
        called(`${name}${detail[name]?.(...args) ?? ''}`)
        return (act as (...args: never[]) => unknown)(...args)
      },
    ]),
  ) as unknown as Activities
}
