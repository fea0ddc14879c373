/** Adds decimals as they are written, exactly: money never passes through floating point. */
export class DecimalSum {
  #digits = 0n
  #scale = 0
  #isKnown = true

  /** @param sign -1: take it off. Text that is no plain decimal makes the sum unknown. */
  add(text: string, sign: 1 | -1 = 1): void {
    const match = /^([+-]?)(\d{1,40})(?:\.(\d{0,40}))?$/.exec(text)
    if (match === null) {
      this.#isKnown = false
      return
    }
    const [, minus, whole = '', fraction = ''] = match
    const scale = Math.max(this.#scale, fraction.length)
    this.#digits *= 10n ** BigInt(scale - this.#scale)
    this.#scale = scale
    const digits = BigInt(whole + fraction) * 10n ** BigInt(scale - fraction.length)
    this.#digits += (minus === '-') === (sign === 1) ? -digits : digits
  }

  /** Whether everything added comes to nothing. */
  get isZero(): boolean {
    return this.#isKnown && this.#digits === 0n
  }
}
