/**
 * Tell bank formats by the beginning of their text. Cheap, and without imports, so that a sniffer can ask them of every
 * file.
 */

/**
 * MT940 or MT942: one of its first lines is the tag of a reference or an account, and a tag of a statement follows; with
 * or without the envelope of SWIFT.
 */
export function isMt940(head: string): boolean {
  const first = /^:(?:20|25P?):\S/m.exec(head.slice(0, 4096)) ?? /\{4:\s*:20:\S/.exec(head.slice(0, 4096))
  if (first === null) return false
  // An MT103 or another message has :20: too.
  if (/\{2:[IO](?!94[0-2])\d{3}/.test(head.slice(0, 4096))) return false
  return /^:(?:28C?|60[FM]|61|34F|13D?|62[FM]):\S/m.test(head.slice(first.index))
}

/** BAI2: a file header (01) of eight fields or so, then a group header (02). */
export function isBai2(head: string): boolean {
  return /^\s*01,[^,\n]*,[^,\n]*,\d{6},\d{0,4},[^\n]*\/?\s*?\r?\n(?:88,[^\n]*\n)*02,[^,\n]*,/.test(head.slice(0, 4096))
}
