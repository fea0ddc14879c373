import type { FieldRule } from './contract.ts'
import { mapLiteral } from './sql-text.ts'
import { type TimeSql, timeSql } from './sql-time.ts'
import { isDecided, yearSql } from './sql-year.ts'
import { clockInZone, dayInZone, placeInZone } from './sql-zone.ts'
import { offsetMinutes } from './time-format.ts'

/** A time field's expressions by the layer of the query they stand in (see `contracts/compile.ts`), and its conditions. */
export interface TimeFieldSql {
  readonly plain: readonly Named[]
  readonly values: readonly Named[]
  readonly units: readonly Named[]
  readonly amounts: readonly Named[]
  /** Reason without its field, and the condition. */
  readonly reasons: readonly (readonly [string, string])[]
}

type Named = readonly [name: string, sql: string]

const earliest = "timestamptz '1970-01-02 00:00:00+00'"
const latest = "timestamptz '2100-01-01 00:00:00+00'"

/**
 * A field that is a time: where it carries no offset, placed by its zone.
 *
 * Over the text `t_<field>`, the zone's word `z_<field>` and the text of `agrees`, `t_<field>_agrees`. Makes the field
 * itself and `y_<field>`, its day in the region's zone; of an event (occurred_at) a date alone is no time, but a day.
 */
export function instantSql(name: string, rule: FieldRule, regionZone: string): TimeFieldSql {
  const isEvent = name === 'occurred_at'
  const text = `t_${name}`
  const time = timeSql(rule, text)
  const [placed, naive, date, offset] = [`p_${name}`, `l_${name}`, `d_${name}`, `o_${name}`]
  const place = placer(rule, offset)
  const { instant, nonexistent, ambiguous } = place(naive)
  const midnight = place(`${date}::timestamp`).instant
  const local = rule.zone === regionZone && rule.zoneWords === null ? `${naive}::date` : dayInZone(instant, regionZone)
  const isNone = isEvent ? `${name} is null and ${date} is null` : `${name} is null`
  const reasons: [string, string][] = [
    ['unparseable', `${text} is not null and ${isNone}${isDecided(name, rule)}`],
    [
      'out_of_range',
      `case when ${name} is not null then ${name} not between ${earliest} and ${latest}
        ${isEvent ? `when ${date} is not null then ${date} not between date '1970-01-02' and date '2100-01-01'` : ''} else false end`,
    ],
  ]
  if (nonexistent !== 'false') reasons.push(['nonexistent', `coalesce(g_${name}, false)`])
  if (ambiguous !== 'false') reasons.push(['ambiguous', `coalesce(f_${name}, false)`])
  const year = yearSql(name, rule)
  reasons.push(...year.reasons.map(([why, is]): [string, string] => [why, is]))
  const second = rule.agrees === null ? null : timeSql(rule.agrees, `${text}_agrees`)
  if (rule.agrees !== null) reasons.push(['unparseable', differs(name, differ(name, rule.agrees, regionZone))])
  const offsets = Object.entries(rule.zoneWords?.offsets ?? {})
  return {
    plain: [...time.pieces, ...(second?.pieces ?? []), ...year.plain],
    units: year.units,
    values: [
      ...(rule.year === undefined ? named(name, time) : [[`p_${name}`, time.placed] as const, ...year.values(time)]),
      ...(second === null ? [] : named(`${name}_agrees`, second)),
      ...(rule.zoneWords === null
        ? []
        : [
            [
              offset,
              `${mapLiteral(offsets.map(([word, of]) => [word, String(offsetMinutes(of))]))}[z_${name}]::bigint`,
            ] as const,
          ]),
    ],
    amounts: [
      [name, `coalesce(${placed}, ${instant}${isEvent ? '' : `, ${midnight}`})`],
      [
        `y_${name}`,
        isEvent || second !== null ? `coalesce(${local}, ${dayInZone(placed, regionZone)}, ${date})` : 'null::date',
      ],
      [`g_${name}`, `(${nonexistent})`],
      [`f_${name}`, `(${ambiguous})`],
    ],
    reasons,
  }
}

const named = (name: string, { placed, naive, date }: TimeSql): Named[] => [
  [`p_${name}`, placed],
  [`l_${name}`, naive],
  [`d_${name}`, date],
]

/** Places a local time: by the offset of the record's zone word, in minutes, or by the rule's zone. */
const placer = (rule: FieldRule, offset: string) => (local: string) =>
  rule.zoneWords === null
    ? placeInZone(local, rule.zone)
    : {
        instant: `make_timestamptz(epoch_us(${local}) - ${offset} * 60000000)`,
        nonexistent: 'false',
        ambiguous: 'false',
      }

/** A field that is a date: of a time without an offset its day. */
export function dateSql(name: string, rule: FieldRule, regionZone: string): TimeFieldSql {
  const text = `t_${name}`
  const time = timeSql(rule, text)
  const second = rule.agrees === null ? null : timeSql(rule.agrees, `${text}_agrees`)
  const year = yearSql(name, rule)
  const { placed, naive, date } = agreeing(name)
  const day = `coalesce(${date}, ${naive}::date, ${dayInZone(placed, regionZone)})`
  return {
    plain: [...time.pieces, ...(second?.pieces ?? []), ...year.plain],
    units: rule.year === undefined ? [] : [...year.units, [name, `coalesce(d_${name}, l_${name}::date)`]],
    values: [
      ...(rule.year === undefined
        ? [[name, `coalesce(${time.date}, (${time.naive})::date)`] as const]
        : year.values(time)),
      ...(second === null ? [] : named(`${name}_agrees`, second)),
    ],
    amounts: [],
    reasons: [
      ['unparseable', `${text} is not null and ${name} is null${isDecided(name, rule)}`],
      ...year.reasons,
      ...(second === null ? [] : [['unparseable', differs(name, `${name} <> ${day}`)] as const]),
    ],
  }
}

/** The columns of a second text's readings. */
const agreeing = (name: string) => ({ placed: `p_${name}_agrees`, naive: `l_${name}_agrees`, date: `d_${name}_agrees` })

/**
 * Whether two times differ. Where one of them is a date alone, their days in the region's zone are held against each
 * other; a second local time is what the clocks of its zone showed.
 */
function differ(name: string, rule: FieldRule, regionZone: string): string {
  const { placed, naive, date } = agreeing(name)
  const local =
    rule.zone === regionZone ? `${naive}::date` : dayInZone(placeInZone(naive, rule.zone).instant, regionZone)
  const day = `coalesce(${date}, ${local}, ${dayInZone(placed, regionZone)})`
  return `case when d_${name} is not null or ${date} is not null then y_${name} <> ${day}
    when ${placed} is not null then ${name} <> ${placed} else ${clockInZone(name, rule.zone)} <> ${naive} end`
}

/** Whether both texts are there, and the second one is no time or a different one. */
function differs(name: string, isOther: string): string {
  const { placed, naive, date } = agreeing(name)
  return `case when t_${name} is null or t_${name}_agrees is null then false
    when ${placed} is null and ${naive} is null and ${date} is null then true else coalesce(${isOther}, false) end`
}
