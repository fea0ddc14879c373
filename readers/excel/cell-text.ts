import type { Format } from '../../contracts/contract.ts'
import { dateText } from './dates.ts'
import type { NumberFormat } from './number-format.ts'
import { decimalOf, decimalsOf } from './numbers.ts'

export interface CellText {
  readonly text: string
  /** It holds what a spreadsheet destroyed: an error, digits beyond the fifteenth, a date that is none. */
  readonly isDamaged: boolean
}

/** Characters of a format code in Excel: longer ones are nobody's. */
const longestCode = 255

/** Turns the number of a cell into its text. */
export type NumberText = (number: string, format: NumberFormat) => CellText

/**
 * How numbers become text: in full and dates as ISO 8601 (`stored`), or as the number format shows them (`shown`).
 *
 * @param is1904 days count from 1904
 */
export async function numberTextOf(values: Format['values'], is1904: boolean): Promise<NumberText> {
  const stored: NumberText = (number, format) => storedText(number, format, is1904)
  if (values === 'stored') return stored
  const { SSF } = await import('@e965/xlsx')
  return (number, { code, kind }) => {
    const { text, isDamaged } = stored(number, { code, kind })
    if (isDamaged || (typeof code === 'string' && code.length > longestCode)) return { text, isDamaged }
    try {
      const shown: string = SSF.format(code, Number(number), { date1904: is1904 })
      return { text: shown, isDamaged: /^-?\d(\.\d+)?E\+\d+$/.test(shown) }
    } catch {
      return { text, isDamaged } // a format that no spreadsheet reads: the number itself says more than nothing
    }
  }
}

function storedText(number: string, { kind }: NumberFormat, is1904: boolean): CellText {
  if (kind !== 'number' && isNumeral.test(number)) {
    const text = dateText(Number(number), decimalsOf(number), kind, is1904)
    if (text !== null) return { text, isDamaged: false }
  }
  const decimal = decimalOf(number)
  if (decimal === null) return { text: number, isDamaged: true }
  return kind === 'number' ? decimal : { text: decimal.text, isDamaged: true }
}

const isNumeral = /^[+-]?\d*\.?\d+(?:E[+-]?\d+)?$/i

/**
 * A cell that holds a date as text: ISO 8601, with a space between day and time as everywhere here, and without a time
 * that is midnight or a fraction that is zero. Anything else stays as it is.
 */
export function isoText(text: string): string {
  const [, day, time, fraction = ''] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?$/.exec(text) ?? []
  if (day === undefined) return text
  const part = Number(fraction) === 0 ? '' : fraction
  return time === '00:00:00' && part === '' ? day : `${day} ${time}${part}`
}
