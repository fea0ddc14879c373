import { verifySources } from '../project/regions.ts'
import { archiveContract } from '../warehouse/archive.ts'
import type { LandedFile } from '../warehouse/warehouse.types.ts'
import { batchUnits } from './batch-units.ts'
import type { ActivityContext } from './context.ts'
import { contractOfFile } from './contract-of-file.ts'
import type { BackfillPage, BackfillRange, UnitFile } from './unit.ts'

const pageFiles = 500

/**
 * A page of the archived files of some local dates, oldest first, with the contracts of today. Pages go by arrival and
 * content, not by number: judging a file again may move it into or out of the range.
 * A file whose source has no contract now is left as it is, and a finding says so.
 */
export async function listArchivedFiles(
  { layout, region, warehouse }: ActivityContext,
  { fromDate, toDate, source, after }: BackfillRange & { after: string | null },
): Promise<BackfillPage> {
  const { contracts } = await verifySources(layout, region)
  const found = [...(await warehouse.filesBetween(fromDate, toDate, source ?? undefined))]
  const rest = found.map((file) => ({ file, place: placeOf(file) })).sort((a, b) => (a.place < b.place ? -1 : 1))
  const page = rest.filter(({ place }) => after === null || place > after).slice(0, pageFiles)
  const files: UnitFile[] = []
  for (const { file } of page) {
    const contract = await contractOfFile(layout, warehouse, contracts, file)
    if (contract === undefined) {
      const message = `${file.name} can not be judged again: its source has no usable contract now.`
      await warehouse.recordFinding({ source: file.source, code: 'file.no-contract', message, example: file.name })
    } else files.push({ file, contractVersion: await archiveContract(layout, contract), seen: null })
  }
  const last = page.at(-1)
  const isLast = last === undefined || last.place === rest.at(-1)?.place
  return { units: batchUnits(region, files), next: isLast ? null : last.place }
}

const placeOf = ({ arrivedAt, sha256, name }: LandedFile): string => `${arrivedAt} ${sha256} ${name}`
