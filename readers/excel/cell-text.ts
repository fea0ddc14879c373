import type { Format } from '../../contracts/contract.ts'
import { dateText } from './dates.ts'
import type { NumberFormat } from './number-format.ts'
import { decimalOf, decimalsOf } from './numbers.ts'

export interface CellText {
  readonly text: string
  /** It holds what a spreadsheet destroyed: an error, digits beyond the fifteenth, a date that is none. */
  readonly isDamaged: boolean
}

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
    if (isDamaged) return { text, isDamaged }
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

/** A cell that holds a date as text (`t="d"`): ISO 8601, with a space between day and time as everywhere here. */
export const isoText = (text: string): string =>
  text.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?$/, (_, day: string, time: string, part = '') =>
    time === '00:00:00' && Number(part) === 0 ? day : `${day} ${time}${part}`,
  )
