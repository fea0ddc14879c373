/** What a cell's text looks like. `nil` is a word for nothing, such as `--` or `N/A`. */
export type CellClass = 'empty' | 'nil' | 'number' | 'date' | 'time' | 'boolean' | 'address' | 'code' | 'text'

/** Classes that tell a value from a name: a header's cells are texts. */
export const isTyped = (kind: CellClass): boolean =>
  kind === 'number' || kind === 'date' || kind === 'time' || kind === 'boolean' || kind === 'address' || kind === 'code'

const nil = /^(?:-{1,3}|–|—|n\/?a|null|none|nil|nan|#n\/a)$/i
const digit = /\p{Nd}/u
const number =
  /^[([]?[-+−]?\s?(?:[A-Z]{0,3}\p{Sc}|[A-Z]{3}\s|Rs\.?|Fr\.?)?\s?[-+−]?\p{Nd}(?:[\p{Nd}.,'’_٬٫\s]*\p{Nd})?\.?\s?(?:\p{Sc}|%|[A-Z]{3}|CR|DR|Cr|Dr|Cr\.|Dr\.|[-+−]|[eE][-+]?\d+)?[)\]]?$/u
const date =
  /^(?:\p{Nd}{1,2}:\p{Nd}{2}(?::\p{Nd}{2})?(?: ?[AaPp][Mm])?[ ,]{1,2})?(?:\p{L}[\p{L}\p{M}-]{1,14}\.?,? )?(?:\p{Nd}{1,4}([-/. ])\p{Nd}{1,2}\1\p{Nd}{1,4}|\p{Nd}{1,2}[-/. ]?(?:\p{L}[\p{L}\p{M}]{2,14}|\p{Script=Thai}{1,3}\.\p{Script=Thai})\.?[-/. ,]{0,2}\p{Nd}{2,4}|\p{L}{3,12}\.? {1,2}\p{Nd}{1,2},? {1,2}\p{Nd}{2,4}|(?:19|20)\d{2}-?[01]\d-?[0-3]\d)(?:[T ,]{1,3}(?:\p{L}{1,6} ){0,2}\p{Nd}{1,2}(?::| ?h ?|\.)\p{Nd}{2}.*)?$/u
const time =
  /^\p{Nd}{1,2}:\p{Nd}{2}(?::\p{Nd}{2}(?:[.,:]\p{Nd}+)?)?(?: ?[AaPp]\.?[Mm]\.?)?(?: ?(?:Z|UTC|[-+]\d{2}:?\d{2}))?$/u
const boolean = /^(?:true|false)$/i
const address = /^(?:[a-z][a-z0-9+.-]*:\/\/\S+|[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}.-]+\.\p{L}{2,})$/iu
const code = /^[\p{L}\p{N}_./#+*-]+$/u
/** What most numbers and texts of an export are, told without the tables of Unicode. */
const plainNumber = /^-?[0-9]+(?:\.[0-9]+)?$/
const plainText = /^[A-Za-z][A-Za-z ,-]{5,79}$/

/** The class of one cell; surrounding spaces and the guards of spreadsheets do not count. */
export function classOf(cell: string): CellClass {
  const text = unguarded(cell.trim())
  if (text === '') return 'empty'
  if (plainNumber.test(text)) return text.length > 80 ? 'text' : 'number'
  if (plainText.test(text)) return 'text'
  if (text.length > 80) return text.length < 2000 && address.test(text) ? 'address' : 'text'
  if (nil.test(text)) return 'nil'
  if (!digit.test(text)) return boolean.test(text) ? 'boolean' : address.test(text) ? 'address' : 'text'
  if (number.test(text)) return 'number'
  if (date.test(text)) return 'date'
  if (time.test(text)) return 'time'
  if (address.test(text)) return 'address'
  return code.test(text) ? 'code' : 'text'
}

/** Without an apostrophe before a number, or one on each side. */
function unguarded(text: string): string {
  if (!text.startsWith("'")) return text
  if (text.length > 2 && text.endsWith("'")) return text.slice(1, -1)
  return /^'[-+=@\d]/.test(text) ? text.slice(1) : text
}

/** What most cells of a column are, empty ones and nil left out; null where no class has `share` of them. */
export function columnClass(cells: readonly string[], share = 0.8): CellClass | null {
  const counts = new Map<CellClass, number>()
  let all = 0
  for (const cell of cells) {
    const kind = classOf(cell)
    if (kind === 'empty' || kind === 'nil') continue
    all++
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  for (const [kind, count] of counts) if (count >= all * share) return kind
  return null
}
