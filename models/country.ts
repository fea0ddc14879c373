import countries from 'i18n-iso-countries'

const codes = new Set(Object.keys(countries.getAlpha2Codes()))

/** Whether `code` is an ISO 3166-1 alpha-2 code (from the `i18n-iso-countries` package). */
export const isCountry = (code: string): boolean => codes.has(code)

/** Every ISO 3166-1 alpha-2 code. */
export const countryCodes: readonly string[] = [...codes]
