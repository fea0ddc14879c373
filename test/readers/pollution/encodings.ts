/** Byte sequences of one and two bytes that the platform's own decoder gives, the other way round. */
function tableOf(label: string, isDouble: boolean): Map<string, Buffer> {
  const decoder = new TextDecoder(label, { fatal: true })
  const table = new Map<string, Buffer>()
  const add = (...bytes: number[]) => {
    try {
      const text = decoder.decode(Uint8Array.from(bytes))
      if ([...text].length === 1 && !table.has(text)) table.set(text, Buffer.from(bytes))
    } catch {
      decoder.decode() // no character: the decoder begins anew
    }
  }
  for (let one = 0; one < 256; one++) add(one)
  if (isDouble) for (let one = 0x81; one < 0xff; one++) for (let two = 0x40; two < 0xff; two++) add(one, two)
  return table
}

/** Bytes 0x80 to 0x9f of windows-1252, `\ufffd` for those left open: Node 20 decodes them as ISO-8859-1 would. */
const windows1252 = '€\ufffd‚ƒ„…†‡ˆ‰Š‹Œ\ufffdŽ\ufffd' + '\ufffd‘’“”•–—˜™š›œ\ufffdžŸ'

/** Text in a legacy encoding; an Error where it has a character that the encoding has not. */
export function encodeAs(label: string, text: string): Buffer {
  const table = tableOf(label, label === 'shift_jis' || label === 'gb18030')
  if (label === 'windows-1252')
    for (const [at, character] of [...windows1252].entries()) table.set(character, Buffer.from([0x80 + at]))
  return Buffer.concat(
    [...text].map((character) => {
      const bytes = table.get(character)
      if (bytes === undefined) throw new Error(`${label} has no ${character}`)
      return bytes
    }),
  )
}

export const utf16 = (text: string, isBig: boolean, hasMark: boolean): Buffer => {
  const bytes = Buffer.from((hasMark ? '\ufeff' : '') + text, 'utf16le')
  return isBig ? bytes.swap16() : bytes
}
