import { utf8 } from './shape.ts'

/** 1,500,000 minor units as `15000.00`. */
export function plain(minor: number): string {
  const sign = minor < 0 ? '-' : ''
  const all = Math.abs(minor)
  const cents = all % 100
  return `${sign}${(all - cents) / 100}.${cents < 10 ? '0' : ''}${cents}`
}

/** The same with lakh grouping: `1,25,000.00`. */
export function lakh(minor: number): string {
  const text = plain(minor)
  const end = text.length - 3
  const start = minor < 0 ? 1 : 0
  if (end - start <= 3) return text
  let whole = text.slice(end - 3, end)
  for (let at = end - 3; at > start; at -= 2) whole = `${text.slice(Math.max(start, at - 2), at)},${whole}`
  return text.slice(0, start) + whole + text.slice(end)
}

const two = (n: number) => String(n).padStart(2, '0')

/** The first quarter of 2026, each day as [year, month, day]. */
export const days: readonly (readonly [string, string, string])[] = Array.from({ length: 90 }, (_, i) => {
  const day = new Date(Date.UTC(2026, 0, 1 + i))
  return [String(day.getUTCFullYear()), two(day.getUTCMonth() + 1), two(day.getUTCDate())] as const
})

/** Every second of a day: `00:00:00` … `23:59:59`. */
export const times: readonly string[] = Array.from(
  { length: 86_400 },
  (_, s) => `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`,
)

/** `ng-c0001` … : what `prefix` numbers. */
export const numbered = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => prefix + String(i + 1).padStart(4, '0'))

const ordinary = [
  'thank you for the drum kit friend',
  'paid from phone for the whole team',
  'second try after the first timed out',
  'please send the receipt to my mail',
  'invoice 2026/0184 for March lessons',
  'gift for my sister on her birthday',
  'preset pack for the wedding album',
  'course fee for the evening class',
  'renewal of the yearly design plan',
  'bought at the studio open day sale',
  'for the choir and the two drummers',
  'lesson pack with all the worksheets',
  'same as last month and thanks again',
  'order placed by the school library',
  'beat tape volume two with the stems',
]

const rare = [
  '"kit, course and presets in one go"',
  '"she said ""it works"" and left"',
  utf8('sketches for the café on Ọba Road'),
  utf8('গানের ক্লাসের ফি'),
  '',
  '"two\nlines"',
]

/** Notes as buyers leave them, about 33 bytes each: a few are quoted, beyond ASCII, empty or over two lines. */
export const notes: readonly string[] = [...ordinary, ...ordinary, ...ordinary, ...rare]
