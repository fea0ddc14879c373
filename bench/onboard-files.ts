import { closeSync, openSync, writeSync } from 'node:fs'

/** An export in the manner of sellers' platforms and banks, of any length; what a record says hangs on its number alone. */
export interface ExportShape {
  readonly extension: string
  /** Whose habits are the defaults. */
  readonly region: string
  readonly currency: string
  readonly head: string
  /** A record's text, and its gross in the smallest unit. */
  record(n: number, write: (text: string) => void): bigint
  /** Questions that nothing in the file answers: with the region's habits they are answered, or stay open. */
  readonly questions: readonly string[]
}

export interface WrittenExport {
  readonly rows: number
  readonly bytes: number
  /** Sum of gross in the smallest unit. */
  readonly gross: bigint
}

/** Write records until there are `bytes` of them. The same arguments give the same file. */
export function writeExport(path: string, shape: ExportShape, bytes: number): WrittenExport {
  const fd = openSync(path, 'w')
  try {
    let [pieces, length, written, rows, gross] = [[shape.head], shape.head.length, 0, 0, 0n]
    const write = (text: string) => {
      pieces.push(text)
      length += text.length
    }
    const flush = () => {
      written += writeSync(fd, pieces.join(''))
      pieces = []
      length = 0
    }
    while (written + length < bytes) {
      gross += shape.record(rows++, write)
      if (length > 1 << 20) flush()
    }
    flush()
    return { rows, bytes: written, gross }
  } finally {
    closeSync(fd)
  }
}

/** A number from 0 to `below`, of a record and for a purpose: always the same one. */
function drawn(n: number, purpose: number, below: number): number {
  let h = Math.imul(n + 1, 0x9e3779b1) ^ Math.imul(purpose + 1, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  h = Math.imul(h ^ (h >>> 13), 0x297a2d39)
  return ((h ^ (h >>> 16)) >>> 0) % below
}

const two = (n: number): string => String(n).padStart(2, '0')
const hundredths = (minor: number): string => `${Math.trunc(minor / 100)}.${two(minor % 100)}`
const grouped = (whole: number, mark: string): string => String(whole).replace(/\B(?=(\d{3})+$)/g, mark)
const clock = (n: number): string => `${two(drawn(n, 7, 24))}:${two(drawn(n, 8, 60))}:${two(drawn(n, 9, 60))}`
const pick = <T>(list: readonly T[], n: number, purpose: number): T => list[drawn(n, purpose, list.length)] as T

const names = ['Amina Bello', 'Chidi Okafor', 'Ngozi Eze', 'Tunde Adeyemi', 'Fatima Sani', 'Emeka Obi', 'Zainab Musa']
const products = ['Course', 'Preset pack', 'E-book', 'Icon set', 'Sample library', 'Template', 'Workshop']

/** Sales with fees that close, and unique ids. */
const sales: ExportShape = {
  ...{ extension: 'csv', region: 'ng', currency: 'NGN', questions: [] },
  head: 'Transaction ID,Paid At,Customer,Email,Type,Status,Currency,Amount,Fee,Net Amount,Order\n',
  record(n, write) {
    const amount = 5000 + drawn(n, 1, 5_000_000)
    const fee = Math.trunc(amount * 0.015)
    const day = `${two(1 + drawn(n, 2, 28))}/${two(1 + drawn(n, 3, 12))}/2025`
    write(
      `TRX-${10_000_000 + n},${day} ${clock(n)},${pick(names, n, 4)},buyer.${drawn(n, 5, 400_000)}@example.org,sale,success,NGN,${hundredths(amount)},${hundredths(fee)},${hundredths(amount - fee)},Order ${drawn(n, 6, 900_000)}\n`,
    )
    return BigInt(amount)
  },
}

/** A bank's statement: lines above the table, columns for money out and in, a balance that runs. */
function statement(): ExportShape {
  let balance = 5_000_000
  return {
    ...{ extension: 'csv', region: 'ng', currency: 'NGN', questions: [] },
    head: [
      'First Example Bank,,,,,,',
      'Account Number:,0123456789,,,,,',
      'Currency:,NGN,,,,,',
      'Opening Balance:,"50,000.00",,,,,',
      ',,,,,,',
      'Trans Date,Value Date,Reference,Narration,Debit,Credit,Balance\n',
    ].join('\n'),
    record(n, write) {
      const money = (minor: number) => `"${grouped(Math.trunc(minor / 100), ',')}.${two(minor % 100)}"`
      const amount = 100 + drawn(n, 1, 900_000)
      const isDebit = drawn(n, 2, 2) === 0 && balance > amount
      balance += isDebit ? -amount : amount
      const at = new Date(Date.UTC(2015, 0, 11) + Math.trunc(n / 3000) * 86_400_000)
      const day = `${two(at.getUTCDate())}/${two(at.getUTCMonth() + 1)}/${at.getUTCFullYear()}`
      write(
        `${day},${day},S${10_000_000 + n},NIP transfer ${isDebit ? 'to' : 'from'} ${pick(names, n, 4)},${isDebit ? money(amount) : ''},${isDebit ? '' : money(amount)},${money(balance)}\n`,
      )
      return BigInt(isDebit ? -amount : amount)
    },
  }
}

/** Sixty columns of which few tell anything. */
const wide: ExportShape = {
  ...{ extension: 'csv', region: 'us', currency: 'USD', questions: [] },
  head: `${[
    ...['Purchase ID', 'Item Name', 'Buyer Name', 'Buyer Email', 'Purchase Date', 'Purchase Time (UTC timezone)'],
    ...[
      'Item Price ($)',
      'Fees ($)',
      'Net Total ($)',
      'Tax ($)',
      'Currency',
      'Quantity',
      'Country',
      'City',
      'Zip Code',
    ],
    ...['Referrer', 'Discount Code', 'Recurring Charge?', 'Free trial purchase?', 'Size', 'Color', 'SKU Type'],
    ...Array.from({ length: 38 }, (_, i) => `Custom Answer ${i + 1}`),
  ].join(',')}\n`,
  record(n, write) {
    const price = 99 + drawn(n, 1, 20_000)
    const fee = Math.trunc(price * 0.1) + 50
    const day = `2025-${two(1 + drawn(n, 3, 12))}-${two(1 + drawn(n, 2, 28))}`
    const answers = Array.from({ length: 38 }, (_, i) =>
      drawn(n, 100 + i, 3) === 0 ? `Answer ${drawn(n, 200 + i, 1 << (i % 16))}` : '',
    )
    write(
      `${(2 ** 40 + n).toString(36)}==,${pick(products, n, 4)},${pick(names, n, 5)},buyer.${drawn(n, 6, 400_000)}@example.org,${day},${clock(n)},${hundredths(price)},${hundredths(fee)},${hundredths(price - fee)},0.00,usd,1,United States,City ${drawn(n, 10, 3000)},${10_000 + drawn(n, 11, 89_999)},direct,,0,0,,,,${answers.join(',')}\n`,
    )
    return BigInt(price)
  },
}

/** Objects, one a line, with objects in them. */
const ndjson: ExportShape = {
  ...{ extension: 'ndjson', region: 'ng', currency: 'NGN', questions: [] },
  head: '',
  record(n, write) {
    const amount = 5000 + drawn(n, 1, 5_000_000)
    const day = `2025-${two(1 + drawn(n, 3, 12))}-${two(1 + drawn(n, 2, 28))}`
    write(
      `{"id":"ch_${(2 ** 40 + n).toString(36)}","created_at":"${day}T${clock(n)}Z","status":"success","currency":"NGN","amount":"${hundredths(amount)}","fee":"${hundredths(Math.trunc(amount * 0.015))}","customer":{"name":"${pick(names, n, 4)}","email":"buyer.${drawn(n, 5, 400_000)}@example.org"},"channel":"${pick(['card', 'bank', 'ussd'], n, 6)}"}\n`,
    )
    return BigInt(amount)
  },
}

/** No day above 12: each date is another day in another order. */
const dates: ExportShape = {
  ...{ extension: 'csv', region: 'ng', currency: 'NGN', questions: ['local_date.order'] },
  head: 'Transaction ID,Date,Customer,Status,Amount,Fee,Net Amount\n',
  record(n, write) {
    const amount = 5000 + drawn(n, 1, 5_000_000)
    const fee = Math.trunc(amount * 0.015)
    write(
      `TRX-${10_000_000 + n},${two(1 + drawn(n, 2, 12))}/${two(1 + drawn(n, 3, 12))}/2025,${pick(names, n, 4)},success,${hundredths(amount)},${hundredths(fee)},${hundredths(amount - fee)}\n`,
    )
    return BigInt(amount)
  },
}

/** `R$ 12.345` throughout: thousands, or as many decimals as no currency here has. */
const marks: ExportShape = {
  ...{ extension: 'csv', region: 'br', currency: 'BRL', questions: ['gross.marks'] },
  head: 'Transaction ID,Date,Customer,Status,Amount\n',
  record(n, write) {
    const whole = 1 + drawn(n, 1, 900)
    const day = `${two(1 + drawn(n, 2, 28))}/${two(1 + drawn(n, 3, 12))}/2025`
    write(`TRX-${10_000_000 + n},${day},${pick(names, n, 4)},success,R$ ${whole}.000\n`)
    return BigInt(whole) * 100_000n
  },
}

/** By what they are hard by. */
export const exportShapes: Readonly<Record<string, () => ExportShape>> = {
  ...{ sales: () => sales, statement, wide: () => wide, ndjson: () => ndjson, dates: () => dates, marks: () => marks },
}
