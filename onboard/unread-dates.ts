import { calendarNamed } from './calendar-words.ts'
import { isNamed, type ListFile } from './list-file.ts'
import { scripts } from './tally.ts'
import { timeShapes } from './time-shapes.ts'
import { mostAhead } from './times.ts'

/** What a person is told of a column that is named as one of dates, and holds none that are understood. */
export interface UnreadDates {
  readonly why: string
  /** What to do, where there is more to say than for any other file. */
  readonly fix: string | null
}

const yearless = /^'?\p{Nd}{1,2}[-/. ](?:\p{Nd}{1,2}|\p{L}{3,12}\.?)$/u

/** The year in a day, where it has four digits; else 0. */
function yearIn(cell: string): number {
  const latin = cell.replace(/\p{Nd}/gu, (digit) => {
    const script = scripts.find((one) => one.includes(digit))
    return script === undefined ? digit : String(script.indexOf(digit))
  })
  const [year] = /(?<!\d)\d{4}(?!\d)/.exec(latin) ?? []
  return Number(year ?? 0)
}

/** Null where no column is named as one of dates, or dates are what it holds. */
export function unreadDates({ table, columns, surroundings }: ListFile): UnreadDates | null {
  for (const [i, column] of columns.entries()) {
    const { sample = [], shapes } = table.tallies.columns[i] ?? {}
    const [example] = sample
    const hasName = isNamed(column, 'time', 'value_date')
    if (example === undefined || !(hasName || column.look === 'time')) continue
    const [name, shown] = [JSON.stringify(column.name), JSON.stringify(example)]
    const read = timeShapes(shapes ?? [], surroundings.region.languages)
    if (read !== null && read.cells >= column.filled * 0.5) {
      if (!sample.every((cell) => yearIn(cell) > surroundings.now.getUTCFullYear() + mostAhead)) continue
      const calendar = calendarNamed(column.name) === 'bikram' ? 'the Bikram Sambat calendar' : 'another calendar'
      return {
        why: `the years in ${name}, such as in ${shown}, are of ${calendar}: as Gregorian ones they are still to come`,
        fix: `Add a column with the Gregorian days beside ${name}, and onboard the file again: contracts know the calendars gregorian, buddhist, persian and hijri, and days of another are never guessed.`,
      }
    }
    if (!hasName) continue
    if (sample.filter((cell) => yearless.test(cell)).length < sample.length * 0.9)
      return {
        why: `${name} is named as one of dates, and what stands there, such as ${shown}, is read as none`,
        fix: null,
      }
    return {
      why: `the days in ${name}, such as ${shown}, have no year, and nothing above the table proves which it is`,
      fix: `Write the contract by hand, with the year of the file beside the format of its days, as in \`local_date: { from: ${name}, format: DD/MM, year: 2026 }\`; docs/contracts.md says how under "Dates without a year", and \`entrepot preview\` tries it.`,
    }
  }
  return null
}
