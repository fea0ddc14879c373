import type { FieldRule } from './contract.ts'
import { literal } from './sql-text.ts'
import { type TimeSql, timeSql } from './sql-time.ts'
import { anyYear } from './time-format.ts'

type Named = readonly [name: string, sql: string]

/** What puts dates that are written without a year into theirs: `contracts/judge-year.ts` is the twin. */
interface YearSql {
  readonly plain: readonly Named[]
  /** Over the plain layer: the time and the date as if they were in `anyYear`, and the period. */
  values(time: TimeSql): readonly Named[]
  /** Over these: `l_<field>` and `d_<field>`, the time and the date, and `w_<field>`, why there is none. */
  readonly units: readonly Named[]
  readonly reasons: readonly Named[]
}

/** Texts of the bounds of a period are `t_<field>_from` and `t_<field>_to`. */
export function yearSql(name: string, { year }: FieldRule): YearSql {
  if (year === undefined) return { plain: [], values: () => [], units: [], reasons: [] }
  const [time, date] = [`ul_${name}`, `ud_${name}`]
  const any = ({ naive, date: day }: TimeSql): Named[] => [
    [time, naive],
    [date, day],
  ]
  if ('value' in year) {
    const of = /^[12][0-9]{3}$/.test(year.value) ? literal(year.value) : 'null'
    const [local, day] = [time, date].map((some) => inYear(some, `${of}::integer`)) as [string, string]
    return {
      plain: [],
      values: any,
      units: [
        [`l_${name}`, local],
        [`d_${name}`, `${day}::date`],
      ],
      reasons: [],
    }
  }
  const bounds = { from: timeSql(year.from, `t_${name}_from`), to: timeSql(year.to, `t_${name}_to`) }
  const [from, to] = [`uf_${name}`, `ut_${name}`]
  const isPeriod = `${to} >= ${from} and ${to} < ${from} + interval 1 year`
  const within = (some: string) => {
    const [first, last] = [from, to].map((bound) => inYear(some, `year(${bound})::integer`)) as [string, string]
    const isIn = (other: string) => `(${other})::date between ${from} and ${to}`
    return `case when not coalesce(${isPeriod}, false) then null when ${isIn(first)} then ${first} when ${isIn(last)} then ${last} end`
  }
  return {
    plain: [...bounds.from.pieces, ...bounds.to.pieces],
    values: (read) => [
      ...any(read),
      [from, `coalesce(${bounds.from.date}, (${bounds.from.naive})::date)`],
      [to, `coalesce(${bounds.to.date}, (${bounds.to.naive})::date)`],
    ],
    units: [
      [`l_${name}`, within(time)],
      [`d_${name}`, `(${within(date)})::date`],
      [
        `w_${name}`,
        `case when coalesce(${time}, ${date}) is null then null when ${to} >= ${from} + interval 1 year then 'ambiguous'
          when coalesce(${isPeriod}, false) and ${within(time)} is null and ${within(date)} is null then 'out_of_range' end`,
      ],
    ],
    reasons: ['ambiguous', 'out_of_range'].map((why) => [why, `coalesce(w_${name} = ${literal(why)}, false)`]),
  }
}

/** A condition behind others: a date without a year is nothing else where a reason of its own says why it is none. */
export const isDecided = (name: string, { year }: FieldRule): string =>
  year !== undefined && 'from' in year ? ` and w_${name} is null` : ''

/** A time of `anyYear` in another year; null where that has no such day. */
function inYear(time: string, year: string): string {
  const moved = `(${time} + to_years(${year} - ${anyYear}))`
  return `case when day(${moved}) = day(${time}) then ${moved} end`
}
