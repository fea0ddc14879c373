import type { RegionProfile } from '../../models/region.ts'
import type { Random } from '../contracts/draw.ts'

/** A generated export, with what each of its records is in truth. */
export interface Generated {
  readonly text: string
  readonly region: Pick<RegionProfile, 'decimal' | 'group' | 'date_order' | 'currency'>
  /** The day and the amount in hundredths, of each record in order. */
  readonly truth: readonly { readonly day: string; readonly hundredths: bigint }[]
  /** For a message. */
  readonly what: string
}

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
const between = (random: Random, from: number, to: number): number => from + Math.floor(random() * (to - from + 1))
const two = (n: number): string => String(n).padStart(2, '0')

/**
 * An export whose dates and amounts can be read in two ways, or are proven by its last record alone.
 *
 * Where nothing but the region's habits could tell, the truth is theirs: that is what these are for.
 */
export function ambiguousExport(random: Random): Generated {
  const region = {
    decimal: pick(random, ['.', ','] as const),
    group: ',' as ',' | '.' | ' ',
    date_order: pick(random, ['dmy', 'mdy'] as const),
    currency: pick(random, ['NGN', 'BRL', 'USD', 'PKR']),
  }
  region.group = region.decimal === '.' ? ',' : pick(random, ['.', ' '] as const)
  const isProven = random() < 0.6
  const order = isProven || random() < 0.3 ? pick(random, ['dmy', 'mdy'] as const) : region.date_order
  const isUsualOrder = order === region.date_order
  const decimal = isProven ? pick(random, ['.', ','] as const) : region.decimal
  const group = decimal === '.' ? ',' : '.'
  const isMinor = random() < 0.4
  const rows = between(random, 5, 60)
  const month = between(random, 1, 12)
  const truth: { day: string; hundredths: bigint }[] = []
  const lines: string[] = []
  for (let n = 0; n < rows; n++) {
    const isLast = n === rows - 1
    // Unusual and unproven: a stretch of days of one month, which the usual order would scatter over the year.
    const day = isLast && isProven ? between(random, 13, 28) : isUsualOrder ? between(random, 1, 12) : 1 + (n % 12)
    const ofMonth = isUsualOrder && !isProven ? between(random, 1, 12) : month
    const year = 2025
    const hundredths =
      isLast && isProven
        ? BigInt(between(random, 100_001, 99_999_999) * 10 + 1)
        : BigInt(between(random, 1, 999)) * 100_000n
    truth.push({ day: `${year}-${two(ofMonth)}-${two(day)}`, hundredths })
    const date = order === 'dmy' ? `${two(day)}/${two(ofMonth)}/${year}` : `${two(ofMonth)}/${two(day)}/${year}`
    lines.push(
      `T${1000 + n},${date},"${isMinor ? String(hundredths) : written(hundredths, decimal, group, isLast && isProven)}"`,
    )
  }
  return {
    text: `Transaction Id,Date,Amount\n${lines.join('\n')}\n`,
    region,
    truth,
    what: `${order} ${decimal} ${isMinor ? 'minor ' : ''}${isProven ? 'proven by the last record' : 'ambiguous'} in a region of ${region.date_order} ${region.decimal}`,
  }
}

/** `1.234` for 1,234.00 where no decimals are shown: as much a small number of the other style. */
function written(hundredths: bigint, decimal: '.' | ',', group: string, hasDecimals: boolean): string {
  const whole = (hundredths / 100n).toString().replace(/\B(?=(\d{3})+(?!\d))/g, group)
  return hasDecimals ? `${whole}${decimal}${(hundredths % 100n).toString().padStart(2, '0')}` : whole
}
