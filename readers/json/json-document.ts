import { Fault } from '../../models/fault.ts'
import type { TextBatch } from '../batch.ts'
import { columnName } from '../columns.ts'
import { damaged } from '../faults.ts'
import type { Filled, Window } from '../source/window.ts'
import { type Positions, putView } from '../views.ts'
import type { JsonCells } from './json-cells.ts'
import { mark } from './json-scanner.ts'

/** What may come next. */
type Expected = 'value' | 'first value' | 'key' | 'first key' | 'comma' | 'end'

/** A container that is open around the place. */
interface Level {
  readonly isList: boolean
  /** How many steps of the path lead into it; -1: it is beside the path. */
  readonly steps: number
}

interface State {
  readonly levels: Level[]
  expected: Expected
  /** Steps of the path that lead to the value expected next; -1: it is beside the path. */
  steps: number
  /** Which document it is, from 1, and whether it has the place that the path leads to. */
  document: number
  isFound: boolean
}

type Step = { readonly key: string } | 'each'

/**
 * Finds the records at a path of a JSON document, or of several one behind the other (the pages of an API), in a text that
 * comes in pieces.
 */
export class JsonDocument {
  readonly #file: string
  readonly #path: string
  readonly #steps: readonly Step[]
  readonly #cells: JsonCells
  /** Where the filling before the last one, and the last one, ended: a filling can be repeated from its start. */
  #before: { at: number; state: State }
  #after: { at: number; state: State }
  #isLast = false
  /** Why the path leads nowhere, as deep as it led. */
  #dead: { steps: number; reason: string } = { steps: -1, reason: 'the document is empty' }

  constructor(file: string, path: string, cells: JsonCells) {
    this.#file = file
    this.#path = path
    this.#steps = stepsOf(path)
    this.#cells = cells
    this.#before = { at: -1, state: { levels: [], expected: 'value', steps: 0, document: 1, isFound: false } }
    this.#after = this.#before
  }

  readonly fill = (window: Window, batch: TextBatch, positions: Positions, maxRows: number): Filled => {
    const at = window.base + window.at
    if (this.#before.at === -1) this.#before.at = at
    if (at !== this.#before.at) this.#before = this.#after
    const state: State = { ...this.#before.state, levels: [...this.#before.state.levels] }
    const filled = this.#walk(state, window, batch, positions, Math.min(maxRows, batch.capacity))
    this.#after = { at: window.base + filled.at, state }
    return filled
  }

  /** @throws Fault where the last document is not whole, or has nothing at the path */
  readonly checkEnd = (): void => {
    const { state, at } = this.#after
    if (state.expected !== 'end') throw this.#endsEarly(at)
    this.#checkFound(state)
  }

  /** A page without records has an empty list: one without the list is an error's answer, or something else. */
  #checkFound({ isFound, document }: State): void {
    if (isFound) return
    throw new Fault(
      'file.path-not-found',
      `${this.#file}: there are no records at "${this.#path}"${document > 1 ? ` in document ${document}` : ''}: ${this.#dead.reason}.`,
      "Correct `path` in the contract's format: keys joined by dots, `[]` behind a list, such as `data[]` or `[]`.",
      { details: { path: this.#path } },
    )
  }

  #walk(state: State, window: Window, batch: TextBatch, positions: Positions, rowLimit: number): Filled {
    const { buffer, end, isLast, base } = window
    const { scanner } = this.#cells
    const textStart = window.at
    const filled: Filled = { at: window.at, line: window.line, blank: 0, header: 0, isTooLong: false }
    scanner.load(buffer, window.at, end)
    this.#isLast = isLast
    for (;;) {
      scanner.skipSpace()
      filled.at = scanner.at
      if (scanner.at >= end || batch.rows >= rowLimit) return filled
      const from = scanner.at
      const isRecord = isValue(state, buffer[from]) && state.steps === this.#steps.length
      const isWhole = isRecord ? this.#cells.scan(state.levels.length) : this.#step(state)
      const needsMore = isWhole ? scanner.at >= end && !isLast && isRecord : scanner.problem === 'incomplete'
      if (needsMore) {
        if (isLast) throw this.#endsEarly(base + end)
        filled.isTooLong = end - from > window.recordBytes
        return filled
      }
      if (!isWhole) throw this.#broken(base + scanner.at, filled.line)
      if (!isRecord) continue
      if (scanner.at - from > window.recordBytes) {
        filled.isTooLong = true
        return filled
      }
      state.isFound = true
      const row = batch.rows++
      batch.fault[row] =
        buffer[from] === mark.openObject ? this.#cells.put(batch, row, textStart) : this.#cells.putNothing(batch, row)
      putView(batch.raw, row, buffer, from, scanner.at, 0, textStart)
      positions.put(row, filled.line, base + from, scanner.at - from)
      filled.line++
      this.#afterValue(state)
    }
  }

  /** Take one token of what is around the records; false as the scanner does. */
  #step(state: State): boolean {
    const { scanner } = this.#cells
    const byte = scanner.buffer[scanner.at]
    const { levels } = state
    const top = levels.at(-1)
    switch (state.expected) {
      case 'end':
        if (byte !== mark.openObject && byte !== mark.openList) return scanner.fail('invalid')
        this.#checkFound(state)
        this.#dead = { steps: -1, reason: 'the document is empty' }
        Object.assign(state, { expected: 'value', steps: 0, document: state.document + 1, isFound: false })
        return true
      case 'comma':
        if (byte === mark.comma) {
          scanner.at++
          state.expected = top?.isList ? 'value' : 'key'
          state.steps = top === undefined || top.steps < 0 || !top.isList ? -1 : top.steps
          return true
        }
        return this.#close(state, byte)
      case 'first key':
        if (byte === mark.closeObject) return this.#close(state, byte)
        return this.#key(state)
      case 'key':
        return this.#key(state)
      case 'first value':
        if (byte === mark.closeList) {
          if ((top as Level).steps >= 0) state.isFound = true // an empty list
          return this.#close(state, byte)
        }
        return this.#value(state, byte)
      case 'value':
        return this.#value(state, byte)
    }
  }

  #close(state: State, byte: number | undefined): boolean {
    const { scanner } = this.#cells
    const top = state.levels.at(-1)
    if (byte !== (top?.isList ? mark.closeList : mark.closeObject)) return scanner.fail('invalid')
    scanner.at++
    state.levels.pop()
    this.#afterValue(state)
    return true
  }

  #afterValue(state: State): void {
    state.expected = state.levels.length === 0 ? 'end' : 'comma'
  }

  #key(state: State): boolean {
    const { scanner } = this.#cells
    const { buffer, at: from } = scanner
    if (!scanner.string()) return false
    const to = scanner.at
    if (!scanner.punctuation(mark.colon)) return false
    const { steps } = state.levels.at(-1) as Level
    state.expected = 'value'
    state.steps = -1
    if (steps < 0) return true
    const step = this.#steps[steps]
    const name = columnName(JSON.parse(Buffer.from(buffer.slice(from, to)).toString()) as string)
    if (typeof step === 'object' && step.key === name) state.steps = steps + 1
    else this.#note(steps, `${this.#place(steps)} has no "${(step as { key: string }).key}", only`, name)
    return true
  }

  /** A value that is no record: go into it along the path, or pass it over. */
  #value(state: State, byte: number | undefined): boolean {
    const { scanner } = this.#cells
    const { levels, steps } = state
    const step = steps < 0 ? undefined : this.#steps[steps]
    const kind = kindOf(byte)
    if (kind === 'a list' || kind === 'an object') {
      if (levels.length >= scanner.maxDepth) return scanner.fail('too deep')
      const isList = kind === 'a list'
      const isOnPath = step !== undefined && (step === 'each') === isList
      if (step !== undefined && !isOnPath) this.#note(steps, `${this.#place(steps)} is ${kind}`)
      const inside = isOnPath ? (isList ? steps + 1 : steps) : -1
      scanner.at++
      levels.push({ isList, steps: inside })
      state.expected = isList ? 'first value' : 'first key'
      state.steps = isList ? inside : -1
      return true
    }
    if (step !== undefined) this.#note(steps, `${this.#place(steps)} is ${kind}`)
    if (!scanner.value(levels.length)) return false
    if (scanner.at >= scanner.end && !this.#isLast) return scanner.fail('incomplete') // a number may go on
    this.#afterValue(state)
    return true
  }

  /** Remember why the path ends here; names of one object are listed together. */
  #note(steps: number, reason: string, name?: string): void {
    const isSame = this.#dead.reason.startsWith(reason) && name !== undefined
    if (isSame) {
      if (this.#dead.reason.length < 1000 && !this.#dead.reason.includes(`"${name}"`))
        this.#dead.reason += `, "${name}"`
    } else if (steps > this.#dead.steps) {
      this.#dead = { steps, reason: name === undefined ? reason : `${reason} "${name}"` }
    }
  }

  #place(steps: number): string {
    return steps === 0 ? 'the document' : `"${pathOf(this.#steps.slice(0, steps))}"`
  }

  #endsEarly(at: number): Fault {
    return damaged(this.#file, `the document ends at byte ${at}, before it is closed`)
  }

  #broken(at: number, record: number): Fault {
    const { scanner } = this.#cells
    const where = `at byte ${at}, record ${record}`
    if (scanner.problem === 'too deep') {
      return new Fault(
        'file.too-deep',
        `${this.#file}: objects and lists nest more than ${scanner.maxDepth} deep ${where}.`,
        'Ask the sender for a flatter export. If it is right, raise limits.depth in entrepot.yaml.',
        { details: { limit: scanner.maxDepth } },
      )
    }
    const found = JSON.stringify(String.fromCharCode(scanner.buffer[scanner.at] as number))
    return damaged(this.#file, `${found} ${where}, is not what JSON has there`)
  }
}

const isValue = ({ expected }: State, byte: number | undefined): boolean =>
  expected === 'value' || (expected === 'first value' && byte !== mark.closeList)

function kindOf(byte: number | undefined): string {
  if (byte === mark.openList) return 'a list'
  if (byte === mark.openObject) return 'an object'
  if (byte === mark.quote) return 'a string'
  return byte === 0x6e ? 'null' : byte === 0x74 || byte === 0x66 ? 'a boolean' : 'a number'
}

/** `data.rows[]` -> key data, key rows, each. */
function stepsOf(path: string): Step[] {
  return path.split('.').flatMap((part) => {
    const key = part.replace(/(\[\])+$/, '')
    const lists = (part.length - key.length) / 2
    return [...(key === '' ? [] : [{ key: columnName(key) }]), ...Array<'each'>(lists).fill('each')]
  })
}

const pathOf = (steps: readonly Step[]): string =>
  steps.reduce<string>(
    (path, step) => (step === 'each' ? `${path}[]` : path === '' ? step.key : `${path}.${step.key}`),
    '',
  )
