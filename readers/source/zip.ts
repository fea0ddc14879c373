import { basename } from 'node:path'
import { crc32 } from 'node:zlib'
import { type Entry, openPromise, validateFileName, type ZipFile } from 'yauzl'
import { Fault } from '../../models/fault.ts'
import type { Limits } from '../../stage/staged.ts'
import { damaged, emptyOf } from '../faults.ts'
import type { Kind } from './kind.ts'
import type { Sink } from './unpack.ts'
import { bomb, checkUnpacked } from './unpack-limits.ts'
import { openDirectory } from './zip-directory.ts'

/** A zip's directory, checked. */
export interface Directory {
  /** 'zip' is an archive; the others are documents that are stored as one. */
  readonly kind: Kind & ('zip' | 'xlsx' | 'xlsb' | 'ods' | 'office')
  /** The logical files of an archive: folders and what systems leave behind are none. */
  readonly entries: readonly Entry[]
}

/**
 * Read a zip's directory.
 *
 * Names are never used as paths here; they are refused all the same, since an archive that has them is no export.
 *
 * @throws Fault "file.damaged", "file.empty", "file.encrypted", "file.entry-refused", "file.too-many-entries",
 * "file.too-large", "file.zip-bomb"
 */
export async function readDirectory(path: string, file: string, size: number, limits: Limits): Promise<Directory> {
  const zip = await opened(file, () => openDirectory(path))
  const entries: Entry[] = []
  try {
    for await (const entry of zip.eachEntry()) {
      if (entries.length === limits.archiveEntries) throw tooMany(file, limits.archiveEntries)
      entries.push(entry)
    }
  } catch (error) {
    throw error instanceof Fault ? error : unreadable(file, error)
  } finally {
    zip.close()
  }
  const kind = documentKind(entries)
  if (kind !== 'zip') return { kind, entries: [] }
  for (const entry of entries) checkEntry(file, entry)
  const names = new Set<string>()
  for (const { fileName } of entries) {
    if (names.has(fileName)) throw refused(file, `has two entries named ${JSON.stringify(fileName)}`)
    names.add(fileName)
  }
  checkOverlap(file, size, entries)
  const files = entries.filter(({ fileName }) => !isLeftBehind(fileName))
  for (const { compressedSize, uncompressedSize } of files)
    checkUnpacked(file, uncompressedSize, compressedSize, compressedSize, limits)
  // A bomb in parts, each too small to be one.
  const sum = (of: (entry: Entry) => number) => files.reduce((all, entry) => all + of(entry), 0)
  const packed = sum(({ compressedSize }) => compressedSize)
  checkUnpacked(
    file,
    sum(({ uncompressedSize }) => uncompressedSize),
    packed,
    packed,
    limits,
  )
  if (files.length === 0) throw emptyOf(file, 'holds no files')
  return { kind, entries: files }
}

/**
 * Unpack one entry; its size and its checksum must be those that the directory gives.
 *
 * @throws Fault "file.damaged", and what the sink throws
 */
export async function unpackEntry(path: string, file: string, entry: Entry, sink: Sink): Promise<void> {
  const zip = await opened(file, () => openPromise(path, { autoClose: false, strictFileNames: true }))
  let failure: unknown
  let checksum = 0
  try {
    const stream = await zip.openReadStreamPromise(entry)
    for await (const piece of stream as AsyncIterable<Buffer>) {
      checksum = crc32(piece, checksum)
      sink.taken = entry.compressedSize // what comes of it is known from the directory, and was checked
      try {
        sink.put(piece)
      } catch (error) {
        failure = error
        throw error
      }
    }
  } catch (error) {
    throw failure ?? unreadable(file, error)
  } finally {
    zip.close()
  }
  if (checksum !== entry.crc32) throw damaged(file, 'its ZIP entry does not unpack (wrong checksum)')
}

async function opened(file: string, open: () => Promise<ZipFile>): Promise<ZipFile> {
  try {
    return await open()
  } catch (error) {
    throw unreadable(file, error)
  }
}

function unreadable(file: string, error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error)
  const name = /^(?:invalid characters in fileName|absolute path|invalid relative path): (.*)$/s.exec(message)?.[1]
  if (name !== undefined) return refused(file, `has an entry whose name could lead elsewhere: ${shown(name)}`)
  if (/strong encryption/i.test(message)) return encrypted(file)
  if (/unsupported compression method/.test(message))
    return refused(file, `has an entry packed by a method that is not read (${message})`)
  return damaged(file, `it is no whole ZIP archive (${message})`, error)
}

function checkEntry(file: string, entry: Entry): void {
  const { fileName: name } = entry
  if (entry.isEncrypted()) throw encrypted(file)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (validateFileName(name) !== null || /[\x00-\x1f\x7f]/.test(name) || name === '')
    throw refused(file, `has an entry whose name could lead elsewhere: ${shown(name)}`)
  // Upper half: a Unix file's mode, where a Unix system made the archive.
  if (((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000)
    throw refused(file, `has an entry that is a symbolic link: ${shown(name)}`)
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8 && !name.endsWith('/'))
    throw refused(file, `has an entry packed by method ${entry.compressionMethod}, which is not read: ${shown(name)}`)
}

/** A local header is 30 bytes and the name; entries that share bytes are how a small archive becomes endless. */
function checkOverlap(file: string, size: number, entries: readonly Entry[]): void {
  const sorted = entries.toSorted((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader)
  sorted.forEach((entry, i) => {
    const end = entry.relativeOffsetOfLocalHeader + 30 + entry.fileNameLength + entry.compressedSize
    if (end > (sorted[i + 1]?.relativeOffsetOfLocalHeader ?? size)) throw bomb(file, 'has entries that overlap')
  })
}

function documentKind(entries: readonly Entry[]): Directory['kind'] {
  const names = new Set(entries.map(({ fileName }) => fileName))
  if (names.has('[Content_Types].xml')) {
    if (names.has('xl/workbook.bin')) return 'xlsb'
    return [...names].some((name) => name.startsWith('xl/')) ? 'xlsx' : 'office'
  }
  return names.has('mimetype') && names.has('META-INF/manifest.xml') ? 'ods' : 'zip'
}

const isLeftBehind = (name: string): boolean =>
  name.endsWith('/') ||
  name.startsWith('__MACOSX/') ||
  ['.DS_Store', 'Thumbs.db', 'desktop.ini'].includes(basename(name))

const shown = (name: string): string => JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}…` : name)

const refused = (file: string, what: string): Fault =>
  new Fault('file.entry-refused', `${file} ${what}.`, 'Unpack it with care, look at what is in it, and land the files.')

const encrypted = (file: string): Fault =>
  new Fault('file.encrypted', `${file} is encrypted.`, 'Ask the sender for it without a password.')

const tooMany = (file: string, limit: number): Fault =>
  new Fault(
    'file.too-many-entries',
    `${file} holds more than ${limit} entries.`,
    'Ask the sender for smaller archives. If it is right, raise limits.archive_entries in entrepot.yaml.',
    { details: { limit } },
  )
