import type { FieldRuleYaml } from '../contracts/grammar.ts'
import { literal, quote } from '../contracts/sql-text.ts'
import { type Amount, asWritten, type Relation, sumText } from './amounts.ts'
import { fromColumn, nameOf, type Surroundings } from './columns.ts'
import type { Draft, Question } from './draft.ts'
import { type Marker, signRule } from './marker.ts'
import { markNames, type NumberStyle } from './numbers.ts'
import type { Sides } from './sums.ts'

/** What of a column's style the region's habits do not say already. */
export function styleKeys(
  style: NumberStyle,
  region: Pick<NumberStyle, 'decimal' | 'group' | 'grouping' | 'digits'>,
): FieldRuleYaml {
  const keys: Record<string, unknown> = {}
  if (style.decimal !== region.decimal) keys.decimal = style.decimal
  if (style.group !== region.group) keys.group = style.group
  if (style.group !== '' && style.grouping !== region.grouping) keys.grouping = style.grouping
  if (style.digits !== region.digits) keys.digits = style.digits
  if (style.symbols.length > 0) keys.symbols = style.symbols
  if (style.sides !== null) {
    const { credit, debit, bare } = style.sides
    keys.sides = {
      ...(credit.length === 0 ? {} : { credit: [...credit] }),
      ...(debit.length === 0 ? {} : { debit: [...debit] }),
      ...(bare === null ? {} : { bare }),
    }
  }
  if (style.nil.length > 0) keys.nil = style.nil.length === 1 ? style.nil[0] : style.nil
  return keys as FieldRuleYaml
}

/** Puts what was found about money into the draft, and asks what was not. */
export class Writer {
  readonly amounts: Amount[] = []
  readonly #draft: Draft
  readonly #region: Surroundings['region']
  constructor(draft: Draft, region: Surroundings['region']) {
    this.#draft = draft
    this.#region = region
  }

  /** Amounts in a column for money out and one for money in. */
  sides({ debit, credit }: Sides, fee: Amount | null, isStatement: boolean): void {
    const style = this.#styled([debit, credit])
    this.#set(
      'gross',
      { debit: nameOf(debit.column), credit: nameOf(credit.column), ...style },
      [debit, credit],
      `nearly every record has one of the two${isStatement ? ', and the balance moves by it' : ''}`,
    )
    if (fee !== null) this.#set('fee', { ...fromColumn(fee.column), ...this.#styled([fee]) }, [fee], 'by its name')
    else if (isStatement)
      this.#draft.fields.set('fee', { rule: { value: 0 }, evidence: 'the balance moves by the amount alone' })
    this.marks()
  }

  relation(relation: Relation, sides: Sides | null, marker: Marker | null, isNilZero: boolean): void {
    const { gross, net, fee, moreFees, tax, moreTaxes, matched, compared } = relation
    const taken = `${fee === null ? '' : ' less fee'}${moreFees.length === 0 ? '' : 's'}${tax === null ? '' : ' less tax'}${moreTaxes.length === 0 ? '' : 'es'}`
    const closes = `${matched} of ${compared} records close: gross${taken} is ${net === null && sides === null ? 'another column' : 'net'}`
    if (
      sides !== null &&
      net === null &&
      !gross.reading.hasNegatives &&
      'name' in sides.debit.column.ref &&
      'name' in gross.column.ref
    ) {
      const [out, amount] = [quote(sides.debit.column.ref.name), quote(gross.column.ref.name)]
      this.#set(
        'gross',
        {
          sql: `case when regexp_matches(${out}, '[1-9]') then '-' || ${amount} else ${amount} end`,
          ...this.#styled([gross]),
        } as FieldRuleYaml,
        [gross],
        `${closes}; money out has the other column`,
      )
      this.#set(
        'net',
        {
          debit: nameOf(sides.debit.column),
          credit: nameOf(sides.credit.column),
          ...this.#styled([sides.debit, sides.credit]),
        },
        [sides.debit, sides.credit],
        closes,
      )
    } else {
      if (isNilZero && net !== null && 'name' in gross.column.ref && 'name' in net.column.ref) {
        const [amount, total] = [quote(gross.column.ref.name), quote(net.column.ref.name)]
        const isNil = (column: string, words: readonly string[]) =>
          words.map((word) => `${column} = ${literal(word)}`).join(' or ')
        const sql = `case when (${isNil(amount, gross.reading.style.nil)}) and not (${isNil(total, net.reading.style.nil) || 'false'}) then '0' else ${amount} end`
        this.#set(
          'gross',
          { sql, ...this.#styled([gross]) },
          [gross],
          `${closes}; a word for nothing is 0 where there is a net`,
        )
      } else this.#set('gross', { ...fromColumn(gross.column), ...this.#styled([gross]) }, [gross], closes)
      if (net !== null) this.#set('net', { ...fromColumn(net.column), ...this.#styled([net]) }, [net], closes)
      const isUnsigned = !gross.reading.hasNegatives && (net === null || !net.reading.hasNegatives)
      if (marker !== null && isUnsigned) this.#sign(marker)
    }
    const charge = (amount: Amount, isNegative: boolean) =>
      ({
        ...fromColumn(amount.column),
        ...this.#styled([amount]),
        ...(isNegative ? { negate: true } : {}),
      }) as FieldRuleYaml
    const together = (all: readonly Amount[], isNegative: boolean) =>
      ({
        ...{ sql: sumText(all.map(asWritten)), decimal: '.', group: '' },
        ...(isNegative ? { negate: true } : {}),
      }) as FieldRuleYaml
    if (fee !== null && moreFees.length > 0) {
      const fees = [fee, ...moreFees]
      this.#set('fee', together(fees, relation.isFeeNegative), fees, `${closes}; they are taken together`)
    } else if (fee !== null)
      this.#set(
        'fee',
        charge(fee, relation.isFeeNegative),
        [fee],
        relation.isFeeNegative ? 'written with a minus where it was taken' : closes,
      )
    if (tax !== null && moreTaxes.length > 0) {
      const taxes = [tax, ...moreTaxes]
      this.#set('tax', together(taxes, relation.isTaxNegative), taxes, `${closes}; they are taken together`)
    } else if (tax !== null) this.#set('tax', charge(tax, relation.isTaxNegative), [tax], closes)
    this.marks()
  }

  /** One column of amounts. */
  amount(
    gross: Amount,
    { fee, tax, rest }: { readonly fee: Amount | null; readonly tax: Amount | null; readonly rest: Amount | null },
    marker: Marker | null,
    isStatement: boolean,
    proof: string | null = null,
  ): void {
    // What was taken is taken on either side: where no sum tells otherwise, the sign is the amount's alone.
    const sign = marker === null ? null : signRule(marker)
    this.#set(
      'gross',
      { ...fromColumn(gross.column), ...this.#styled([gross]), ...(sign === null || fee === null ? {} : { sign }) },
      [gross],
      isStatement ? 'the balance moves by it' : (proof ?? 'by its name and its numbers'),
    )
    if (marker !== null && fee === null) this.#sign(marker)
    const negated = (amount: Amount) => (amount.reading.hasNegatives ? { negate: true } : {})
    if (fee !== null)
      this.#set(
        'fee',
        { ...fromColumn(fee.column), ...this.#styled([fee]), ...negated(fee) } as FieldRuleYaml,
        [fee],
        'by its name',
      )
    else if (isStatement)
      this.#draft.fields.set('fee', { rule: { value: 0 }, evidence: 'the balance moves by the amount alone' })
    if (tax !== null && fee !== null)
      this.#set(
        'tax',
        { ...fromColumn(tax.column), ...this.#styled([tax]), ...negated(tax) } as FieldRuleYaml,
        [tax],
        'by its name',
      )
    if (rest !== null)
      this.#set('net', { ...fromColumn(rest.column), ...this.#styled([rest]) }, [rest], 'what is left of the amount')
    this.marks()
  }

  /** Several columns say what was taken, and no sum tells how they belong together: unknown until somebody says. */
  askForFees(fees: readonly Amount[]): void {
    for (const fee of fees) this.amounts.push(fee)
    const negate = fees.some(({ reading }) => reading.hasNegatives) ? { negate: true } : {}
    this.#draft.questions.push({
      id: 'fee',
      of: 'record',
      question: `What was taken: ${fees.map(({ column }) => JSON.stringify(column.name)).join(', ')}, or all together?`,
      evidence: 'several columns are fees by their names, and no sum tells',
      usual: null,
      safe: 'unknown',
      candidates: [
        { name: 'unknown', meaning: 'no fee is known', fields: {} },
        {
          name: 'together',
          meaning: 'their sum',
          fields: {
            fee: { sql: sumText(fees.map(asWritten)), ...{ decimal: '.', group: '' }, ...negate } as FieldRuleYaml,
          },
        },
        ...fees.map((fee) => ({
          name: fee.column.name,
          meaning: 'this one alone',
          fields: { fee: { ...fromColumn(fee.column), ...this.#styled([fee]), ...negate } as FieldRuleYaml },
        })),
      ],
    })
  }

  /** Several columns can be what the customer paid, and nothing proves one. */
  askForGross(grosses: readonly Amount[]): void {
    for (const gross of grosses) this.amounts.push(gross)
    this.#draft.questions.push({
      id: 'gross',
      of: 'record',
      question: `What did the customer pay: ${grosses.map(({ column }) => JSON.stringify(column.name)).join(' or ')}?`,
      evidence: 'they say different amounts of one record, and no sum tells which is made of the others',
      usual: null,
      candidates: grosses.map((gross) => ({
        name: gross.column.name,
        meaning: `such as ${gross.reading.example}`,
        fields: { gross: this.#whole(gross) },
      })),
    })
  }

  /** A fee is known by its name, and another column can be what is left, though the fee does not make it. */
  askForRest(gross: Amount, fee: Amount, rest: Amount): void {
    this.amounts.push(fee, rest)
    const [amount, taken, left] = [gross, fee, rest].map(({ column }) => JSON.stringify(column.name))
    const negate = fee.reading.hasNegatives ? { negate: true } : {}
    this.#draft.questions.push({
      id: 'fee',
      of: 'record',
      question: `What was taken of ${amount}: ${taken}, or all but ${left}?`,
      evidence: `${left} can be what is left of ${amount}, but ${taken} does not make it`,
      usual: null,
      safe: 'unknown',
      candidates: [
        { name: 'unknown', meaning: 'no fee is known', fields: {} },
        {
          name: fee.column.name,
          meaning: `this column; ${left} is something else`,
          fields: { fee: { ...this.#whole(fee), ...negate } as FieldRuleYaml },
        },
        { name: rest.column.name, meaning: 'all but this', fields: { net: this.#whole(rest) } },
      ],
    })
  }

  /** The rule of a column, whatever rule it is put over. */
  #whole(amount: Amount): FieldRuleYaml {
    const { decimal, group, grouping } = amount.reading.style
    return { ...fromColumn(amount.column), ...this.#styled([amount]), decimal, group, grouping } as FieldRuleYaml
  }

  #sign(marker: Marker): void {
    this.#draft.top.set('sign', {
      value: signRule(marker),
      evidence: `${JSON.stringify(marker.column.name)} says on which side a record is`,
    })
  }

  #set(field: string, rule: FieldRuleYaml, amounts: readonly Amount[], evidence: string): void {
    for (const amount of amounts) this.amounts.push(amount)
    const hinted = amounts.some(({ column }) => column.hints.unit === 'minor')
    this.#draft.fields.set(field, {
      rule: hinted ? { ...rule, unit: 'minor' } : rule,
      evidence: hinted ? `${evidence}; the header says the unit` : evidence,
    })
  }

  /** The marks of columns that share a rule; what two readings leave open is asked. */
  #styled(amounts: readonly Amount[]): FieldRuleYaml {
    const telling = amounts.toSorted((a, b) => b.reading.accepted - a.reading.accepted)[0] as Amount
    const nil = [...new Set(amounts.flatMap(({ reading }) => reading.style.nil))]
    const symbols = [...new Set(amounts.flatMap(({ reading }) => reading.style.symbols))]
    const { style } = telling.reading
    return styleKeys({ ...style, nil, symbols }, this.#region)
  }

  /** Ask what the marks mean in columns where two readings are possible. */
  marks(): void {
    for (const [field, { rule }] of this.#draft.fields) {
      const amount = this.amounts.find(
        ({ column }) => JSON.stringify(fromColumn(column)) === JSON.stringify(pick(rule)),
      )
      if (amount === undefined || amount.reading.certainty === 'proven' || amount.reading.other === null) continue
      this.#draft.questions.push(marksQuestion(field, amount, amount.reading.other))
    }
  }
}

/** What the marks of a column's numbers mean, where another style reads some of them as other numbers. */
export function marksQuestion(field: string, { column, reading }: Amount, other: NumberStyle): Question {
  const { style, certainty, evidence } = reading
  const overlay = (way: NumberStyle) => ({
    [field]: { decimal: way.decimal, group: way.group, grouping: way.grouping } as FieldRuleYaml,
  })
  return {
    id: `${field}.marks`,
    of: 'record',
    question: `What do the marks in ${JSON.stringify(column.name)} mean?`,
    evidence,
    usual: certainty === 'region' ? styleName(style) : null,
    candidates: [style, other].map((way) => ({ name: styleName(way), meaning: markNames(way), fields: overlay(way) })),
  }
}

export const pick = ({ from, column }: FieldRuleYaml): FieldRuleYaml =>
  (from === undefined ? { column } : { from }) as FieldRuleYaml

export const styleName = (style: Pick<NumberStyle, 'decimal' | 'group'>): string =>
  style.decimal === ',' ? 'comma' : 'point'
