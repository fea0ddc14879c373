import type { Money } from './shape.ts'

/** What a currency's counted rows come to, in major units as decimal text; unknown fees are left out of the sums. */
export interface Total {
  readonly rows: number
  readonly gross: string
  readonly fee: string
  readonly tax: string
  readonly net: string
}

interface Sums {
  rows: number
  gross: bigint
  fee: bigint
  tax: bigint
  net: bigint
}

/** Adds up counted rows exactly: numbers below 2^53 for a while, then into BigInt. */
export function tally() {
  const exact = new Map<string, Sums>()
  const recent = new Map<string, Float64Array>()
  let pending = 0

  const flush = () => {
    for (const [currency, [rows = 0, gross = 0, fee = 0, tax = 0, net = 0]] of recent) {
      const sums = exact.get(currency) ?? { rows: 0, gross: 0n, fee: 0n, tax: 0n, net: 0n }
      sums.rows += rows
      sums.gross += BigInt(gross)
      sums.fee += BigInt(fee)
      sums.tax += BigInt(tax)
      sums.net += BigInt(net)
      exact.set(currency, sums)
    }
    recent.clear()
    pending = 0
  }

  return {
    add({ currency, counted, gross, fee, tax }: Money): void {
      if (!counted) return
      const sums = recent.get(currency) ?? new Float64Array(5)
      recent.set(currency, sums)
      sums[0] = (sums[0] ?? 0) + 1
      sums[1] = (sums[1] ?? 0) + gross
      sums[3] = (sums[3] ?? 0) + tax
      if (fee !== null) {
        sums[2] = (sums[2] ?? 0) + fee
        sums[4] = (sums[4] ?? 0) + gross - fee - tax // net is known where the fee is
      }
      if (++pending === 100_000) flush() // 100,000 amounts below 2^36 stay below 2^53
    },
    totals(): Record<string, Total> {
      flush()
      const sorted = [...exact].sort(([a], [b]) => (a < b ? -1 : 1))
      return Object.fromEntries(
        sorted.map(([currency, { rows, gross, fee, tax, net }]) => [
          currency,
          { rows, gross: major(gross), fee: major(fee), tax: major(tax), net: major(net) },
        ]),
      )
    },
  }
}

function major(minor: bigint): string {
  const sign = minor < 0n ? '-' : ''
  const text = String(minor < 0n ? -minor : minor).padStart(3, '0')
  return `${sign}${text.slice(0, -2)}.${text.slice(-2)}`
}
