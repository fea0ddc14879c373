import { Fault } from '../../models/fault.ts'

/**
 * Counts the cells of a file's tables, the empty ones between them too: a row with one cell far to the right costs
 * memory for all cells before it.
 */
export class CellCount {
  readonly #limit: number
  #cells = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** @throws Fault "file.too-many-cells" */
  add(where: string, line: number, cells: number): void {
    this.#cells += cells
    if (this.#cells <= this.#limit) return
    throw new Fault(
      'file.too-many-cells',
      `${where} record ${line}: the file has more than ${this.#limit} cells up to here, the empty ones between them counted.`,
      'Look whether a cell stands far to the right of the others. If so many are right, raise limits.cells in entrepot.yaml.',
      { details: { limit: this.#limit } },
    )
  }
}
