import { damaged } from '../faults.ts'

/** The streams at the root of a compound file (OLE2), by name. */
export interface Compound {
  has(name: string): boolean
  /** @throws Fault "file.damaged" */
  read(name: string): Buffer
}

/**
 * The header, little-endian: [MS-CFB] 2.2.
 *
 * | bytes  | what                                                   |
 * |--------|--------------------------------------------------------|
 * | 30-31  | a sector is 2 to this power bytes: 9 or 12             |
 * | 48-51  | first sector of the directory                          |
 * | 60-63  | first sector of the table of small sectors             |
 * | 68-71  | first sector of the list of the table's sectors        |
 * | 76-511 | the first 109 of that list                             |
 */
const head = { shift: 30, directory: 48, smallTable: 60, list: 68, listed: 76 } as const

/**
 * A directory entry of 128 bytes: [MS-CFB] 2.6.
 *
 * | bytes   | what                                         |
 * |---------|----------------------------------------------|
 * | 0-63    | name, UTF-16                                 |
 * | 64-65   | bytes of the name with its final zero        |
 * | 66      | 2: a stream                                  |
 * | 68-71   | the entry to its left, among its siblings    |
 * | 72-75   | the entry to its right                       |
 * | 76-79   | the first of its children                    |
 * | 116-119 | first sector                                 |
 * | 120-123 | bytes                                        |
 */
const entryBytes = 128
const smallSector = 64
/** Streams under this size lie in small sectors. */
const smallStream = 4096
/** Numbers of sectors from here on are marks: free, end of a chain. */
const marks = 0xfffffffa
const noEntry = 0xffffffff

/**
 * Open a compound file in memory. Chains of sectors that go in circles or out of the file are refused.
 *
 * @throws Fault "file.damaged"
 */
export function openCompound(file: string, bytes: Buffer): Compound {
  if (bytes.length < 512) throw damaged(file, 'it breaks off in its header')
  const shift = bytes.readUInt16LE(head.shift)
  if (shift !== 9 && shift !== 12) throw damaged(file, 'its sectors have no size')
  const size = 1 << shift
  const sectors = Math.ceil(bytes.length / size)
  const sector = (at: number) => bytes.subarray((at + 1) * size, (at + 2) * size)
  const table = tableOf(file, bytes, size, sectors, sector)

  /** The sectors of a chain, one behind the other. */
  function chain(first: number, next: Uint32Array, of: (at: number) => Buffer): Buffer {
    const parts: Buffer[] = []
    for (let at = first; at < marks; at = next[at] as number) {
      if (at >= next.length || parts.length > next.length) throw damaged(file, 'a chain of its sectors does not end')
      parts.push(of(at))
    }
    return Buffer.concat(parts)
  }

  const directory = chain(bytes.readUInt32LE(head.directory), table, sector)
  if (directory.length < entryBytes) throw damaged(file, 'it has no directory')
  const root = directory.subarray(0, entryBytes)
  const streams = siblingsOf(directory, root.readUInt32LE(76))
  let small: { bytes: Buffer; table: Uint32Array } | undefined
  const smallOnes = () => {
    small ??= {
      bytes: chain(root.readUInt32LE(116), table, sector),
      table: numbers(chain(bytes.readUInt32LE(head.smallTable), table, sector)),
    }
    return small
  }
  return {
    has: (name) => streams.has(name),
    read(name) {
      const entry = streams.get(name)
      if (entry === undefined) throw damaged(file, `it has no stream ${name}`)
      const first = entry.readUInt32LE(116)
      const length = entry.readUInt32LE(120)
      if (length >= smallStream) return chain(first, table, sector).subarray(0, length)
      const { bytes: held, table: next } = smallOnes()
      return chain(first, next, (at) => held.subarray(at * smallSector, (at + 1) * smallSector)).subarray(0, length)
    },
  }
}

/** The table that says for each sector which one comes next. */
function tableOf(
  file: string,
  bytes: Buffer,
  size: number,
  sectors: number,
  sector: (at: number) => Buffer,
): Uint32Array {
  const parts: Buffer[] = []
  const put = (at: number) => {
    if (at < marks && at < sectors) parts.push(sector(at))
  }
  for (let at: number = head.listed; at < 512; at += 4) put(bytes.readUInt32LE(at))
  let list = bytes.readUInt32LE(head.list)
  for (let lists = 0; list < marks; lists++) {
    const held = sector(list)
    if (held.length < size || lists > sectors) throw damaged(file, 'the list of its sectors does not end')
    for (let at = 0; at < size - 4; at += 4) put(held.readUInt32LE(at))
    list = held.readUInt32LE(size - 4)
  }
  if (parts.length > sectors) throw damaged(file, 'the list of its sectors is longer than the file')
  return numbers(Buffer.concat(parts))
}

function numbers(bytes: Buffer): Uint32Array {
  const all = new Uint32Array(bytes.length >> 2)
  for (let i = 0; i < all.length; i++) all[i] = bytes.readUInt32LE(4 * i)
  return all
}

/** The streams among the entries that are siblings of one: a tree of which each entry is seen once. */
function siblingsOf(directory: Buffer, first: number): Map<string, Buffer> {
  const streams = new Map<string, Buffer>()
  const seen = new Set<number>()
  const waiting = [first]
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at === noEntry || seen.has(at) || (at + 1) * entryBytes > directory.length) continue
    seen.add(at)
    const entry = directory.subarray(at * entryBytes, (at + 1) * entryBytes)
    const name = entry.toString('utf16le', 0, Math.max(Math.min(entry.readUInt16LE(64), 64) - 2, 0))
    if (entry[66] === 2) streams.set(name, entry)
    waiting.push(entry.readUInt32LE(68), entry.readUInt32LE(72))
  }
  return streams
}
