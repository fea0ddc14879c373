/** A number's decimal text, taken apart without passing through a float. */
export interface Decimal {
  /** The text written out, without an exponent. */
  readonly text: string
  /** More than 15 digits before the point: Excel keeps 15, so what stood behind them is lost where Excel had it. */
  readonly isDamaged: boolean
}

/** Digits that Excel keeps and shows. */
const digitsKept = 15

/**
 * A number as the file writes it, in plain decimals.
 *
 * The file's own text is kept, zeros at its end too, unless it has an exponent or more than 15 significant digits:
 * those beyond are what a binary number adds (`1234.5600000000001`), Excel shows none of them, and they are rounded off.
 * All digits are kept of a damaged number, since another program may have written an id in full, and of 16 digits that
 * are no whole number of fewer (`12345678901234.56`).
 *
 * @returns null where the text is no number
 */
export function decimalOf(text: string): Decimal | null {
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/.exec(text)
  if (parts === null) return null
  const [, sign = '', whole = '', fraction = '', exponent = ''] = parts
  if (whole === '' && fraction === '') return null
  const shift = Number(exponent)
  if (Math.abs(shift) > 400) return null
  const all = whole + fraction
  const digits = all.replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '').length
  /** Digits of `digits` before the point; below zero: zeros behind it. */
  const point = whole.length + shift - (all.length - digits.length)
  const isDamaged = significant > 0 && point > digitsKept
  const isFull = significant <= digitsKept || isDamaged || isWritten(digits, significant)
  if (exponent === '' && isFull) return { text, isDamaged }
  if (significant === 0) return { text: '0', isDamaged }
  const [kept, place] = isFull ? [digits, point] : rounded(digits, point)
  const minus = sign === '-' ? '-' : ''
  if (place <= 0) return { text: `${minus}0.${'0'.repeat(-place)}${kept}`, isDamaged }
  if (place >= kept.length) return { text: minus + kept.padEnd(place, '0'), isDamaged }
  return { text: `${minus}${kept.slice(0, place)}.${kept.slice(place)}`, isDamaged }
}

/** Decimals that the text of a number has; Infinity for a number written in another way. */
export function decimalsOf(text: string): number {
  const parts = /^[+-]?\d*(?:\.(\d*))?$/.exec(text)
  return parts === null ? Number.POSITIVE_INFINITY : (parts[1] ?? '').length || Number.POSITIVE_INFINITY
}

/** Whether somebody wrote 16 digits: those of a binary number are near one of far fewer (`0.7999999999999999`). */
const isWritten = (digits: string, significant: number): boolean =>
  significant === digitsKept + 1 && rounded(digits, 0)[0].length > digitsKept - 2

/** Significant digits rounded to 15, without zeros at the end, and where the point stands in them. */
function rounded(digits: string, point: number): [kept: string, point: number] {
  if (digits.length <= digitsKept) return [digits.replace(/0+$/, ''), point]
  const isUp = digits.charCodeAt(digitsKept) >= 0x35
  const kept = String(BigInt(digits.slice(0, digitsKept)) + (isUp ? 1n : 0n))
  return [kept.replace(/0+$/, ''), point + kept.length - digitsKept]
}
