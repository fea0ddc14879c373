import type { Open } from './contract.ts'
import { pairsOf, questionCode } from './open.ts'
import { renamed } from './source-sql.ts'
import { literal, quote } from './sql-text.ts'

/** A column of a projection, by what it is made of below. */
export interface Named {
  readonly name: string
  readonly sql: string
}

/** A contract as a stack of projections, each over the names of those below; a name that comes again is another then. */
export interface Stack {
  /** The model's fields. */
  readonly fields: readonly string[]
  /** Further columns of the answer: amounts for checks of the file. */
  readonly looked: readonly string[]
  /** The first is over the relation. */
  readonly layers: readonly (readonly Named[])[]
  /** What the last layer's flags `r_0`, `r_1`, … mean. */
  readonly codes: readonly string[]
  /** Checks that do not reject, over the last layer but one. */
  readonly warned: readonly Named[]
  /** Over the last one: whether the record breaks a rule; its reason codes, null where it is sound; its warnings. */
  readonly isBad: string
  readonly reasons: string
  readonly warnings: string
}

/** Tracks as one query, and the fields that are not the same on all of them. */
export interface OpenSql {
  readonly varying: readonly string[]
  /**
   * @param below the CTE with the relation
   * @param kept what the first layer takes of it as it is
   * @param rest the names of further columns of the answer
   */
  query(below: string, kept: string, rest: string): string
}

/**
 * The stacks of a contract's tracks as one, in which what is the same on several tracks is computed once, and the choice
 * among their verdicts: where every track rejects a record, it is rejected as the first says; where those that accept it say
 * the same of every field, it is that; else it is held, with the questions on which it hangs. A question of the whole file
 * holds a record that one answer rejects and another accepts, too.
 *
 * @param others fields that are in the readings although they are the same on all tracks
 */
export function openSql(open: Open, stacks: readonly Stack[], others: readonly string[] = []): OpenSql {
  const { layers, ofTrack } = merged(stacks)
  const fields = stacks[0]?.fields ?? []
  const lookedAt = (stacks[0]?.looked ?? []).map(
    (name) => `, ${byTrack(stacks.map((_, i) => quote(ofTrack(i, name))))} as ${quote(name)}`,
  )
  const numbers = stacks.map((_, i) => i)
  const variants = (field: string) => numbers.map((i) => quote(ofTrack(i, field)))
  const varying = fields.filter((field) => others.includes(field) || new Set(variants(field)).size > 1)
  const onTrack = (what: (stack: Stack) => string) => stacks.map((stack, i) => ofTrack(i, what(stack)))
  const [isBad, reasons, warnings] = [onTrack((s) => s.isBad), onTrack((s) => s.reasons), onTrack((s) => s.warnings)]
  const isSound = (i: number) => `_sound_${i}`
  const isOther = (i: number, what: (name: string, at: number) => string) =>
    varying.map((field, at) => `${variants(field)[i]} is distinct from ${what(field, at)}`).join(' or ') || 'false'

  const first = numbers.map((i) => `when ${isSound(i)} then ${i}`).join(' ')
  const differs = numbers.map((i) => `(${isSound(i)} and (${isOther(i, (_, at) => `_picked_${at}`)}))`)
  const hangsOn = open.questions.map(({ id, of }, question) => {
    const pairs = pairsOf(open, question).map(([i, j]) => {
      const both = `(${isSound(i)} and ${isSound(j)} and (${isOther(i, (field) => variants(field)[j] ?? '')}))`
      return of === 'file' ? `${both} or ${isSound(i)} <> ${isSound(j)}` : both
    })
    return `case when ${pairs.join(' or ')} then ${literal(id)} end`
  })
  const ofFile = open.questions.flatMap(({ of }, question) =>
    of === 'file' ? pairsOf(open, question).map(([i, j]) => `${isSound(i)} <> ${isSound(j)}`) : [],
  )
  const ids = open.questions.map(({ id }) => literal(id)).join(', ')
  // Where no answer alone makes a difference, all of them together do.
  const held = `coalesce(nullif(list_distinct_in_order([${hangsOn.join(', ')}]), []), [${ids}])`
  const readings = numbers.map((i) => {
    const values = varying.map((field) => `${quote(field)} := ${variants(field)[i]}`)
    return `case when ${isSound(i)} then struct_pack(${values.join(', ')}) end`
  })
  const list = varying.length === 0 ? 'null::integer[]' : `[${readings.join(', ')}]`
  const added = (columns: readonly string[]) => ['*', ...columns].join(', ')
  const query: OpenSql['query'] = (below, kept, rest) => `${projections(layers, below, kept)}
told as (select ${added(numbers.map((i) => `not (${isBad[i]}) as _sound_${i}`))} from layer_${layers.length - 1}),
chosen as (select *, case ${first} end as _track from told),
picked as (select ${added(varying.map((field, i) => `${byTrack(variants(field))} as _picked_${i}`))} from chosen),
asked as (select *, case when ${[...differs, ...ofFile].join(' or ')} then ${held} end as _held from picked)
select ${fields.map((field) => `${varying.includes(field) ? `_picked_${varying.indexOf(field)}` : variants(field)[0]} as ${quote(field)}`).join(', ')},
  _line, _start, _length,
  case when _held is not null then list_transform(_held, lambda id: ${literal(questionCode(''))} || id)
    when _track is null then ${reasons[0]} end as _reasons,
  case when _held is null then ${byTrack(warnings)} end as _warnings,
  case when _held is not null or _track is null then _raw end as _raw,
  ${rest}${lookedAt.join('')},
  _held, case when _held is not null then ${list} end as _readings
from asked`
  return { varying, query }
}

/** The expression of the track that was chosen; of the first where none was. */
function byTrack(expressions: readonly string[]): string {
  const [first = 'null', ...others] = expressions
  const cases = others.flatMap((sql, i) => (sql === first ? [] : [`when ${i + 1} then ${sql}`]))
  return cases.length === 0 ? first : `case _track ${cases.join(' ')} else ${first} end`
}

const projections = (layers: readonly (readonly Named[])[], below: string, kept: string): string =>
  layers
    .map((columns, i) => {
      const own = columns.map(({ name, sql }) => `${sql} as ${quote(name)}`)
      const all = i === 0 ? [...own, kept] : ['*', ...own]
      return `\nlayer_${i} as (select ${all.join(', ')} from ${i === 0 ? below : `layer_${i - 1}`}),`
    })
    .join('')

/**
 * One stack of several. Each column has a name of its own in it, and one that several tracks make of the same columns below
 * is there once: `ofTrack` puts a track's names into an expression, or gives the name of its column.
 */
function merged(stacks: readonly Stack[]): {
  layers: readonly (readonly Named[])[]
  ofTrack: (track: number, sql: string) => string
} {
  const names = stacks.map(() => new Map<string, string>())
  const taken = new Set<string>()
  const ofTrack = (track: number, sql: string) => {
    const own = names[track]
    return renamed(sql, (name, written) => own?.get(name) ?? written).sql
  }
  const free = (name: string, nth = 0): string => {
    const tried = nth === 0 ? name : `${name}__${nth}`
    return taken.has(tried) ? free(name, nth + 1) : tried
  }
  const layers = (stacks[0]?.layers ?? []).map((_, layer) => {
    const made = new Map<string, string>()
    const columns: Named[] = []
    const fresh = stacks.map((stack, track) =>
      (stack.layers[layer] ?? []).map(({ name, sql }): [string, string] => {
        const own = ofTrack(track, sql)
        const known = made.get(own)
        if (known !== undefined) return [name, known]
        const other = free(name)
        taken.add(other)
        made.set(own, other)
        columns.push({ name: other, sql: own })
        return [name, other]
      }),
    )
    fresh.forEach((entries, track) => {
      for (const [name, other] of entries) names[track]?.set(name, other)
    })
    return columns
  })
  return { layers, ofTrack }
}
