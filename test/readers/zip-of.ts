import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipEntry {
  readonly name: string
  readonly data?: string | Uint8Array
  readonly isDeflated?: boolean
  /** In place of what is true. */
  readonly method?: number
  readonly mode?: number
  readonly crc?: number
  readonly size?: number
  /** Bytes of the local header and data; undefined: its own. */
  readonly offset?: number
}

/** A zip, well made or not, byte by byte: what no tool would make. */
export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const plain = Buffer.from(entry.data ?? '')
    const data = entry.isDeflated ? deflateRawSync(plain) : plain
    const name = Buffer.from(entry.name)
    const fixed = Buffer.alloc(26)
    fixed.writeUInt16LE(20, 0)
    fixed.writeUInt16LE(0x800, 2)
    fixed.writeUInt16LE(entry.method ?? (entry.isDeflated ? 8 : 0), 4)
    fixed.writeUInt32LE(entry.crc ?? crc32(plain), 10)
    fixed.writeUInt32LE(data.length, 14)
    fixed.writeUInt32LE(entry.size ?? plain.length, 18)
    fixed.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fixed, name, data])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 6)
    rest.writeUInt32LE(entry.offset ?? offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03'), fixed, rest, name]))
    locals.push(local)
    offset += local.length
  }
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(Buffer.concat(directory).length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...locals, ...directory, Buffer.from('PK\x05\x06'), end])
}
