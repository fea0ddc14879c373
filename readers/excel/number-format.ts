/** What a number under a format is: a point in time, a time of day, an elapsed time, or a plain number. */
export type NumberKind = 'number' | 'date' | 'time' | 'datetime' | 'elapsed'

/** A cell style's number format; `code` is a format code, or the id of a built-in one. */
export interface NumberFormat {
  readonly kind: NumberKind
  readonly code: string | number
}

export const general: NumberFormat = { kind: 'number', code: 0 }

/**
 * What numbers under a format code are, as Excel tells it: by the letters of its first section that are no text,
 * colour, condition or locale. `m` is minutes where the code has hours or seconds, else months.
 */
export function kindOfCode(code: string): NumberKind {
  if (/^general/i.test(code) || code.length > 255) return 'number'
  const bare = code
    .replace(/"[^"]*"|[\\_*]./g, '')
    .replace(/\[(h+|m+|s+)\]/gi, '<$1>')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/E[+-]/gi, '')
    .split(';', 1)[0] as string
  if (/<[hms]/i.test(bare)) return 'elapsed'
  const hasTime = /[hs]|am\/pm|a\/p/i.test(bare)
  const hasDate = /[yd]/i.test(bare) || (!hasTime && /m/i.test(bare))
  if (hasDate) return hasTime ? 'datetime' : 'date'
  return hasTime ? 'time' : 'number'
}

/**
 * What numbers under a format of this id are where the workbook does not define it: ECMA-376 part 1, 18.8.30, with the
 * ids that East Asian and Thai Excel adds.
 */
export function kindOfId(id: number): NumberKind {
  for (const [from, to, kind] of builtIn) if (id >= from && id <= to) return kind
  return 'number'
}

const builtIn: readonly (readonly [from: number, to: number, NumberKind])[] = [
  [14, 17, 'date'],
  [18, 21, 'time'],
  [22, 22, 'datetime'],
  [27, 31, 'date'],
  [32, 35, 'time'],
  [36, 36, 'date'],
  [45, 45, 'time'],
  [46, 46, 'elapsed'],
  [47, 47, 'time'],
  [50, 54, 'date'],
  [55, 56, 'time'],
  [57, 58, 'date'],
  [71, 74, 'date'],
  [75, 76, 'time'],
  [77, 77, 'datetime'],
  [78, 78, 'time'],
  [79, 79, 'elapsed'],
  [80, 80, 'time'],
  [81, 81, 'date'],
]
