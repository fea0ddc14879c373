// What CLDR does not say, or says otherwise than exports do. Reviewed: a line needs a reason, in docs/decisions/region-packs.md.

/** Language of business where that is not the official language with most speakers. */
export const languageOf: Readonly<Record<string, string>> = {
  ...of('en', 'BN ER FJ HK IN KE LK LS MU MV MW PG PK PW RW SB SC SG SO TK TO TV TZ UG VU WS ZA ZM ZW'),
  ...of('fr', 'BI CF DJ DZ HT KM MA MG MR SN TD TN'),
  ...of('es', 'PY'),
  ...of('nl', 'BQ CW'),
  ...of('pt', 'TL'),
}

/** Zone of the capital, or of most people, where CLDR names no primary one; UTC where nobody lives. */
export const zoneOf: Readonly<Record<string, string>> = {
  AQ: 'Antarctica/McMurdo',
  AR: 'America/Argentina/Buenos_Aires',
  AU: 'Australia/Sydney',
  BR: 'America/Sao_Paulo',
  BV: 'Etc/UTC',
  CA: 'America/Toronto',
  CD: 'Africa/Kinshasa',
  CY: 'Asia/Nicosia',
  FM: 'Pacific/Pohnpei',
  GL: 'America/Nuuk',
  HM: 'Etc/UTC',
  ID: 'Asia/Jakarta',
  KI: 'Pacific/Tarawa',
  KZ: 'Asia/Almaty',
  MN: 'Asia/Ulaanbaatar',
  MX: 'America/Mexico_City',
  PF: 'Pacific/Tahiti',
  PG: 'Pacific/Port_Moresby',
  PS: 'Asia/Hebron',
  RU: 'Europe/Moscow',
  UM: 'Pacific/Wake',
  US: 'America/New_York',
  XK: 'Europe/Belgrade',
}

/** A country's own currency, where CLDR begins with a neighbour's. */
export const currencyOf: Readonly<Record<string, string>> = { LS: 'LSL' }

/** Weekends of which CLDR says nothing, so that it gives the world's Saturday and Sunday. */
export const weekendOf: Readonly<Record<string, string[]>> = {
  BD: ['fri', 'sat'],
  MV: ['fri', 'sat'],
  PS: ['fri', 'sat'],
}

function of(language: string, countries: string): Record<string, string> {
  return Object.fromEntries(countries.split(' ').map((country) => [country, language]))
}
