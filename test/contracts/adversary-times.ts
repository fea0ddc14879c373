import { timeNames } from '../../contracts/calendars.ts'
import { transitions } from '../../models/zone.ts'
import type { Draw } from './draw.ts'

const languages = ['en', 'fr', 'tr', 'vi', 'yo', 'ar', 'hi', 'pt', 'pl']
const strangeZones = ['+15:59', '-16:00', '+24:00', '+01:60', '+1', '+01:00:00']
/** Days that exist in some years or some places alone, and the ends of what is taken. */
const strangeDays = [
  ...['2024-02-29', '2023-02-29', '2000-02-29', '1900-02-29', '2100-02-28', '0001-01-01', '9999-12-31', '0999-12-31'],
  ...['1970-01-01', '1970-01-02', '1969-12-31', '2099-12-31', '2100-01-01', '2100-01-02', '2011-12-30', '2026-04-31'],
]
/** Words for halves of the day and for zones, and what is nearly one. */
const halves = ['ص', 'م', 'م.', 'SA', 'ch', 'ÖÖ', 'Ọ̀SÁN', 'a.m.', 'matin', 'a', 'p.m']
const zoneTexts = ['PST', 'PDT', 'pst', 'PSTX', 'PS', 'IST', 'W+T', '']
/** Zones whose clocks were put forward or back in odd ways: by half an hour, by a day, by seconds, at midnight. */
export const strangeClocks = [
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Africa/Monrovia',
  'America/Sao_Paulo',
  'Africa/Casablanca',
]

/** Texts of times as files have them, and as files should never have them. */
export function times({ below, pick, chance, odd, digits, two, spaced, localised, bent }: Draw) {
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
          ...['02:30:00', '01:30:00', '23:59:59.999999', '23:59:60', '24:00:00', '00:00:00'],
        )
      : sound()
  const zone = (): string =>
    odd(0.5) ? pick('z', ' UTC', ' Z', '+05', ' +14:00', ...strangeZones) : pick('', '', 'Z', '+01:00', '-0530')
  const time = (): string | null => {
    if (odd(0.05)) return pick('', null, 'now', '2026', '2026-03-01T', 'infinity', 'epoch')
    const change = pick(
      '2026-03-08',
      '2026-11-01',
      '2026-03-29',
      '2026-10-25',
      '2026-02-15',
      '2026-03-22',
      ...strangeDays,
    )
    const date = odd(0.1) ? change : odd(0.2) ? day() : `2026-${two(12, 1)}-${two(28, 1)}`
    const fraction = odd(0.2) ? `.${digits(1, 10)}` : ''
    return spaced(localised(bent(odd(0.1) ? date : `${date}${pick('T', ' ')}${clock()}${fraction}${zone()}`)))
  }
  /** A clock's time in one of the zones, mostly around when its clocks were put. */
  const past = (): string => {
    const changes = transitions(pick(...strangeClocks)).slice(1)
    const { atUtcMs, offsetMs } = pick(...changes)
    const around = atUtcMs + offsetMs + pick(-1, 1) * below(odd() ? 90_000_000 : 7_200_000)
    const some = chance(0.5) ? around : below(2_208_988_800) * 1000
    return spaced(bent(new Date(some).toISOString().slice(0, 19)))
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
      `${short} ${date}, ${year} ${1 + below(12)}:${two(60)} ${pick('AM', 'pm', ...halves)}`,
      `${date} ${short} ${year} 0${date % 10}:05 ${zoneTexts[date % zoneTexts.length]}`,
      `${nameOf('ddd', weekday)}, ${String(date).padStart(2, '0')} ${short} ${year % 100} 1${date % 10}:05:07 ${zoneTexts[date % zoneTexts.length]}`,
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
  return { day: () => spaced(bent(day())), clock, time, past, named, yearly, moment }
}
