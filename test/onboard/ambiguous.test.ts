import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { judge } from '../../contracts/judge.ts'
import { parseContract } from '../../contracts/language.ts'
import { regionProfile } from '../../models/region.ts'
import { answered, choose } from '../../onboard/choose.ts'
import { infer } from '../../onboard/infer.ts'
import { loadTable } from '../../onboard/table.ts'
import { contractText } from '../../onboard/write.ts'
import { defaultLimits } from '../../stage/staged.ts'
import { seeded } from '../contracts/draw.ts'
import { ambiguousExport, type Generated } from './ambiguous.ts'
import { temporary } from './temporary.ts'

const folder = temporary('ambiguous')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A long round: `ENTREPOT_SEED=… npm run fuzz:onboard`. */
const files = process.env.ENTREPOT_SLOW === '1' ? 5000 : 25
const seed = Number(process.env.ENTREPOT_SEED ?? 20261128)

/** What of a file would load, of each record its day and amount; null: it is held or rejected. */
async function loaded({ text, region }: Generated, takesUsual: boolean) {
  const path = join(folder, 'export.csv')
  writeFileSync(path, text)
  const profile = regionProfile.parse({ region: 'test', name: 'Test', country: 'NG', zone: 'UTC', ...region })
  const table = await loadTable([path], defaultLimits, () => {})
  try {
    const draft = await infer(table, { region: profile, now: new Date('2026-06-01T00:00:00Z') })
    if (draft === null) throw new Error('nothing was found')
    const choices = choose(draft.questions, {}, takesUsual)
    const open = draft.questions.filter(({ id }) => (choices.get(id) ?? null) === null)
    const heading = { source: 'export', model: 'transaction', match: 'export/**', files: ['export.csv'], schema: 's' }
    const parsed = parseContract(
      contractText(heading, answered(draft, choices), open),
      'regions/test/sources/export.yaml',
      profile,
    )
    if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors))
    const read = judge(parsed.contract)
    const lines = text.trim().split('\n').slice(1)
    return lines.map((line) => {
      const [id = '', date = '', amount = ''] = [...line.matchAll(/"([^"]*)"|([^,]+)/g)].map(
        ([, quoted, bare]) => quoted ?? bare ?? '',
      )
      const { fields, reasons } = read({ 'Transaction Id': id, Date: date, Amount: amount })
      return reasons.length === 0 ? `${fields.local_date} ${fields.gross}` : null
    })
  } finally {
    await table.close()
  }
}

const decimal = (hundredths: bigint): string =>
  `${hundredths / 100n}${hundredths % 100n === 0n ? '' : `.${(hundredths % 100n).toString().padStart(2, '0').replace(/0$/, '')}`}`

describe(`${files} exports that can be read in two ways, or are proven by their last record (seed ${seed})`, () => {
  test.each([false, true])('are never read wrongly; the habits of the region taken: %s', async (takesUsual) => {
    const random = seeded(seed)
    let read = 0
    for (let n = 0; n < files; n++) {
      const generated = ambiguousExport(random)
      const found = await loaded(generated, takesUsual)
      const wrong = found.flatMap((record, i) => {
        const truth = generated.truth[i] as Generated['truth'][0]
        return record === null || record === `${truth.day} ${decimal(truth.hundredths)}`
          ? []
          : [`${record} is ${truth.day} ${decimal(truth.hundredths)}`]
      })
      expect({ file: n, what: generated.what, wrong: wrong.slice(0, 3) }).toEqual({
        file: n,
        what: generated.what,
        wrong: [],
      })
      read += found.filter((record) => record !== null).length
    }
    // Holding everything would be right, too, and of no use.
    expect(read).toBeGreaterThan(0)
  })
})
