import { FlatTable } from './flat-table.ts'

/** Kinds of messages (`Message.fbs`) that make a table. */
export const messageKinds = { schema: 1, dictionary: 2, records: 3 } as const

export interface MessageHead {
  readonly kind: number
  readonly bodyBytes: number
}

/** Fields of a schema, those inside others counted. */
const mostFields = 100_000

/**
 * Check a message's metadata before the library reads it, which believes every number in it: what is counted stands there,
 * and nothing is larger than its body.
 *
 * @param depth lists and structs may nest so deep
 * @throws RangeError where it is no such message
 */
export function checkedHead(metadata: Buffer, depth: number): MessageHead {
  const message = FlatTable.root(metadata)
  const [kind, header, bodyBytes] = [message.u8(1), message.table(2), message.i64(3)]
  message.vector(4, 4)
  if (bodyBytes < 0) throw new RangeError('a message says that it is shorter than nothing')
  if (header === undefined) throw new RangeError('a message has no header')
  if (kind === messageKinds.schema) checkFields(header, 1, { left: mostFields }, depth)
  else if (kind === messageKinds.records) checkBatch(header, bodyBytes)
  else if (kind === messageKinds.dictionary) {
    const data = header.table(1)
    if (data === undefined) throw new RangeError('a dictionary has no values')
    checkBatch(data, bodyBytes)
  } else throw new RangeError(`a message of kind ${kind} is no part of a table`)
  return { kind, bodyBytes }
}

/** Schema: fields are its field 1; Field: children are its field 5. */
function checkFields(table: FlatTable, field: number, count: { left: number }, depth: number): void {
  for (const child of table.tables(field)) {
    count.left--
    if (count.left < 0 || depth === 0) throw new RangeError('its columns nest too deep, or are too many')
    child.vector(0, 1)
    child.vector(6, 4)
    checkFields(child, 5, count, depth - 1)
  }
}

/** RecordBatch: length, nodes (length i64, nulls i64), buffers (offset i64, length i64), compression, variadic counts. */
function checkBatch(batch: FlatTable, bodyBytes: number): void {
  const { buffer } = batch
  const number = (at: number) => Number(buffer.readBigInt64LE(at))
  const check = (isRight: boolean) => {
    if (!isRight) throw new RangeError('a batch counts what is not there')
  }
  const rows = batch.i64(0)
  check(rows >= 0 && rows < 2 ** 31)
  const nodes = batch.vector(1, 16)
  for (let i = 0; i < nodes.length; i++) {
    const [length, nulls] = [number(nodes.at + 16 * i), number(nodes.at + 16 * i + 8)]
    check(length >= 0 && length < 2 ** 31 && nulls >= 0 && nulls <= length)
  }
  const buffers = batch.vector(2, 16)
  for (let i = 0; i < buffers.length; i++) {
    const [offset, length] = [number(buffers.at + 16 * i), number(buffers.at + 16 * i + 8)]
    check(offset >= 0 && length >= 0 && offset + length <= bodyBytes)
  }
  const counts = batch.vector(4, 8)
  let variadic = 0
  for (let i = 0; i < counts.length; i++) {
    const count = number(counts.at + 8 * i)
    check(count >= 0)
    variadic += count
  }
  check(variadic <= buffers.length)
}
