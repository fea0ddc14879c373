/** A first line that is a whole object, and more lines below it. */
export function isNdjson(text: string): boolean {
  const [first = '', ...rest] = text.split('\n')
  try {
    const value: unknown = JSON.parse(first)
    return (
      typeof value === 'object' &&
      (rest.length === 0 || rest.every((line) => line.trim() === '' || line.startsWith('{')))
    )
  } catch {
    return false
  }
}

/** The first key whose value is a list of objects: `data[]`. */
export function recordsPath(text: string): string | null {
  const key = /"([^"\\]+)"\s*:\s*\[\s*[{\]]/.exec(text)?.[1]
  return key === undefined ? null : `${key}[]`
}
