/** A name in an expression that is a column of the source. */
interface NamedColumn {
  readonly from: number
  readonly to: number
  readonly name: string
}

const token =
  /\b[eE]'(?:[^'\\]|''|\\.)*'|\$(?<mark>[\p{L}_]*)\$.*?\$\k<mark>\$|--[^\n]*|\/\*.*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")+"|(?<word>[\p{L}_][\p{L}\p{M}\p{N}_]*)|\d[\p{L}\p{N}_.]*|::|(?<space>\s+)|(?<other>.)/gsu

/** Words of SQL, which name a column in double quotes alone. */
const sqlWords = new Set([
  ...['and', 'or', 'not', 'is', 'null', 'isnull', 'notnull', 'true', 'false', 'distinct', 'from', 'for'],
  ...['case', 'when', 'then', 'else', 'end', 'in', 'between', 'like', 'ilike', 'similar', 'to', 'escape', 'as'],
  ...['both', 'leading', 'trailing', 'select', 'where', 'order', 'group', 'by', 'over', 'exists', 'any', 'all', 'with'],
])

/**
 * The source's columns that an expression names, in order: in double quotes, or bare where the name is one word that is
 * none of SQL's. What follows `::` or `as`, and a bare word before a text, is a type; before "(" stands a function.
 */
function namesIn(sql: string): NamedColumn[] {
  const tokens = [...sql.matchAll(token)].filter(({ groups }) => groups?.space === undefined)
  return tokens.flatMap(({ 0: text, index, groups }, i) => {
    const isQuoted = text.startsWith('"')
    if (groups?.word === undefined && !isQuoted) return []
    if (!isQuoted && sqlWords.has(text.toLowerCase())) return []
    const [before, after] = [tokens[i - 1]?.[0].toLowerCase(), tokens[i + 1]?.[0]]
    const isType = before === '::' || before === 'as' || (!isQuoted && after?.startsWith("'"))
    if (after === '(' || isType) return []
    const name = isQuoted ? text.slice(1, -1).replaceAll('""', '"') : text
    return [{ from: index, to: index + text.length, name: name.normalize('NFC') }]
  })
}

/** The source's columns that an expression names, each once. */
export const columnsIn = (sql: string): readonly string[] => [...new Set(namesIn(sql).map(({ name }) => name))]

/**
 * The expression with another name for each column, and these names as often as they are in it. Whether the parser finds
 * the same columns is for `contracts/check-sql.ts` to say, before anything of it runs.
 *
 * @param nameOf gives the name that a column has from here on; `written` is how it stands in the expression
 */
export function renamed(
  sql: string,
  nameOf: (column: string, written: string) => string,
): { sql: string; names: readonly string[] } {
  let [text, at] = ['', 0]
  const names = namesIn(sql).map(({ from, to, name }) => {
    const other = nameOf(name, sql.slice(from, to))
    text += sql.slice(at, from) + other
    at = to
    return other
  })
  return { sql: text + sql.slice(at), names }
}
