import type { FieldRule } from './contract.ts'
import type { Draft } from './judge.ts'
import { cellOf, cleaned, ruleText } from './judge-text.ts'
import { type Reading, readTime } from './judge-time.ts'
import { readYearly } from './judge-year.ts'
import { clockIn, dayIn, dayText, instantText, type Placed, place, startOf } from './judge-zone.ts'
import { offsetMinutes } from './time-format.ts'

const earliestUs = 86_400_000_000n // 1970-01-02
const latestUs = BigInt(Date.UTC(2100, 0)) * 1000n

/** Give a time field its value, and of an event its day in the region's zone. */
export function readInstant(record: Draft, name: string, rule: FieldRule, text: string): void {
  const { regionZone } = record.contract
  const isEvent = name === 'occurred_at'
  const read = readYearly(text, rule, record.cells)
  if (typeof read === 'string') {
    record.reasons.push(`${name}.${read}`)
    return
  }
  const placed = read === null ? null : placedBy(record, rule, read)
  // A date alone is a day in every zone.
  if (read === null || (placed === null && !(isEvent && read.kind === 'day'))) {
    record.reasons.push(`${name}.unparseable`)
    return
  }
  const utcUs = placed?.utcUs ?? 0n
  const rangeUs = read.kind === 'day' && isEvent ? startOf(read.day) : utcUs
  if (rangeUs < earliestUs || rangeUs > latestUs) record.reasons.push(`${name}.out_of_range`)
  // A date alone is no time that a clock could have shown never, or twice.
  if (read.kind === 'local' && placed?.fault) record.reasons.push(`${name}.${placed.fault}`)
  const isLocal = rule.zone === regionZone && rule.zoneWords === null
  const day = regionDay(read, utcUs, isLocal, regionZone)
  if (isEvent) record.day = day
  if (!isEvent || read.kind !== 'day') record.words.set(name, instantText(utcUs))

  const second = readSecond(record, name, rule)
  if (rule.agrees === null || second === null) return
  const secondUs = place(second, rule.agrees.zone).utcUs
  const isSame =
    read.kind === 'day' || second.kind === 'day'
      ? day === regionDay(second, secondUs, rule.agrees.zone === regionZone, regionZone)
      : second.kind === 'local'
        ? clockIn(utcUs, rule.agrees.zone) === second.localUs
        : second.utcUs === utcUs
  if (!isSame) record.reasons.push(`${name}.unparseable`)
}

/** When a time was: by its own offset, by the zone that the record's word tells, or by the rule's. Null where no word tells it. */
function placedBy({ cells }: Draft, { zone, zoneWords }: FieldRule, read: Reading): Placed | null {
  if (zoneWords === null || read.kind === 'instant') return place(read, zone)
  const word = cleaned(cellOf(cells, zoneWords.column)) ?? ''
  if (!Object.hasOwn(zoneWords.offsets, word)) return null
  const localUs = read.kind === 'day' ? startOf(read.day) : read.localUs
  return { utcUs: localUs - BigInt(offsetMinutes(zoneWords.offsets[word] ?? '')) * 60_000_000n, fault: null }
}

/** The day of a reading in the region's zone; a date alone is that day. */
function regionDay(read: Reading, utcUs: bigint, isLocal: boolean, regionZone: string): number {
  if (read.kind === 'day') return read.day
  return read.kind === 'local' && isLocal ? dayIn(read.localUs, 'UTC') : dayIn(utcUs, regionZone)
}

/** What the second text tells, where it is there; a reason where it tells nothing. */
function readSecond(record: Draft, name: string, { agrees }: FieldRule): Reading | null {
  const text = agrees === null ? null : ruleText(agrees, record.cells).text
  if (agrees === null || text === null) return null
  const read = readTime(text, agrees)
  if (read === null) record.reasons.push(`${name}.unparseable`)
  return read
}

export function readDate(record: Draft, name: string, rule: FieldRule, text: string): void {
  const dayOf = (read: Reading): number =>
    read.kind === 'day'
      ? read.day
      : dayIn(
          read.kind === 'local' ? read.localUs : read.utcUs,
          read.kind === 'local' ? 'UTC' : record.contract.regionZone,
        )
  const read = readYearly(text, rule, record.cells)
  if (read === null || typeof read === 'string' || read.kind === 'instant') {
    if (typeof read === 'string') record.reasons.push(`${name}.${read}`)
    else record.reasons.push(`${name}.unparseable`)
    return
  }
  record.words.set(name, dayText(dayOf(read)))
  const second = readSecond(record, name, rule)
  if (second !== null && dayOf(second) !== dayOf(read)) record.reasons.push(`${name}.unparseable`)
}
