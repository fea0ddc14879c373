import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { deflateRawSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { entriesOf, openBytes } from '../../../readers/source/bytes.ts'
import { defaultLimits, type Limits } from '../../../stage/staged.ts'
import { faultOf, fileOf, tempDir } from '../support.ts'
import { type ZipEntry, zipOf } from '../zip-of.ts'

const open = (bytes: string | Uint8Array, name = 'sales.csv', limits: Partial<Limits> = {}, entry?: string) =>
  openBytes(fileOf(bytes, name), { ...defaultLimits, ...limits }, tempDir, entry)

const unpacked = async (bytes: Uint8Array, entry?: string): Promise<string> => {
  const opened = await open(bytes, 'sales', {}, entry)
  const text = readFileSync(opened.path, 'utf8')
  expect(opened.size).toBe(text.length)
  opened.close()
  return text
}

const faultAt = (bytes: Uint8Array, name?: string, limits?: Partial<Limits>, entry?: string) =>
  faultOf(() => open(bytes, name, limits, entry))

const text = 'a,b\n1,2\n'
/** Made by bzip2 1.0 and zstd 1.5. */
const bzip2 = Buffer.from('QlpoOTFBWSZTWb+HQH8AAANZAAAQAAQwADAAIAAwwAhpsogjJ4u5IpwoSF/DoD+A', 'base64')
const zstd = Buffer.from('KLUv/QRYQQAAYSxiCjEsMgo158rO', 'base64')
/** Made by Info-ZIP 3.0 with a password. */
const encrypted =
  'UEsDBAoACQAAADJJeF2nt6Z9HQAAABEAAAAJABwAc2FsZXMuY3N2VVQJAANQVAVrUFQFa3V4CwABBAAAAAAEAAAAANoySygcFGUgJskyS2ZIlXysPvO2RAd8kON/3j2GUEsHCKe3pn0dAAAAEQAAAFBLAQIeAwoACQAAADJJeF2nt6Z9HQAAABEAAAAJABgAAAAAAAEAAACkgQAAAABzYWxlcy5jc3ZVVAUAA1BUBWt1eAsAAQQAAAAABAAAAABQSwUGAAAAAAEAAQBPAAAAcAAAAAAA'
const zip = (...entries: ZipEntry[]) => zipOf(entries)
const sales = { name: 'sales.csv', data: text }
const jan = { name: '2026/jan.csv', data: 'a,b\n3,4\n' }

describe('what is packed', () => {
  test('is unpacked, whatever it is called', async () => {
    for (const packed of [bzip2, zstd, gzipSync(text), zip(sales), zip({ ...sales, isDeflated: true })])
      expect(await unpacked(packed)).toBe(text)
  })

  test('in several streams, one behind the other, is one text', async () => {
    for (const packed of [bzip2, zstd, gzipSync(text)])
      expect(await unpacked(Buffer.concat([packed, packed]))).toBe(text + text)
  })

  test('in each other is unpacked to the end', async () => {
    expect(await unpacked(zip({ name: 'sales.csv.gz', data: gzipSync(bzip2) }))).toBe(text)
    expect(await unpacked(gzipSync(zip({ name: 'sales.csv.zst', data: zstd })))).toBe(text)
  })

  test('more than four times over is refused', async () => {
    const five = [1, 2, 3, 4].reduce((packed) => gzipSync(packed), gzipSync(text))
    expect(await faultAt(five)).toEqual({
      code: 'file.zip-bomb',
      message: 'sales.csv is packed more than 4 times over.',
      fix: 'Ask the sender what this file is. If it is right, raise limits.decompression_ratio in entrepot.yaml.',
    })
  })

  test('leaves nothing behind', async () => {
    const before = readdirSync(tempDir)
    const opened = await open(zip({ name: 'sales.csv.gz', data: gzipSync(text) }))
    expect(existsSync(opened.path)).toBe(true)
    opened.close()
    opened.close()
    await faultAt(zip({ name: 'a.gz', data: gzipSync(text).subarray(0, 12) }))
    expect(readdirSync(tempDir)).toEqual(before)
  })

  test('and a file that is not is left where it is', async () => {
    const path = fileOf(text)
    const { close, ...opened } = await openBytes(path, defaultLimits, tempDir)
    close()
    expect(opened).toEqual({ name: 'sales.csv', path, size: 8, kind: null })
    expect(existsSync(path)).toBe(true)
  })
})

describe('a zip', () => {
  const leftBehind = [
    { name: '2026/' },
    { name: '__MACOSX/2026/._jan.csv', data: 'x' },
    { name: '2026/.DS_Store', data: 'y' },
    { name: 'Thumbs.db', data: 'z' },
  ]

  test('of one file is that file; what systems leave behind is none', async () => {
    const packed = zip(...leftBehind, jan)
    expect(await unpacked(packed)).toBe('a,b\n3,4\n')
    expect(await entriesOf(fileOf(packed), defaultLimits)).toBeNull()
    expect(await entriesOf(fileOf(text), defaultLimits)).toBeNull()
  })

  test('of several files is each of them', async () => {
    const packed = zip(sales, ...leftBehind, jan)
    expect(await entriesOf(fileOf(packed), defaultLimits)).toEqual(['sales.csv', '2026/jan.csv'])
    expect(await unpacked(packed, '2026/jan.csv')).toBe('a,b\n3,4\n')
    const opened = await open(packed, 'all.zip', {}, 'sales.csv')
    expect(opened.name).toBe('all.zip/sales.csv')
    opened.close()
  })

  test('of several files asks which one', async () => {
    expect(await faultAt(zip(sales, jan), 'all.zip')).toEqual({
      code: 'file.many-entries',
      message: 'all.zip holds 2 files: "sales.csv", "2026/jan.csv".',
      fix: 'Each of them is a file of its own: say which one, or unpack the archive and land what is in it.',
    })
    expect(await faultAt(zip(sales, jan), 'all.zip', {}, 'feb.csv')).toEqual({
      code: 'file.entry-unknown',
      message: 'all.zip holds no file "feb.csv". It holds "sales.csv", "2026/jan.csv".',
      fix: 'Name one of these.',
    })
  })

  test('that is a document is no archive', async () => {
    const types = { name: '[Content_Types].xml', data: '<Types/>' }
    const kindOfZip = async (...entries: ZipEntry[]) => (await open(zip(...entries))).kind
    expect(await kindOfZip({ name: 'xl/workbook.xml' }, types)).toBe('xlsx')
    expect(await kindOfZip({ name: 'xl/workbook.bin' }, types)).toBe('xlsb')
    expect(await kindOfZip({ name: 'word/document.xml' }, types)).toBe('office')
    expect(await kindOfZip({ name: 'mimetype' }, { name: 'META-INF/manifest.xml' })).toBe('ods')
    expect(await entriesOf(fileOf(zip({ name: 'xl/workbook.xml' }, types)), defaultLimits)).toBeNull()
  })

  test('without files is empty', async () => {
    expect((await faultAt(zip({ name: 'a/' }))).message).toBe('sales.csv holds no files.')
    expect((await faultAt(zip())).message).toBe('sales.csv holds no files.')
  })

  test.each<[string, ZipEntry]>([
    ['has an entry whose name could lead elsewhere: "../sales.csv"', { name: '../sales.csv' }],
    ['has an entry whose name could lead elsewhere: "a/../../b.csv"', { name: 'a/../../b.csv' }],
    ['has an entry whose name could lead elsewhere: "/etc/passwd"', { name: '/etc/passwd' }],
    ['has an entry whose name could lead elsewhere: "C:/sales.csv"', { name: 'C:/sales.csv' }],
    ['has an entry whose name could lead elsewhere: "a\\\\b.csv"', { name: 'a\\b.csv' }],
    ['has an entry whose name could lead elsewhere: "a\\u0000.csv"', { name: 'a\0.csv' }],
    ['has an entry whose name could lead elsewhere: "a\\n.csv"', { name: 'a\n.csv' }],
    ['has an entry whose name could lead elsewhere: ""', { name: '' }],
    ['has an entry that is a symbolic link: "sales.csv"', { name: 'sales.csv', mode: 0o120777 }],
    ['has an entry packed by method 9, which is not read: "sales.csv"', { name: 'sales.csv', method: 9 }],
    ['has two entries named "2026/jan.csv"', jan],
  ])('that %s is refused', async (what, entry) => {
    expect(await faultAt(zip(entry, jan))).toEqual({
      code: 'file.entry-refused',
      message: `sales.csv ${what}.`,
      fix: 'Unpack it with care, look at what is in it, and land the files.',
    })
  })

  test('that is encrypted', async () => {
    const packed = Buffer.from(encrypted, 'base64')
    expect(await faultAt(packed, 'all.zip')).toEqual({
      code: 'file.encrypted',
      message: 'all.zip is encrypted.',
      fix: 'Ask the sender for it without a password.',
    })
  })

  test('of more entries than the limit', async () => {
    expect(await faultAt(zip(sales, jan, { name: 'c' }), 'all.zip', { archiveEntries: 2 })).toEqual({
      code: 'file.too-many-entries',
      message: 'all.zip holds more than 2 entries.',
      fix: 'Ask the sender for smaller archives. If it is right, raise limits.archive_entries in entrepot.yaml.',
    })
    expect(await entriesOf(fileOf(zip(sales, jan)), { ...defaultLimits, archiveEntries: 2 })).toHaveLength(2)
  })
})

test('each of a thousand entries is found in a moment', async () => {
  const path = fileOf(
    zip(...Array.from({ length: 1000 }, (_, i) => ({ name: `${i}.csv`, data: `a\n${i}\n` }))),
    'all.zip',
  )
  for (let i = 0; i < 1000; i += 10) {
    const { close, ...opened } = await openBytes(path, defaultLimits, tempDir, `${i}.csv`)
    expect(readFileSync(opened.path, 'utf8')).toBe(`a\n${i}\n`)
    close()
  }
})

test('a directory of more than one block is read whole', async () => {
  const entries = Array.from({ length: 900 }, (_, i) => ({ name: `${'x'.repeat(400)}/${i}.csv`, data: 'a\n' }))
  expect(await entriesOf(fileOf(zip(...entries)), defaultLimits)).toEqual(entries.map(({ name }) => name))
})

test('a bomb in parts, each too small to be one, is one', async () => {
  const part = deflateRawSync(Buffer.alloc(40_000_000, 'a,b\n1,2\n'))
  const bytes = zip(...['a', 'b'].map((name) => ({ name, data: part, method: 8, size: 40_000_000 })))
  expect(await faultOf(() => entriesOf(fileOf(bytes, 'all.zip'), defaultLimits))).toMatchObject({
    code: 'file.zip-bomb',
    message: `all.zip unpacks to more than 200 times its ${2 * part.length} bytes.`,
  })
  expect(await entriesOf(fileOf(bytes, 'all.zip'), { ...defaultLimits, decompressionRatio: 2000 })).toEqual(['a', 'b'])
})

describe('damaged', () => {
  const flipped = (bytes: Buffer, at: number) => {
    const copy = Buffer.from(bytes)
    copy[at] = (copy[at] as number) ^ 1
    return copy
  }
  test.each<[string, Uint8Array]>([
    ['its bzip2 data is cut off', bzip2.subarray(0, -4)],
    ['its bzip2 data does not unpack (wrong checksum)', flipped(bzip2, 12)],
    ['its bzip2 data does not unpack', Buffer.concat([bzip2, Buffer.from('more')])],
    ['its Zstandard data is cut off', zstd.subarray(0, -6)],
    ['its Zstandard data does not unpack (wrong checksum)', flipped(zstd, zstd.length - 1)],
    [
      'its Zstandard data does not unpack (corrupt)',
      Buffer.concat([zstd.subarray(0, 6), Buffer.from([0xff, 0xff, 0xff, 0xff])]),
    ],
    [
      'its Zstandard data does not unpack (what follows is no Zstandard data)',
      Buffer.concat([zstd, Buffer.from('more')]),
    ],
    [
      'its Zstandard data does not unpack (it needs a window of more than 128 MB: pack it without --long)',
      Buffer.from('KLUv/QSoQQAAYSxiCjEsMgo158rO', 'base64'),
    ],
    ['its ZIP entry does not unpack (wrong checksum)', zip({ ...sales, crc: 1 })],
    [
      'it is no whole ZIP archive (End of central directory record signature not found. Either not a zip file, or file is truncated.)',
      zip(sales).subarray(0, 60),
    ],
    [
      'it is no whole ZIP archive (not enough bytes in the stream. expected 9. got only 8)',
      zip({ ...sales, size: 9, isDeflated: true }),
    ],
    [
      'it is no whole ZIP archive (too many bytes in the stream. expected 7. got at least 8)',
      zip({ ...sales, size: 7, isDeflated: true }),
    ],
  ])('%s', async (what, bytes) => {
    expect(await faultAt(bytes)).toEqual({
      code: 'file.damaged',
      message: `sales.csv is damaged: ${what}. Nothing of it is read.`,
      fix: 'Ask the sender for the file again; it was probably cut off on its way.',
    })
  })

  test('a damaged file costs the next one nothing', async () => {
    await faultAt(flipped(zstd, zstd.length - 1))
    expect(await unpacked(zstd)).toBe(text)
  })
})

describe('a bomb', () => {
  const ratio = (name: string, bytes: Uint8Array, times = 200) => ({
    code: 'file.zip-bomb',
    message: `${name} unpacks to more than ${times} times its ${bytes.length} bytes.`,
    fix: 'Ask the sender what this file is. If it is right, raise limits.decompression_ratio in entrepot.yaml.',
  })
  const zeros = Buffer.alloc(128 * 1024 * 1024)

  test('in gzip, alone and in gzip again', async () => {
    const packed = gzipSync(zeros)
    expect(await faultAt(packed, 'bomb')).toEqual(ratio('bomb', packed))
    expect(await faultAt(gzipSync(packed), 'bomb')).toEqual(ratio('bomb', gzipSync(packed)))
  })

  test('in bzip2: 46 MB in 46 bytes, ten thousand times', async () => {
    const block = Buffer.from('QlpoOTFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXF3JFOFCQDgni3w==', 'base64')
    const packed = Buffer.concat(Array.from({ length: 10_000 }, () => block))
    expect(await faultAt(packed, 'bomb')).toEqual(ratio('bomb', packed))
  })

  test('in Zstandard: 100 GB in 3 MB', async () => {
    // A frame with a window of 128 KB and no size; blocks of 128 KB that are one byte, repeated.
    const block = Buffer.from([2 | ((128 * 1024) << 3), ((128 * 1024) << 3) >> 8, ((128 * 1024) << 3) >> 16, 0])
    const packed = Buffer.concat([Buffer.from('28b52ffd0038', 'hex'), ...Array.from({ length: 800_000 }, () => block)])
    expect(await faultAt(packed, 'bomb')).toEqual(ratio('bomb', packed))
  })

  test('in a zip, by what its directory says', async () => {
    const packed = zip({ name: 'a', data: zeros, isDeflated: true })
    const entry = packed.length - 22 - 47 - 31 // behind the local header, before the directory
    expect((await faultAt(packed, 'bomb')).message).toBe(`bomb unpacks to more than 200 times its ${entry} bytes.`)
  })

  test('in a zip in a zip', async () => {
    const inner = zip({ name: 'a', data: zeros, isDeflated: true })
    expect((await faultAt(zip({ name: 'b.zip', data: inner, isDeflated: true }))).code).toBe('file.zip-bomb')
  })

  test('whose entries share their bytes', async () => {
    const packed = zip({ ...sales, name: 'a' }, { ...sales, name: 'b', offset: 0 }, { ...sales, name: 'c', offset: 0 })
    expect((await faultAt(packed, 'all.zip')).message).toBe('all.zip has entries that overlap.')
  })

  test('is none below 64 MB, however well it was packed', async () => {
    const opened = await open(gzipSync(zeros.subarray(0, 64 * 1024 * 1024)), 'sales', { decompressionRatio: 2 })
    expect(opened.size).toBe(64 * 1024 * 1024)
    opened.close()
  })
})
