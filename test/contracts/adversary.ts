import { timeNames } from '../../contracts/calendars.ts'

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

const bengali = '০১২৩৪৫৬৭৮৯'
const scripts = [bengali, '٠١٢٣٤٥٦٧٨٩', '۰۱۲۳۴۵۶۷۸۹', '０１２３４５６７８９']
const symbols = ['€', 'CA$', 'Rs', 'Rs.', 'US $', 'A', '#', 'kr.', 'ر.س', '£', 'Ks']
const words = ['D', 'Cr.', 'cr', 'Cd', 'd', 'r.', 'X']
const spaces = ['', '', '', '', '', '', ' ', '\t', '\u00a0', '\ufeff', '\u2003 ', '\n', '\u200b']

/**
 * Cells as files have them, and as files should never have them.
 *
 * @param wildness share of cells that are odd, 0 to 1
 */
export function adversary(random: Random, wildness: number) {
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
    const by = pick('', '', ',', '.', ' ', '-', '0', 'e', '_', '(', ')', "'", '٫', 'O', '\u2212', '+', ':', '/', 'T')
    return text.slice(0, at) + by + text.slice(at + below(2))
  }

  const amount = (): string | null => {
    if (odd(0.06))
      return pick(
        '',
        null,
        '--',
        '0',
        '-0',
        '1e3',
        '1_000',
        'NaN',
        'inf',
        '-',
        '()',
        '.',
        '0x10',
        '٣',
        '(-1)',
        '12,',
        '-1.500,',
      )
    const whole = odd(0.25) ? digits(1, 21) : digits(1, 5)
    const decimals = odd(0.2) ? digits(1, 12) : pick('', '', digits(1, 2), '00')
    const mark = odd(0.25) ? ',' : '.'
    const step = odd(0.4) ? /\B(?=(\d{2})*\d{3}$)/g : /\B(?=(\d{3})+$)/g
    const groups = chance(0.7)
      ? whole
      : whole.replace(step, odd(0.5) ? pick('.', ' ', "'", '\u202f', '\u2019', ',,') : ',')
    const number = `${groups}${decimals === '' ? '' : mark}${decimals}`
    const signed = odd(0.3) ? pick(`-${number}`, `\u2212${number}`, `(${number})`, `${number}-`, `-${number}-`) : number
    return spaced(localised(bent(signed)))
  }
  /** An amount with things put before, behind and, now and then, into it. */
  const affixed = (usual: readonly string[], affixes: readonly string[]): string | null => {
    let text = amount()
    for (let i = odd(0.6) ? below(3) : 1; i > 0 && text !== null; i -= 1) {
      const gap = () => (chance(0.4) ? pick(' ', '\u00a0', '\u202f', '  ', '\t') : '')
      const affix = `${gap()}${word(usual, affixes)}${gap()}`
      const at = odd(0.3) ? below(text.length + 1) : pick(0, text.length, /^[-(]/.test(text) ? 1 : 0)
      text = text.slice(0, at) + affix + text.slice(at)
    }
    return text
  }
  const day = (): string => {
    const [year, month, date] = [pick('2026', '2024', '2025', '1999', '0000', '2100', '1970'), two(14), two(33)]
    const name = pick('Jan', 'FEB', 'mar', 'Sept', 'May', 'December')
    const sound = pick(
      `2026-${two(12, 1)}-${two(28, 1)}`,
      `${two(28, 1)}/${two(12, 1)}/2026`,
      `2026/${two(12, 1)}/${two(28, 1)}`,
    )
    const other = pick(
      `${year}-${month}-${date}`,
      `${date}/${month}/${year}`,
      `${below(31)}-${name}-${two(100)}`,
      `${year}/${month}/${date}`,
      `${two(28, 1)}.${two(12, 1)}.${two(100)}`,
      `${name} ${below(32)}, ${year}`,
      `March ${1 + below(31)}, 2026`,
      `2026${two(12, 1)}${two(28, 1)}${two(24)}${two(60)}${two(60)}`,
    )
    return odd(0.7) ? other : sound
  }
  const sound = (): string => `${two(24)}:${two(60)}:${two(60)}`
  const clock = (): string =>
    odd(0.6)
      ? pick(
          '',
          `${two(24)}:${two(60)}`,
          `${1 + below(12)}:${two(60)} ${pick('AM', 'pm')}`,
          `${two(26)}:${two(62)}:${two(62)}`,
          '02:30:00',
          '01:30:00',
        )
      : sound()
  const zone = (): string =>
    odd(0.5) ? pick('z', ' UTC', ' Z', '+05', ' +14:00', ...strangeZones) : pick('', '', 'Z', '+01:00', '-0530')
  const time = (): string | null => {
    if (odd(0.05)) return pick('', null, 'now', '2026', '2026-03-01T', 'infinity', 'epoch')
    const change = pick('2026-03-08', '2026-11-01', '2026-03-29', '2026-10-25', '2026-02-15', '2026-03-22')
    const date = odd(0.1) ? change : odd(0.2) ? day() : `2026-${two(12, 1)}-${two(28, 1)}`
    const fraction = odd(0.2) ? `.${digits(1, 10)}` : ''
    return spaced(localised(bent(odd(0.1) ? date : `${date}${pick('T', ' ')}${clock()}${fraction}${zone()}`)))
  }
  const nameOf = (token: 'MMMM' | 'MMM' | 'dddd' | 'ddd', number: number): string => {
    const names = [...timeNames(token, [pick(...languages)])].filter(([, says]) => says === number)
    const name = names.length === 0 ? 'x' : (pick(...names)[0] ?? '')
    const cased = odd(0.5)
      ? pick(name.toUpperCase(), name.toLocaleUpperCase('tr'), name.replaceAll('i', 'i\u0307'), name.normalize('NFD'))
      : pick(name, name.charAt(0).toUpperCase() + name.slice(1))
    return token.length === 3 && chance(0.4) ? `${cased}.` : cased
  }
  /** A date, and now and then a time, with names of months and weekdays. */
  const named = (): string => {
    const [year, month, date] = [2024 + below(4), 1 + below(12), 1 + below(odd(0.1) ? 31 : 28)]
    const weekday = ((new Date(Date.UTC(year, month - 1, date)).getUTCDay() + 6 + (odd(0.2) ? 1 : 0)) % 7) + 1
    const [short, long] = [nameOf('MMM', month), nameOf('MMMM', month)]
    const said = pick(
      `${date} ${short} ${year} ${two(24)}:${two(60)}`,
      `${nameOf('dddd', weekday)} ${date} ${long} ${year}`,
      `${short} ${date}, ${year} ${1 + below(12)}:${two(60)} ${pick('AM', 'pm')}`,
      `${nameOf('ddd', weekday)}, ${two(28, 1)} ${short} ${two(100)} ${sound()}${pick('Z', '+0530', '-01:00')}`,
      `${nameOf('ddd', weekday)}, ${String(date).padStart(2, '0')} ${short} ${two(4, 24)} ${sound()}${pick('Z', '+0530', '-01:00')}`,
      `${String(date).padStart(2, '0')}${short}${year}`,
    )
    return spaced(localised(bent(said)))
  }
  /** A date in years of some calendar. */
  const yearly = (): string => {
    const year = pick(
      2560 + below(15),
      1395 + below(20),
      1440 + below(15),
      2026,
      ...(odd(0.1) ? [1347, 1480, 1525, 1000, 9999] : []),
    )
    const [month, date] = [two(odd(0.1) ? 14 : 12, 1), two(odd(0.3) ? 32 : 29, 1)]
    return spaced(
      localised(
        bent(
          pick(
            `${date}/${month}/${year}`,
            `${date}/${month}/${year}`,
            `${year % 100}-${Number(month)}-${Number(date)}`,
            `${date}/${month}/${year} ${clock()}`,
          ),
        ),
      ),
    )
  }
  /** The same moment in several texts, mostly. */
  const moment = () => {
    const secondsUtc = odd(0.1)
      ? pick(0, 86_399, 86_400, 4_102_444_800, 4_102_444_801, 999_999_999_999)
      : 1_767_225_600 + below(63_072_000)
    const shifted = odd(0.15) ? secondsUtc + pick(-1, 1, 60, 3600, -3600, 86_400) : secondsUtc
    // Twice on 2026-11-01 in New York, never on 2026-03-08.
    const atChange = odd(0.2) ? pick(1_793_509_200, 1_793_512_800, 1_772_953_200, 1_772_956_800) + below(3600) : shifted
    const iso = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 19)
    const [word, hours] = odd(0.2)
      ? pick<readonly [string | null, number]>(['', 0], [null, 0], ['EST', -5], ['pst', -8])
      : pick(['PST', -8] as const, ['PDT', -7] as const, [' IST ', 5.5] as const)
    return {
      unix: bent(`${atChange}${odd(0.1) ? pick('.0', '000', ' ') : ''}`),
      millis: bent(`${atChange}${two(1000).padStart(3, '0')}`),
      utc: spaced(`${iso(atChange)}${pick('Z', '+00:00')}`),
      newYork: odd(0.3) ? `${iso(atChange - 5 * 3600)}` : iso(shifted - 4 * 3600),
      zoned: odd(0.2) ? iso(secondsUtc).slice(0, 10) : iso(secondsUtc + hours * 3600),
      zoneWord: word,
      dayUtc: iso(atChange).slice(0, 10),
    }
  }
  const id = pick(
    '"c-1"',
    '" c 2 "',
    '12345678901234567890',
    'null',
    '7',
    'true',
    '""',
    '"é"',
    '{"a":1}',
    '["x"]',
    '"\\u0041"',
  )
  return {
    word,
    amount,
    priced: () => affixed(['$', '€'], symbols),
    sided: () => affixed(['CR', 'C', 'DR'], chance(0.3) ? [...words, ...symbols, '-'] : words),
    day: () => spaced(bent(day())),
    clock,
    time,
    named,
    yearly,
    moment,
    id: () =>
      odd(0.1)
        ? pick('', null, ' ', '\u00a0', 'e\u0301', '\u212b', "O'Brien", '\u{1f600}')
        : spaced(`t-${digits(1, 6)}`),
    currency: () =>
      word<string | null>(
        ['NGN', 'ngn', 'USD', 'XAF', 'KWD', 'JPY', 'USDC', '586'],
        ['566', '36', '036', '', null, 'NGМ', 'FCFA', '$', 'XTS', ' GHS ', 'BTC', ...lookAlikes],
      ),
    json: () =>
      word<string | null>(
        [`{"creator": {"id": ${id}}}`, '{"creator":{"name":"x"}}', ''],
        ['{"creator": "x"}', '[1]', null, '{creator', '"text"', '{"creator": {"id": 1}', '  {"creator":{"id":"y"}} '],
      ),
    title: (): string | null =>
      `${pick('Order ', 'Paid\n', '', 'é ')}${pick('#', '# ', '#\u00a0', '\u2003#', 'No ')}${digits(1, 3)}${pick(' ', '')}${pick('fee', 'Fee:', 'FEE', '')}${pick(' ', '\u00a0', '')}${amount()}`,
    count: () =>
      word<string | null>(
        ['1', '2', '12', ''],
        ['-3', null, '1.0', '1,000', '007', '9'.repeat(18), '9'.repeat(19), '1e2', '+4'],
      ),
  }
}

const languages = ['en', 'fr', 'tr', 'vi', 'yo', 'ar', 'hi', 'pt', 'pl']
const strangeZones = ['+15:59', '-16:00', '+24:00', '+01:60', '+1', '+01:00:00']
/** Their capitals are S: uſd is not US dollars. */
const lookAlikes = ['u\u017fd', '\u017fgd']
