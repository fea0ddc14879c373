/** A number from 0 up to 1. */
export type Random = () => number

/** The same numbers for the same seed (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const scripts = ['০১২৩৪৫৬৭৮৯', '٠١٢٣٤٥٦٧٨٩', '۰۱۲۳۴۵۶۷۸۹', '０１２３４５６７８９']
const spaces = ['', '', '', '', '', '', ' ', '\t', '\u00a0', '\ufeff', '\u2003 ', '\n', '\u200b', '\u200e', '\u061c']
/** What may get into a text: marks, look-alikes, full-width forms, combining and bidi marks. */
const strays = [
  ...['', '', ',', '.', ' ', '-', '0', 'e', '_', '(', ')', "'", '٫', 'O', '\u2212', '+', ':', '/', 'T', '\u2013'],
  ...[
    '\uff11',
    '\uff0d',
    '\uff0e',
    '\uff21',
    '\u0430',
    '\u0421',
    '\u0301',
    '\u0307',
    '\u200e',
    '\u200f',
    '\u202c',
    '\u00ad',
  ],
]

export type Draw = ReturnType<typeof drawing>

/**
 * What texts are drawn with.
 *
 * @param wildness share of texts that are odd, 0 to 1
 */
export function drawing(random: Random, wildness: number) {
  const below = (limit: number) => Math.floor(random() * limit)
  const pick = <T>(...of: readonly T[]): T => of[below(of.length)] as T
  const chance = (share: number) => random() < share
  const odd = (share = 1) => chance(share * wildness)
  /** One of the first words, or now and then of the odd ones. */
  const word = <T>(plain: readonly T[], strange: readonly T[]): T => (odd(0.5) ? pick(...strange) : pick(...plain))
  const digits = (least: number, most: number) =>
    Array.from({ length: least + below(most - least + 1) }, () => below(10)).join('')
  const two = (limit: number, from = 0) => String(from + below(limit)).padStart(2, '0')
  const spaced = (text: string) => (odd(0.2) ? `${pick(...spaces)}${text}${pick(...spaces)}` : text)
  const localised = (text: string) => {
    if (!odd(0.15)) return text
    const script = pick(...scripts)
    const digits = text.replace(/[0-9]/g, (digit) => script[Number(digit)] ?? digit)
    return odd() ? digits.replaceAll('.', pick('٫', '．')).replaceAll(',', pick('٬', '，')) : digits
  }
  /** One character taken out, put in or turned. */
  const bent = (text: string) => {
    if (!odd(0.15)) return text
    const at = below(text.length + 1)
    const by = pick(...strays)
    return text.slice(0, at) + by + text.slice(at + below(2))
  }
  return { below, pick, chance, odd, word, digits, two, spaced, localised, bent }
}
