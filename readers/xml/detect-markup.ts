/** Tells the formats in tags apart by a file's first few thousand characters, whatever it is called. */

/** OFX or QFX: the header of 1.x, the instruction of 2.x, or the root of either. */
export const isOfx = (head: string): boolean =>
  /^\s*OFXHEADER\s*:/.test(head) || /<(\?OFX\s|OFX>)/i.test(beginning(head))

/** CAMT.052, .053 or .054: by its namespace, or by the element below the root. */
export function isCamt(head: string): boolean {
  const start = beginning(head)
  return (
    /xmlns(:\w+)?\s*=\s*["']urn:iso:std:iso:20022:tech:xsd:camt\.05[234]\./.test(start) ||
    /<(\w+:)?BkToCstmr(Stmt|AcctRpt|DbtCdtNtfctn)[\s>]/.test(start)
  )
}

/** A page of HTML, or a part of one. */
export const isHtml = (head: string): boolean =>
  /^\s*<!doctype html\b/i.test(head) || htmlTags.has(rootOf(head)?.toLowerCase() ?? '')

/** XML of any kind but HTML and Excel's; OFX and CAMT in XML are XML too. */
export function isXml(head: string): boolean {
  const start = beginning(head)
  if (/<\?mso-application|urn:schemas-microsoft-com:office:spreadsheet/.test(start) || isHtml(head)) return false
  return rootOf(head) !== undefined || /^\s*<(?:\?xml\s|!--|!DOCTYPE)/i.test(start)
}

const htmlTags = new Set([
  'html',
  'head',
  'body',
  'table',
  'meta',
  'style',
  'title',
  'div',
  'p',
  'br',
  'center',
  'font',
])

/** More is not looked at. */
const beginning = (head: string): string => head.slice(0, 4096).replace(/^\ufeff/, '')

/** The name of the first element, where nothing but what may stand before one does, be it long. */
function rootOf(head: string): string | undefined {
  const rest = head.replace(/^(\ufeff|\s+|<\?[^>]*>|<!--[\s\S]*?-->|<!DOCTYPE[^>[]*(\[[^\]]*\][^>]*)?>)+/i, '')
  return /^<([A-Za-z_][\w.:-]*)[\s/>]/.exec(rest)?.[1]
}
