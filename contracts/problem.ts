/** A path to a place in a YAML document: keys and list positions. */
export type Path = readonly (string | number)[]

/** One thing wrong in a file a person wrote: a contract, a region profile, the settings. */
export interface Problem {
  /** The file as the caller named it. */
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1, in characters. */
  readonly column: number
  /** Where in the document: `fields.gross.unit`, `checks[0].severity`; empty for the document itself. */
  readonly key: string
  /** Reads on from the key: `is no field of transaction`. No full stop. */
  readonly message: string
  /** The nearest valid key or word; null where none is near. */
  readonly suggestion: string | null
}

/** One line a problem: `<file> line 14, fields.gros: is no field of transaction. Did you mean "gross"?` */
export const formatProblem = (problems: readonly Problem[]): string =>
  problems
    .map(({ file, line, key, message, suggestion }) => {
      const where = key === '' ? `${file} line ${line}` : `${file} line ${line}, ${key}`
      return `${where}: ${message}.${suggestion === null ? '' : ` Did you mean ${JSON.stringify(suggestion)}?`}`
    })
    .join('\n')

/** A path as people write it. */
export const keyOf = (path: Path): string =>
  path.reduce<string>((key, step) => {
    if (typeof step === 'number') return `${key}[${step}]`
    if (!/^[\p{L}\p{N}_-]+$/u.test(step)) return `${key}[${JSON.stringify(step)}]`
    return key === '' ? step : `${key}.${step}`
  }, '')
