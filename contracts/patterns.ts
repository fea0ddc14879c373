import picomatch from 'picomatch'

/** Names of params in a text: `momo/{own_account}/*.csv` has own_account. */
export const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{([a-z][a-z0-9_]*)\}/g)].map(([, name]) => name ?? '')

/**
 * Why a pattern is not one that RE2 (DuckDB) and JavaScript read the same way; undefined where it is.
 *
 * Left out are look-around and back-references, which RE2 refuses, and what the two read differently.
 */
export function wrongPattern(pattern: string): string | undefined {
  if (/\(\?(?:=|!|<)/.test(pattern)) return 'has (?…), which RE2 does not know: no look-around, no named groups'
  if (/(?<!\\)(?:\\\\)*\\(?:[1-9]|k|0|c|u)/.test(pattern))
    return 'has a back-reference or escape that RE2 does not know'
  if (/\\p\{[^}]*=/i.test(pattern)) return 'has \\p{…=…}, which RE2 does not know; write \\p{Greek}'
  if (/(?<!\\)\[\^?\]/.test(pattern)) return 'has an empty [ ]'
  if (/\[[^\]]*\\b[^\]]*\]/.test(pattern)) return 'has \\b inside [ ], which RE2 does not know'
  if (
    [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].some(
      ([, least, most]) => Number(least) > 1000 || Number(most) > 1000,
    )
  )
    return 'repeats more than 1000 times'
  try {
    new RegExp(pattern, 'u')
    return undefined
  } catch (error) {
    return `is no pattern: ${/: ([^:]*)$/.exec((error as Error).message)?.[1]?.toLowerCase() ?? 'it can not be read'}`
  }
}

/** Whether `path` leads into one JSON value: `$.customer.email`, `$.items[0].id`. */
export const isJsonPath = (path: string): boolean =>
  /^\$(?:\.[\p{L}_][\p{L}\p{N}_-]*|\[(?:0|[1-9]\d{0,5})\])+$/u.test(path)

/** Whether `path` says where the records of JSON are: `[]`, `data[]`, `orders[].lines[]`; '' for the documents. */
export const isRecordsPath = (path: string): boolean =>
  path === '' || /^(?:\[\]|[\p{L}_@][^.[\]]*(?:\[\])?)(?:\.[\p{L}_@][^.[\]]*(?:\[\])?)*(?<=\[\])$/u.test(path)

/** Whether `path` names an element of XML: `Document/Stmt/Ntry` from the root, `//Ntry` anywhere. */
export const isElementPath = (path: string): boolean => /^\/{0,2}[^\s/[\]@]+(?:\/[^\s/[\]@]+)*$/u.test(path)

/** Why a pattern of file names can not be one below the landing folder; undefined where it can. */
export function wrongMatch(pattern: string): string | undefined {
  if (pattern.includes('\0')) return 'has a NUL character'
  if (pattern.includes('\\')) return 'has a backslash; folders are parted by /'
  if (/^(?:\/|[A-Za-z]:)/.test(pattern)) return "is absolute; it starts below the region's landing folder"
  if (pattern.split(/[/{},]/).some((part) => part === '..')) return 'has "..", which would leave the landing folder'
  if (pattern.startsWith('./')) return 'starts with "./"; leave it out'
  if (pattern.startsWith('!')) return 'starts with "!"; say what matches, not what does not'
  try {
    matcher(pattern)
    return undefined
  } catch {
    return 'is no pattern of file names'
  }
}

/**
 * A function that tells the params which a path gives, or undefined where it does not match.
 *
 * `*` is any text without /, `**` any folders, `?` one character, `{csv,txt}` either; `{name}` takes a part of the
 * path that is not empty and has no /.
 */
export function matcher(pattern: string): (path: string) => Readonly<Record<string, string>> | undefined {
  const names: string[] = []
  const literal = pattern.replace(/\{([a-z][a-z0-9_]*)\}/g, (_, name: string) => {
    names.push(name)
    return `Xparam${names.length - 1}X`
  })
  const { source } = picomatch.makeRe(literal, { noextglob: true, nonegate: true, strictBrackets: true })
  const seen = new Set<string>()
  const expression = new RegExp(
    source.replace(/Xparam(\d+)X/g, (_, index: string) => {
      const name = names[Number(index)] ?? ''
      if (seen.has(name)) return `\\k<${name}>`
      seen.add(name)
      return `(?<${name}>[^/]+?)`
    }),
  )
  return (path) => {
    const found = expression.exec(path)
    return found === null ? undefined : { ...found.groups }
  }
}
