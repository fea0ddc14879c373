import currencyCodes from 'currency-codes'

/** A currency or asset that money can be in. */
export interface Currency {
  readonly code: string
  /** ISO 4217 numeric code, three digits; undefined for assets. */
  readonly numeric: string | undefined
  /** Decimals of the smallest unit: 2 for NGN, 0 for XAF, 6 for USDC. */
  readonly exponent: number
}

/**
 * Assets beside ISO 4217, each reviewed: a symbol alone proves nothing, so a contract that reads one says by which
 * chain and token contract it is known. Exponents are those of the issuers' token contracts.
 */
const assets: readonly Currency[] = [
  { code: 'USDC', numeric: undefined, exponent: 6 },
  { code: 'USDT', numeric: undefined, exponent: 6 },
]

/**
 * In ISO 4217, and not yet in the package: the guilder of Curaçao and Sint Maarten, since 2025-03-31 one for one in place of
 * ANG, whose number it took over.
 */
const newer: readonly Currency[] = [{ code: 'XCG', numeric: '532', exponent: 2 }]

/** ISO 4217 (from the `currency-codes` package) and the reviewed assets, by code. */
export const currencies: ReadonlyMap<string, Currency> = new Map(
  [
    ...currencyCodes.data.map(({ code, number, digits }) => ({ code, numeric: number, exponent: digits })),
    ...newer,
    ...assets,
  ].map((currency) => [currency.code, currency]),
)

/** ISO 4217 numeric code -> alphabetic code: 586 -> PKR. */
export const currencyOfNumeric: ReadonlyMap<string, string> = new Map(
  [...currencies.values()].flatMap(({ code, numeric }) => (numeric === undefined ? [] : [[numeric, code] as const])),
)
