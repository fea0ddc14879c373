/** Of four bytes the highest bit of each. */
const high = 0x80808080
const [zero, nine, space] = [0x30, 0x39, 0x20]

/**
 * One cell as UTF-8 in words of four bytes, the last one filled up with zeros: it is compared, hashed and masked a word at
 * a time. It is filled again and again.
 */
export class CellBytes {
  length = 0
  words: Uint32Array
  #bytes: Buffer

  constructor(words = 64) {
    this.words = new Uint32Array(words)
    this.#bytes = Buffer.from(this.words.buffer)
  }

  /** Of a text of at most 12 bytes, as `TextColumn` has them from `u32[at]` on. */
  putInline(u32: Uint32Array, at: number, length: number): void {
    const { words } = this
    this.length = length
    words[0] = u32[at] as number
    words[1] = u32[at + 1] as number
    words[2] = u32[at + 2] as number
  }

  put(bytes: DataView, from: number, length: number): void {
    this.#reserve(length)
    const { words } = this
    const whole = length >> 2
    for (let i = 0; i < whole; i++) words[i] = bytes.getUint32(from + (i << 2), true)
    let rest = 0
    for (let i = length - 1; i >= whole << 2; i--) rest = (rest << 8) | bytes.getUint8(from + i)
    words[whole] = rest
  }

  putText(text: string): void {
    const length = Buffer.byteLength(text)
    this.#reserve(length)
    this.words[length >> 2] = 0
    this.#bytes.write(text)
  }

  copy(): CellBytes {
    const copy = new CellBytes((this.length >> 2) + 1)
    copy.length = this.length
    copy.words.set(this.words.subarray(0, copy.words.length))
    return copy
  }

  get text(): string {
    return this.#bytes.toString('utf8', 0, this.length)
  }

  /** Whether it is ASCII. */
  get isPlain(): boolean {
    const { words } = this
    let all = 0
    for (let i = (this.length - 1) >> 2; i >= 0; i--) all |= words[i] as number
    return (all & high) === 0
  }

  /** Whether a space, or a mark that no person sees, is at one of its ends. */
  get isPadded(): boolean {
    return this.#byte(0) <= space || this.#byte(this.length - 1) <= space
  }

  /** Of ASCII: how many zeros there are at the end of its last digits. */
  get lastZeros(): number {
    let at = this.length - 1
    while (at >= 0 && (this.#byte(at) < zero || this.#byte(at) > nine)) at--
    const end = at
    while (at >= 0 && this.#byte(at) === zero) at--
    return end - at
  }

  /** Of ASCII: put it into `to` with digits as 9 and letters small. */
  maskInto(to: CellBytes): void {
    to.#reserve(this.length)
    const { words } = this
    const masked = to.words
    for (let i = (this.length - 1) >> 2; i >= 0; i--) {
      const word = words[i] as number
      const isDigit = ((word | high) - 0x30303030) & ~(word + 0x46464646) & high
      const isUpper = ((word | high) - 0x41414141) & ~(word + 0x25252525) & high
      const digits = Math.imul(isDigit >>> 7, 0xff)
      masked[i] = (word & ~digits) | (0x39393939 & digits) | (isUpper >>> 2)
    }
  }

  #byte(at: number): number {
    return ((this.words[at >> 2] as number) >>> ((at & 3) << 3)) & 0xff
  }

  #reserve(length: number): void {
    this.length = length
    if (this.words.length << 2 > length) return
    this.words = new Uint32Array(length)
    this.#bytes = Buffer.from(this.words.buffer)
  }
}

/** Different texts by the order in which they came, up to so many. */
export class TextPlaces {
  readonly texts: string[] = []
  readonly #known: CellBytes[] = []
  readonly #most: number
  readonly #slots: Int32Array
  #last = 0

  constructor(most: number) {
    this.#most = most
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(most * 4))).fill(-1)
  }

  /** The place of a text, a new one where it is new; -1: it is new, and there is no room. */
  of(cell: CellBytes): number {
    // Most cells are like the one above.
    if (this.texts.length > 0 && isSame(this.#known[this.#last] as CellBytes, cell)) return this.#last
    const slots = this.#slots
    const mask = slots.length - 1
    let slot = hashOf(cell) & mask
    for (; slots[slot] !== -1; slot = (slot + 1) & mask)
      if (isSame(this.#known[slots[slot] as number] as CellBytes, cell)) {
        this.#last = slots[slot] as number
        return this.#last
      }
    if (this.texts.length === this.#most) return -1
    slots[slot] = this.texts.length
    this.#known.push(cell.copy())
    return this.texts.push(cell.text) - 1
  }
}

function hashOf({ words, length }: CellBytes): number {
  let hash = length
  for (let i = (length - 1) >> 2; i >= 0; i--) {
    hash = Math.imul(hash ^ (words[i] as number), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  return hash
}

function isSame(known: CellBytes, { words, length }: CellBytes): boolean {
  if (known.length !== length) return false
  const own = known.words
  for (let i = (length - 1) >> 2; i >= 0; i--) if (own[i] !== words[i]) return false
  return true
}
