import type { FieldRule } from '../contracts/contract.ts'
import { readAmount } from '../contracts/judge-number.ts'
import { valueRule } from '../contracts/value-rule.ts'
import type { digitScripts, RegionProfile } from '../models/region.ts'
import { type Affixed, affixed, without } from './affix.ts'
import type { ColumnProfile } from './profile.ts'
import type { Shape } from './tally.ts'
import { isNil } from './vocabulary.ts'

/** How the numbers of one column are written. */
export interface NumberStyle {
  readonly decimal: '.' | ','
  readonly group: ',' | '.' | ' ' | "'" | ''
  readonly grouping: 'western' | 'indian'
  readonly digits: (typeof digitScripts)[number]
  /** Currency signs in the cells. */
  readonly symbols: readonly string[]
  /** Words in the cells that say on which side an amount is; `bare` is the side of those without one. */
  readonly sides: NumberSides | null
  /** Words for nothing in the cells. */
  readonly nil: readonly string[]
}

export interface NumberSides {
  readonly credit: readonly string[]
  readonly debit: readonly string[]
  readonly bare: 'credit' | 'debit' | null
}

/** What the whole column says of how its numbers are written. */
export interface NumberReading {
  readonly style: NumberStyle
  /** Cells that are numbers by this style, and that are not; empty ones and words for nothing are neither. */
  readonly accepted: number
  readonly refused: number
  /** proven: no other style reads the cells otherwise; region: two do, and the region's habit chose. */
  readonly certainty: 'proven' | 'region' | 'open'
  readonly evidence: string
  /** Another style that reads `ambiguous` cells as other numbers. */
  readonly other: NumberStyle | null
  readonly ambiguous: number
  /** Whether a cell has digits behind the decimal mark: amounts are then no whole numbers of a smallest unit. */
  readonly hasDecimals: boolean
  /** Cells that have. */
  readonly decimals: number
  readonly hasNegatives: boolean
  readonly example: string
}

const digitOf: Readonly<Record<string, NumberStyle['digits']>> = {
  '৯': 'bengali',
  '٩': 'arabic',
  '۹': 'persian',
  '९': 'devanagari',
  '９': 'fullwidth',
}

/** How a cell of a shape is read by a style. */
type Verdict =
  | { readonly kind: 'number' }
  | { readonly kind: 'refused' }
  /** A number only where its last digits are zeros: the currency has fewer decimals. */
  | { readonly kind: 'zeros'; readonly count: number }

/**
 * Find how a column's numbers are written.
 *
 * Every style is tried on every shape of the column. What only one style can read is evidence for it; where two styles
 * read the same cells as different numbers and nothing decides between them, the region's habit does, and if that is
 * neither of the two the question stays open.
 *
 * @param exponent decimals that the currency has; more are no amount
 */
export function readNumbers(
  { shapes }: Pick<ColumnProfile, 'shapes'>,
  exponent: number,
  region: RegionProfile,
): NumberReading {
  const { cells, symbols, sides, nil, digits } = takeApart(shapes)
  const tried: Tried[] = []
  for (const marks of styles) {
    const style = { ...marks, digits, symbols, sides, nil }
    const verdicts = cells.map((cell) => verdictOf(cell.bare, style, exponent))
    const counts = verdicts.map((verdict, i) => accepted(cells[i] as Cell, verdict))
    tried.push({ style, verdicts, counts, sum: counts.reduce((a, b) => a + b, 0) })
  }
  const all = cells.reduce((sum, { count }) => sum + count, 0)
  const most = Math.max(...tried.map(({ sum }) => sum))
  const usual = (style: NumberStyle) =>
    (style.decimal === region.decimal ? 4 : 0) +
    (style.group === region.group ? 2 : 0) +
    (style.grouping === region.grouping ? 1 : 0)
  const plainest = (style: NumberStyle) => (style.group === '' ? 8 : 0)
  const best = tried
    .filter(({ sum }) => sum === most)
    .sort((a, b) => plainest(b.style) + usual(b.style) - plainest(a.style) - usual(a.style))
  const first = best[0] as Tried
  const rival = tried
    .map((other) => ({ other, ...contest(first, other, cells) }))
    .filter(
      ({ differing, against, forOther }) =>
        differing > 0 && (against === 0 || forOther * 10 >= against) && !(against > 0 && forOther === 0),
    )
    .sort((a, b) => b.other.sum - a.other.sum || usual(b.other.style) - usual(a.other.style))[0]
  const told = (of: Tried) => {
    const isRead = (_: Cell, i: number) => (of.counts[i] ?? 0) > 0
    return {
      accepted: of.sum,
      refused: all - of.sum,
      ...decimalsBy(of.style, cells, of.counts),
      hasNegatives:
        sides !== null || cells.some((cell, i) => isRead(cell, i) && /^[-\u2212(]|[-\u2212]$/.test(cell.bare)),
      example: cells.find(isRead)?.example ?? '',
    }
  }
  if (rival === undefined)
    return {
      ...told(first),
      style: ungrouped(first, cells, region),
      certainty: 'proven',
      evidence: evidenceOf(first, cells),
      other: null,
      ambiguous: 0,
    }
  const isUsual = [first, rival.other].filter(({ style }) => style.decimal === region.decimal)
  const chosen = isUsual.length === 1 ? (isUsual[0] as Tried) : first
  const other = chosen === first ? rival.other : first
  const isDecided = isUsual.length === 1 && !(chosen !== first && first.sum > chosen.sum)
  return {
    ...told(chosen),
    style: chosen.style,
    certainty: isDecided ? 'region' : 'open',
    evidence: `${rival.differing} cells such as ${JSON.stringify(rival.example)} are different numbers with ${markNames(first.style)} and with ${markNames(rival.other.style)}`,
    other: other.style,
    ambiguous: rival.differing,
  }
}

/** The reading by its other style. */
export function otherwise({ shapes }: Pick<ColumnProfile, 'shapes'>, reading: NumberReading): NumberReading {
  if (reading.other === null) return reading
  const { cells } = takeApart(shapes)
  const counts = cells.map(({ count }) => count)
  return { ...reading, style: reading.other, other: reading.style, ...decimalsBy(reading.other, cells, counts) }
}

/** Cells with digits behind the decimal mark. */
function decimalsBy(style: NumberStyle, cells: readonly Cell[], counts: readonly number[]) {
  const decimals = cells.reduce((sum, { bare }, i) => sum + (fractionLength(bare, style) > 0 ? (counts[i] ?? 0) : 0), 0)
  return { decimals, hasDecimals: decimals > 0 }
}

/** Currency signs that usually stand beside the numbers of a column. */
export const signsIn = ({ shapes }: Pick<ColumnProfile, 'shapes'>): readonly string[] => takeApart(shapes).symbols

interface Cell extends Shape {
  /** The shape with digits as 0-9, without currency signs. */
  readonly bare: string
}

interface Tried {
  readonly style: NumberStyle
  readonly verdicts: readonly Verdict[]
  /** Cells of each shape that are numbers. */
  readonly counts: readonly number[]
  readonly sum: number
}

const styles: readonly Pick<NumberStyle, 'decimal' | 'group' | 'grouping'>[] = [
  ...(['', ',', ' ', "'"] as const).map((group) => ({ decimal: '.' as const, group, grouping: 'western' as const })),
  { decimal: '.', group: ',', grouping: 'indian' },
  ...(['', '.', ' ', "'"] as const).map((group) => ({ decimal: ',' as const, group, grouping: 'western' as const })),
]

function takeApart(shapes: readonly Shape[]) {
  const nil = shapes.filter(({ example }) => isNil(example)).map(({ example }) => example)
  const numbers = shapes.filter(({ example }) => !isNil(example)).map(affixed)
  const count = (of: readonly Affixed[]) => of.reduce((sum, { shape }) => sum + shape.count, 0)
  // What stands beside few of the numbers is mixed in, as a spreadsheet's damage is.
  const isUsual = (of: readonly Affixed[]) => of.length > 0 && count(of) * 10 >= count(numbers)
  const usually = (what: (one: Affixed) => boolean) => {
    const found = numbers.filter(what)
    return isUsual(found) ? found : []
  }
  const signed = usually(({ isSign }) => isSign)
  const sided = usually(({ side }) => side !== undefined)
  const taken = new Set([...signed, ...sided])
  const words = (of: readonly Affixed[]) => [...new Set(of.map(({ word }) => word))]
  const [credit, debit] = (['credit', 'debit'] as const).map((side) =>
    words(sided.filter((one) => one.side === side)),
  ) as [string[], string[]]
  const cells = numbers.map((one) => ({
    ...one.shape,
    bare: taken.has(one) ? without(one.affix, one.latin) : one.latin,
  }))
  const digits = shapes
    .map(({ text }) => Object.keys(digitOf).find((mark) => text.includes(mark)))
    .find((mark) => mark !== undefined)
  return {
    cells,
    symbols: words(signed),
    sides: sided.length === 0 ? null : sidesOf(credit, debit, sided.length < numbers.length),
    nil: [...new Set(nil)],
    digits: digits === undefined ? ('latin' as const) : (digitOf[digits] as NumberStyle['digits']),
  }
}

/** Words of one side alone: a number without one is on the other side, or the other side's word is not in this file. */
function sidesOf(credit: readonly string[], debit: readonly string[], hasBare: boolean): NumberSides {
  if (credit.length > 0 && debit.length > 0) return { credit, debit, bare: null }
  const isCredit = credit.length > 0
  if (hasBare) return { credit, debit, bare: isCredit ? 'debit' : 'credit' }
  const other = (words: readonly string[]) =>
    words.map((word) => word.replace(/[cd]/i, (letter) => ({ c: 'd', d: 'c', C: 'D', D: 'C' })[letter] as string))
  const isShort = [...credit, ...debit].every((word) => /^[cd](?:r\.?)?$/i.test(word))
  if (!isShort) return { credit, debit, bare: null }
  return isCredit ? { credit, debit: other(credit), bare: null } : { credit: other(debit), debit, bare: null }
}

function verdictOf(bare: string, style: NumberStyle, exponent: number): Verdict {
  const rule = plainRule(style)
  const strict = readAmount(bare, rule, exponent)
  if (strict.reasons.length === 0) return { kind: 'number' }
  const excess = fractionLength(bare, style) - exponent
  // Three zeros are no decimals of a currency that has none: they are thousands.
  const isThousands = exponent === 0 && excess === 3
  if (!strict.reasons.every((reason) => reason === 'precision') || excess <= 0 || isThousands)
    return { kind: 'refused' }
  return { kind: 'zeros', count: excess }
}

/** How a cell is read without its signs and words. */
const plainRule = (style: NumberStyle): FieldRule => ({
  ...valueRule('', 'UTC'),
  ...style,
  ...{ value: null, digits: 'latin', unit: 'major', symbols: [], sides: null },
})

/** Digits behind the decimal mark. */
function fractionLength(bare: string, style: NumberStyle): number {
  const at = bare.lastIndexOf(style.decimal)
  return at === -1 ? 0 : bare.slice(at + 1).replace(/\D/g, '').length
}

/** Cells of a shape that are numbers. */
function accepted({ count, zeros }: Cell, verdict: Verdict): number {
  if (verdict.kind === 'number') return count
  if (verdict.kind === 'refused') return 0
  return zeros.slice(verdict.count).reduce((sum, n) => sum + n, 0)
}

/** Where two styles read differently: cells both read as other numbers, and cells that only one of them reads. */
function contest(first: Tried, other: Tried, cells: readonly Cell[]) {
  let [differing, against, forOther] = [0, 0, 0]
  let example = ''
  for (const [i, cell] of cells.entries()) {
    const [ours, theirs] = [first.counts[i] ?? 0, other.counts[i] ?? 0]
    if (ours > 0 && theirs > 0 && sampleValue(cell.bare, first.style) !== sampleValue(cell.bare, other.style)) {
      differing += Math.min(ours, theirs)
      example ||= cell.example
    }
    against += Math.max(0, ours - theirs)
    forOther += Math.max(0, theirs - ours)
  }
  return { differing, against, forOther, example }
}

/** What a shape comes to by a style, its last three digits being zeros: enough to tell two readings apart. */
function sampleValue(bare: string, style: NumberStyle): bigint | null {
  const rule = plainRule(style)
  return readAmount(
    bare.replace(/(?:\d\D*){1,3}$/, (tail) => tail.replace(/\d/g, '0')),
    rule,
    null,
  ).value
}

/** Without its group mark where the file writes nearly all large numbers without one: the few others are mixed in. */
function ungrouped(first: Tried, cells: readonly Cell[], region: RegionProfile): NumberStyle {
  const { style } = first
  if (style.group === '') return style
  let [grouped, bare] = [0, 0]
  for (const [i, cell] of cells.entries()) {
    if ((first.counts[i] ?? 0) === 0) continue
    const whole = cell.bare.split(style.decimal)[0] as string
    if (whole.includes(style.group)) grouped += cell.count
    else if (/\d{4}/.test(whole)) bare += cell.count
  }
  if (bare < 3 || grouped * 4 >= bare) return style
  const hasDecimals = cells.some(({ bare: text }, i) => (first.counts[i] ?? 0) > 0 && fractionLength(text, style) > 0)
  return { ...style, group: '', decimal: hasDecimals ? style.decimal : region.decimal }
}

function evidenceOf({ style, counts }: Tried, cells: readonly Cell[]): string {
  const telling = cells.find(({ bare }, i) => (counts[i] ?? 0) > 0 && /\D/.test(bare.replace(/^[-+\u2212]/, '')))
  if (telling === undefined) return 'whole numbers without marks'
  return `${JSON.stringify(telling.example)} (line ${telling.line}) is a number with ${markNames(style)} alone`
}

export function markNames({ decimal, group, grouping }: Pick<NumberStyle, 'decimal' | 'group' | 'grouping'>): string {
  const grouped =
    group === '' ? 'no grouping' : `${JSON.stringify(group)} between ${grouping === 'indian' ? 'lakhs' : 'thousands'}`
  return `${JSON.stringify(decimal)} before decimals and ${grouped}`
}
