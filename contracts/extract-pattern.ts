/** A pattern that RE2 (DuckDB) and JavaScript find in every text alike, or why it is none. */
export type ExtractPattern = { readonly source: string } | { readonly wrong: string }

/**
 * Read a pattern with exactly one group in ( ).
 *
 * What the two engines read differently is refused, or spelled out in `source`: `.` is any character (both take it with
 * the flag s), `\s` any space of Unicode. Left out are look-around, back-references, names, flags, `\p`, POSIX classes,
 * and repeating what may be empty or holds the group: there the engines keep different texts.
 */
export function readExtract(pattern: string): ExtractPattern {
  try {
    const source = new Parser(pattern).whole()
    new RegExp(source, 'su')
    return { source }
  } catch (error) {
    if (error instanceof Refusal) return { wrong: error.message }
    return { wrong: `is no pattern: ${/: ([^:]*)$/.exec((error as Error).message)?.[1]?.toLowerCase()}` }
  }
}

/** What JavaScript calls white space. */
const spaces = '\\t\\n\\v\\f\\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff'

/** Characters and classes that a pattern may have, repeated ones as often as they are: RE2's memory is bounded. */
const largest = 1000

class Refusal extends Error {}

/** A part of a pattern: how both engines take it, and what repeating it would mean. */
interface Part {
  readonly source: string
  readonly canBeEmpty: boolean
  readonly groups: number
  /** Characters and items of classes, repeated ones as often as they are. */
  readonly size: number
}

const part = (source: string, more: Partial<Part> = {}): Part => ({
  source,
  canBeEmpty: false,
  groups: 0,
  size: 1,
  ...more,
})

/** The size of parts together, each as often. */
function sized(parts: readonly Part[], times = 1): number {
  const size = parts.reduce((sum, part) => sum + part.size, 0) * times
  if (size > largest)
    throw new Refusal(`is too large: it has more than ${largest} characters, repeated ones counted as often`)
  return size
}

class Parser {
  readonly #characters: readonly string[]
  #at = 0

  constructor(pattern: string) {
    this.#characters = [...pattern]
  }

  whole(): string {
    const { source, groups } = this.#choice()
    if (this.#at < this.#characters.length) throw new Refusal('has a ")" without its "("')
    if (groups !== 1) throw new Refusal(`has ${groups === 0 ? 'no group' : `${groups} groups`} in ( ); it has one`)
    return source
  }

  /** Takes the text where it comes next. */
  #take(text: string): boolean {
    if (
      !this.#characters
        .slice(this.#at, this.#at + text.length)
        .join('')
        .startsWith(text)
    )
      return false
    this.#at += text.length
    return true
  }

  #choice(): Part {
    const ways = [this.#sequence()]
    while (this.#take('|')) ways.push(this.#sequence())
    return part(ways.map(({ source }) => source).join('|'), {
      canBeEmpty: ways.some(({ canBeEmpty }) => canBeEmpty),
      groups: ways.reduce((sum, { groups }) => sum + groups, 0),
      size: sized(ways),
    })
  }

  #sequence(): Part {
    const parts: Part[] = []
    for (let next = this.#characters[this.#at]; next !== undefined && next !== '|' && next !== ')'; ) {
      parts.push(this.#repeated(this.#atom()))
      next = this.#characters[this.#at]
    }
    return part(parts.map(({ source }) => source).join(''), {
      canBeEmpty: parts.every(({ canBeEmpty }) => canBeEmpty),
      groups: parts.reduce((sum, { groups }) => sum + groups, 0),
      size: sized(parts),
    })
  }

  #repeated(atom: Part): Part {
    const count = /^(?:[*+?]|\{(\d{1,9})(,(\d{1,9})?)?\})\??/.exec(
      this.#characters.slice(this.#at, this.#at + 24).join(''),
    )
    if (count === null) return atom
    this.#at += count[0].length
    const [sign, least, , most] = count
    if (atom.groups > 0) throw new Refusal('repeats its group; put the repeated part inside it')
    if (atom.canBeEmpty) throw new Refusal(`repeats what may be empty: ${atom.source}${sign}`)
    const size = sized([atom], Math.max(1, Number(least ?? 1), Number(most ?? 1)))
    return part(atom.source + sign, { canBeEmpty: /^[*?]/.test(sign) || Number(least ?? 1) === 0, size })
  }

  #atom(): Part {
    if (this.#take('(')) return this.#group()
    if (this.#take('[')) return this.#class()
    if (this.#take('\\')) return this.#escape()
    const character = this.#characters[this.#at++] ?? ''
    if (character === '^' || character === '$') return part(character, { canBeEmpty: true })
    if (/[*+?]/.test(character)) throw new Refusal(`repeats nothing with ${character}`)
    if (/[{}\]]/.test(character)) throw new Refusal(`has a bare ${character}; write \\${character}`)
    return part(character)
  }

  #group(): Part {
    const isPlain = this.#take('?:')
    if (!isPlain && this.#take('?')) throw new Refusal('has (?…; only (?: ) is known: no look-around, names or flags')
    const inside = this.#choice()
    if (!this.#take(')')) throw new Refusal('has a "(" without its ")"')
    return { ...inside, source: `${isPlain ? '(?:' : '('}${inside.source})`, groups: inside.groups + (isPlain ? 0 : 1) }
  }

  /** What stands behind a backslash, outside [ ]. */
  #escape(): Part {
    const character = this.#characters[this.#at++] ?? ''
    if (character === 's') return part(`[${spaces}]`, { size: spaces.length })
    if (character === 'S') return part(`[^${spaces}]`, { size: spaces.length })
    if (character === 'b') return part('\\b', { canBeEmpty: true })
    if (/[dDwWntrfv^$\\.*+?()[\]{}|/]/.test(character)) return part(`\\${character}`)
    throw new Refusal(`has \\${character}, which is not known`)
  }

  #class(): Part {
    const from = this.#at
    let source = this.#take('^') ? '[^' : '['
    for (let isFirst = true; !this.#take(']'); isFirst = false) {
      const character = this.#characters[this.#at++]
      if (character === undefined) throw new Refusal('has a "[" without its "]"')
      const isLast = this.#characters[this.#at] === ']'
      if (character === '[') throw new Refusal('has a [ in [ ]; write \\[')
      if (character === '-' && !isFirst && !isLast && /^[-[\\]?$/.test(this.#characters[this.#at] ?? ''))
        throw new Refusal('has a - in [ ]; write it last, or \\-')
      source += character === '\\' ? this.#escapeInClass() : character
    }
    if (/^\[\^?$/.test(source)) throw new Refusal('has an empty [ ]')
    return part(`${source}]`, { size: this.#at - from })
  }

  #escapeInClass(): string {
    const character = this.#characters[this.#at++] ?? ''
    if (character === 's') return spaces
    if (/[dDwWntrfv^$\\.*+?()[\]{}|/-]/.test(character)) return `\\${character}`
    throw new Refusal(`has \\${character} in [ ], which is not known`)
  }
}
