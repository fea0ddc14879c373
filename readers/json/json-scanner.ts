/** Why a scan ended early. `incomplete`: the text in memory ends first. */
export type Problem = 'incomplete' | 'invalid' | 'too deep'

export const mark = {
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  backslash: 0x5c,
  openList: 0x5b,
  closeList: 0x5d,
  openObject: 0x7b,
  closeObject: 0x7d,
} as const

/**
 * Walks over JSON text (RFC 8259, strictly) in memory. Each scan begins at `at` and leaves it behind what it scanned;
 * it returns false where it can not, with `problem` set and `at` near the trouble.
 */
export class JsonScanner {
  buffer: Uint8Array = new Uint8Array(1)
  at = 0
  /** `buffer[end]` must be a line end. */
  end = 0
  problem: Problem = 'invalid'
  /** Whether the string scanned last has escapes. */
  hasEscapes = false
  /** Containers may nest this deep. */
  readonly maxDepth: number

  constructor(maxDepth: number) {
    this.maxDepth = maxDepth
  }

  load(buffer: Uint8Array, at: number, end: number): void {
    this.buffer = buffer
    this.at = at
    this.end = end
  }

  skipSpace(): void {
    const { buffer, end } = this
    let { at } = this
    while (at < end && isSpace[buffer[at] as number] === 1) at++
    this.at = at
  }

  fail(problem?: Problem): false {
    this.problem = problem ?? (this.at >= this.end ? 'incomplete' : 'invalid')
    return false
  }

  /** Any value; `depth` containers are around it. */
  value(depth: number): boolean {
    switch (this.buffer[this.at]) {
      case mark.quote:
        return this.string()
      case mark.openObject:
        return this.#container(depth, mark.closeObject)
      case mark.openList:
        return this.#container(depth, mark.closeList)
      case 0x74:
        return this.#word('true')
      case 0x66:
        return this.#word('false')
      case 0x6e:
        return this.#word('null')
      default:
        return this.#number()
    }
  }

  /** One of these bytes, and space around it. */
  punctuation(byte: number): boolean {
    this.skipSpace()
    if (this.at >= this.end || this.buffer[this.at] !== byte) return this.fail()
    this.at++
    this.skipSpace()
    return true
  }

  string(): boolean {
    const { buffer } = this
    this.hasEscapes = false
    if (this.at >= this.end || buffer[this.at] !== mark.quote) return this.fail()
    let at = this.at + 1
    for (;;) {
      while (endsPlainText[buffer[at] as number] === 0) at++
      this.at = at
      const byte = buffer[at]
      if (byte === mark.quote) {
        this.at++
        return true
      }
      if (byte !== mark.backslash) return this.fail() // a control character, or the end
      this.hasEscapes = true
      const escaped = buffer[at + 1] as number
      if (at + 1 >= this.end) return this.fail('incomplete')
      if (isEscape[escaped] === 0) return this.fail()
      at += 2
      if (escaped !== 0x75) continue
      for (const last = at + 4; at < last; at++) {
        if (at >= this.end) return this.fail('incomplete')
        if (hexValue(buffer[at] as number) < 0) return this.fail('invalid')
      }
    }
  }

  #container(depth: number, close: number): boolean {
    if (depth >= this.maxDepth) return this.fail('too deep')
    this.at++
    this.skipSpace()
    if (this.buffer[this.at] === close && this.at < this.end) {
      this.at++
      return true
    }
    for (;;) {
      if (close === mark.closeObject && !(this.string() && this.punctuation(mark.colon))) return false
      if (!this.value(depth + 1)) return false
      this.skipSpace()
      if (this.at >= this.end) return this.fail('incomplete')
      const byte = this.buffer[this.at]
      if (byte !== mark.comma && byte !== close) return this.fail('invalid')
      this.at++
      if (byte === close) return true
      this.skipSpace()
    }
  }

  #word(word: string): boolean {
    for (let i = 0; i < word.length; i++, this.at++)
      if (this.at >= this.end || this.buffer[this.at] !== word.charCodeAt(i)) return this.fail()
    return true
  }

  #number(): boolean {
    const { buffer } = this
    if (buffer[this.at] === 0x2d) this.at++
    if (buffer[this.at] === 0x30) this.at++
    else if (!this.#digits()) return this.fail()
    if (buffer[this.at] === 0x2e) {
      this.at++
      if (!this.#digits()) return this.fail()
    }
    if (buffer[this.at] === 0x65 || buffer[this.at] === 0x45) {
      this.at++
      if (buffer[this.at] === 0x2b || buffer[this.at] === 0x2d) this.at++
      if (!this.#digits()) return this.fail()
    }
    return true
  }

  #digits(): boolean {
    const from = this.at
    while (isDigit(this.buffer[this.at])) this.at++
    return this.at > from
  }
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39

/** 0 to 15, or -1. */
export function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

const tableOf = (bytes: Iterable<number>): Uint8Array => {
  const table = new Uint8Array(256)
  for (const byte of bytes) table[byte] = 1
  return table
}

const isSpace = tableOf(Buffer.from(' \t\n\r'))
const isEscape = tableOf(Buffer.from('"\\/bfnrtu'))
const endsPlainText = tableOf([mark.quote, mark.backslash, ...Array(32).keys()])
