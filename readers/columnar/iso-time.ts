/** Times counted from 1970 as ISO 8601, exactly: any year, any fraction, nothing through `Date` or floating point. */

const pad = (n: number, digits: number): string => String(n).padStart(digits, '0')

/** Days from 1970-01-01 as `YYYY-MM-DD`; years before 0 and above 9999 have a sign: `-0001-12-31`, `+10000-01-01`. */
export function isoDate(days: number): string {
  // Howard Hinnant, "chrono-compatible low-level date algorithms": civil_from_days.
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const ofEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  )
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * ofYear + 2) / 153)
  const day = ofYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  const sign = year < 0 ? '-' : year > 9999 ? '+' : ''
  return `${sign}${pad(Math.abs(year), 4)}-${pad(month, 2)}-${pad(day, 2)}`
}

/** Units from midnight as `HH:MM:SS`, with a fraction where there is one. @param digits 0, 3, 6 or 9: what the unit is */
export function isoTime(units: bigint, digits: number): string {
  const scale = 10n ** BigInt(digits)
  const seconds = Number(units / scale)
  const text = `${pad(Math.floor(seconds / 3600), 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`
  return text + fraction(units % scale, digits)
}

/** Units from 1970 as `YYYY-MM-DDTHH:MM:SS`, with a fraction where there is one. */
export function isoDateTime(units: bigint, digits: number): string {
  const day = 86_400n * 10n ** BigInt(digits)
  const ofDay = ((units % day) + day) % day
  return `${isoDate(Number((units - ofDay) / day))}T${isoTime(ofDay, digits)}`
}

/** A length of time in seconds: `PT90.5S`, `-PT1S`. */
export function isoDuration(units: bigint, digits: number): string {
  const scale = 10n ** BigInt(digits)
  const size = units < 0n ? -units : units
  return `${units < 0n ? '-' : ''}PT${size / scale}${fraction(size % scale, digits)}S`
}

const fraction = (units: bigint, digits: number): string =>
  units === 0n ? '' : `.${String(units).padStart(digits, '0').replace(/0+$/, '')}`

/** A whole number with a decimal point `scale` digits from its end; a negative scale adds zeros. */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale))
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}
