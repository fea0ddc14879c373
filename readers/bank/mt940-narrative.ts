/**
 * The parts of a structured `:86:`, by the name of their field; none where it is free text.
 *
 * Two ways are known. German and Polish banks: three digits, then a mark and two digits before each part
 * (`166?00CREDIT?20SVWZ+INVOICE 7`: `86.code`, `86.00`, `86.20`); marks are `?`, `<`, `>`, `~`, `^` and `|`, and lines may be cut anywhere. Dutch and
 * SWIFT use: words between slashes (`/TRTP/SEPA/REMI/INVOICE 7`), only those below, because a part may have slashes.
 * A part that comes twice is joined: the text runs on.
 */
export function narrativeOf(information: string): Map<string, string> {
  const parts = new Map<string, string>()
  const add = (name: string, text: string) => parts.set(`86.${name}`, (parts.get(`86.${name}`) ?? '') + text)
  const text = information.replaceAll('\n', '')
  const structured = /^(\d{3})?([?<>~^|])(?=\d\d)/.exec(text)
  if (structured !== null) {
    const [start, code, mark = '?'] = structured
    if (code !== undefined) add('code', code)
    for (const part of splitAt(text, mark, start.length)) add(part.slice(0, 2), part.slice(2))
    return parts
  }
  let name: string | undefined
  let from = 0
  for (const match of text.matchAll(/\/([A-Z]{2,4})\//g)) {
    if (!slashWords.has(match[1] as string)) continue
    if (name === undefined && match.index > 0) return parts // free text that has a slash
    if (name !== undefined) add(name, text.slice(from, match.index))
    name = match[1] as string
    from = match.index + match[0].length
  }
  if (name !== undefined) add(name, text.slice(from))
  return parts
}

/** Pieces between marks that have two digits behind them; another mark is text. */
function splitAt(text: string, mark: string, from: number): string[] {
  const pieces: string[] = []
  let start = from
  for (let at = text.indexOf(mark, from); at !== -1; at = text.indexOf(mark, at + 1)) {
    if (!/^\d\d/.test(text.slice(at + 1, at + 3))) continue
    pieces.push(text.slice(start, at))
    start = at + 1
  }
  return [...pieces, text.slice(start)]
}

/** Code words of the SWIFT handbook for `:86:`, and those of Dutch and Belgian banks' manuals. */
const slashWords = new Set(
  (
    'ACCW ADDR BENM BIC BREF CHGS CNTP CREF CSID EREF EXCH IBAN ID INFO INS INV IPI IREF ISDT KREF MARF NAME NRTX ' +
    'OCMT ORDP PREF PTXT PURP REMI RFB ROC RTRN SUM SVCL TRCD TRTP TXT ULTB ULTC ULTD VACC VALU'
  ).split(' '),
)
