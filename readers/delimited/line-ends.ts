export type RecordEnd = '\n' | '\r\n' | '\r'

/** How often a text has each line end; CRLF is one. */
export function countEnds(text: string): Record<RecordEnd, number> {
  const both = text.match(/\r\n/g)?.length ?? 0
  return {
    '\r\n': both,
    '\n': (text.match(/\n/g)?.length ?? 0) - both,
    '\r': (text.match(/\r/g)?.length ?? 0) - both,
  }
}

/** How most lines of a text end; the first in `order` where several are as common. */
export function commonestEnd(text: string, order: readonly RecordEnd[]): RecordEnd {
  const counts = countEnds(text)
  return order.reduce((most, next) => (counts[next] > counts[most] ? next : most))
}
