// Not the package's entry, which reads the names in every language.
import countries from 'i18n-iso-countries/index.js'

const codes = new Set(Object.keys(countries.getAlpha2Codes()))

/** Whether `code` is an ISO 3166-1 alpha-2 code (from the `i18n-iso-countries` package). */
export const isCountry = (code: string): boolean => codes.has(code)

/** Every ISO 3166-1 alpha-2 code. */
export const countryCodes: readonly string[] = [...codes]

/** The alpha-2 code of an ISO 3166-1 alpha-3 code; undefined where it is none. */
export const alpha2Of = (alpha3: string): string | undefined => countries.alpha3ToAlpha2(alpha3)
