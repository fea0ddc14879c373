/** What an ingestion came to; both sides must agree in every figure, or the comparison means nothing. */
export interface Outcome {
  readonly loaded: number
  readonly duplicate: number
  readonly rejected: number
  /** Over counted rows by currency, decimals as text. */
  readonly totals: Readonly<Record<string, { rows: number; gross: string; fee: string; net: string }>>
  /** Rows of the daily aggregate. */
  readonly days: number
}

/** One run of one side in a process of its own. */
export interface Run {
  readonly seconds: number
  /** Peak resident memory of the process, MiB. */
  readonly rssMb: number
  readonly outcome: Outcome
}

/** Totals of a `core.transaction`-shaped table. */
export const totalsSql = (table: string): string => `
  select currency, count(*)::integer as rows, sum(gross)::varchar as gross, sum(fee)::varchar as fee, sum(net)::varchar as net
  from ${table} where counted group by currency order by currency`

export const peakRssMb = (): number => Math.round(process.resourceUsage().maxRSS / 1024)

/** Print the run as the last line; the parent reads it. */
export const report = (run: Run): void => {
  console.log(JSON.stringify(run))
}
