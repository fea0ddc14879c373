/** The text of records that have none of their own: the row as a JSON object, cells in the order of the columns. */
export class RowJson {
  readonly #names: readonly string[]
  readonly #isBare: readonly boolean[]

  /** @param isBare of each column, whether its cells are JSON (numbers, lists) as they stand; others become strings */
  constructor(names: readonly string[], isBare: readonly boolean[]) {
    this.#names = names.map((name) => `${JSON.stringify(name)}:`)
    this.#isBare = isBare
  }

  of(cells: readonly (string | null)[]): string {
    let text = '{'
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i] as string | null
      if (i > 0) text += ','
      text += this.#names[i]
      if (cell === null) text += 'null'
      else text += this.#isBare[i] === true && !isNoNumber.test(cell) ? cell : JSON.stringify(cell)
    }
    return `${text}}`
  }
}

/** How floating point numbers that JSON has not are written. */
const isNoNumber = /^-?(?:inf|nan)/
