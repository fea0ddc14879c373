import { randomUUID } from 'node:crypto'
import { closeSync, mkdirSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Fault } from '../../models/fault.ts'
import type { Limits } from '../../stage/staged.ts'
import { type Kind, kindOf } from './kind.ts'
import { readFully } from './read-fully.ts'
import { type Sink, unpack } from './unpack.ts'
import { bomb, checkUnpacked } from './unpack-limits.ts'
import { type Directory, readDirectory, unpackEntry } from './zip.ts'

/** A file as it was before somebody packed it. */
export interface Bytes {
  /** For messages: the file's name, and the entry's behind it where one was chosen. */
  readonly name: string
  /** The file itself where it is not packed, else a temporary one that `close` removes. */
  readonly path: string
  readonly size: number
  /** Never a packed kind; null: text, or nothing known. */
  readonly kind: Kind | null
  close(): void
}

/** Archives in archives are unpacked so many times over. */
const mostLayers = 4

/**
 * Unpack a file, whatever it is called: gzip, Zstandard, bzip2, zip, and these in each other. A zip with one file in it
 * is that file. A workbook (XLSX is a zip as well) is no archive.
 *
 * @param tempDir an existing folder for what is unpacked
 * @param entry which file of a zip with several, as `entriesOf` names it
 * @throws Fault "file.many-entries" where it is not said which, "file.entry-unknown" where there is no such entry;
 * "file.damaged", "file.empty", "file.encrypted", "file.entry-refused", "file.too-many-entries", "file.too-large",
 * "file.zip-bomb"
 */
export async function openBytes(path: string, limits: Limits, tempDir: string, entry?: string): Promise<Bytes> {
  const layer = new Layers(path, limits, tempDir)
  try {
    for (let layers = 0; ; layers++) {
      const kind = kindOf(readHead(layer.path, 32))
      if (kind !== 'zip' && kind !== 'gzip' && kind !== 'zstd' && kind !== 'bzip2') return layer.end(kind)
      if (layers === mostLayers) throw bomb(layer.name, `is packed more than ${mostLayers} times over`)
      if (kind !== 'zip') await layer.replace(layer.size, (sink) => unpack(kind, layer.path, layer.name, sink))
      else {
        const { path, name, size } = layer
        const directory = await readDirectory(path, name, size, limits)
        if (directory.kind !== 'zip') return layer.end(directory.kind)
        const chosen = choose(layer.name, directory, layer.hasChosen ? undefined : entry)
        const isOne = directory.entries.length === 1
        const fill = (sink: Sink) => unpackEntry(path, name, chosen, sink)
        await layer.replace(chosen.compressedSize, fill, isOne ? name : chosen.fileName)
        if (!isOne) layer.chose(chosen.fileName)
      }
    }
  } catch (error) {
    layer.remove()
    throw error
  }
}

/**
 * The names of the files in a zip with several, in its order; null where the file is one: no zip, or a zip of one file.
 *
 * @throws Fault as `openBytes`
 */
export async function entriesOf(path: string, limits: Limits): Promise<string[] | null> {
  if (kindOf(readHead(path, 32)) !== 'zip') return null
  const { kind, entries } = await readDirectory(path, basename(path), statSync(path).size, limits)
  return kind === 'zip' && entries.length > 1 ? entries.map(({ fileName }) => fileName) : null
}

/** As `entriesOf`; null too where the file is gone or wrong: reading it says why. */
export async function entriesIn(path: string, limits: Limits): Promise<readonly string[] | null> {
  try {
    return await entriesOf(path, limits)
  } catch (error) {
    if (error instanceof Fault || (error as NodeJS.ErrnoException).code !== undefined) return null
    throw error
  }
}

/** Up to `length` first bytes of a file. */
export function readHead(path: string, length: number): Uint8Array {
  const fd = openSync(path, 'r')
  try {
    const head = new Uint8Array(length)
    return head.subarray(0, readFully(fd, head, 0, length, 0))
  } finally {
    closeSync(fd)
  }
}

function choose(file: string, { entries }: Directory, entry: string | undefined): Directory['entries'][number] {
  const [first] = entries
  if (entry === undefined && entries.length === 1 && first !== undefined) return first
  const names = entries.map(({ fileName }) => JSON.stringify(fileName))
  const list = names.slice(0, 20).join(', ') + (names.length > 20 ? ` and ${names.length - 20} more` : '')
  if (entry === undefined)
    throw new Fault(
      'file.many-entries',
      `${file} holds ${entries.length} files: ${list}.`,
      'Each of them is a file of its own: say which one, or unpack the archive and land what is in it.',
      { details: { entries: entries.slice(0, 1000).map(({ fileName }) => fileName) } },
    )
  const found = entries.find(({ fileName }) => fileName === entry)
  if (found !== undefined) return found
  throw new Fault(
    'file.entry-unknown',
    `${file} holds no file ${JSON.stringify(entry)}. It holds ${list}.`,
    'Name one of these.',
  )
}

/** The file at hand, layer by layer: what was unpacked before the last is removed. */
class Layers {
  path: string
  size: number
  name: string
  hasChosen = false
  readonly #original: string
  readonly #limits: Limits
  readonly #tempDir: string
  /** Bytes at the outside that stand for one byte of the layer at hand: a bomb in a bomb is measured as one. */
  #share = 1
  #packedBytes: number

  constructor(path: string, limits: Limits, tempDir: string) {
    this.path = path
    this.#original = path
    this.size = statSync(path).size
    this.name = basename(path)
    this.#packedBytes = this.size
    this.#limits = limits
    this.#tempDir = tempDir
  }

  chose(entry: string): void {
    this.name = `${this.name}/${entry}`
    this.hasChosen = true
  }

  /**
   * @param packed bytes of this layer that the new one is made of
   * @param nextName the new one's, where it has one of its own
   */
  async replace(packed: number, fill: (sink: Sink) => Promise<void>, nextName = this.name): Promise<void> {
    // In a folder of its own under the name it has: readers that open it name it in their messages.
    const folder = join(this.#tempDir, `.bytes-${randomUUID()}`)
    mkdirSync(folder, { mode: 0o700 })
    const path = join(folder, fileName(nextName))
    const fd = openSync(path, 'wx', 0o600)
    const name = this.name
    let size = 0
    if (this.path === this.#original) this.#packedBytes = packed
    const sink: Sink = {
      taken: 0,
      put: (piece) => {
        size += piece.length
        checkUnpacked(name, size, sink.taken * this.#share, this.#packedBytes, this.#limits)
        for (let at = 0; at < piece.length; ) at += writeSync(fd, piece, at)
      },
    }
    try {
      await fill(sink)
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      throw error
    } finally {
      closeSync(fd)
    }
    this.remove()
    this.#share = size === 0 ? 1 : (packed * this.#share) / size
    this.path = path
    this.size = size
  }

  remove(): void {
    if (this.path !== this.#original) rmSync(dirname(this.path), { recursive: true, force: true })
  }

  end(kind: Kind | null): Bytes {
    const { path, name, size } = this
    return { name, path, size, kind, close: () => this.remove() }
  }
}

/** The last part of a name, short enough for any file system. */
const fileName = (name: string): string => [...basename(name)].slice(-60).join('')
