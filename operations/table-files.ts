import { closeSync, openSync, realpathSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Fault } from '../models/fault.ts'
import { killPoint } from '../models/kill-point.ts'
import { csvRecord } from '../readers/write-csv.ts'

/**
 * The names in the folder of results, each given once. A file that is read has its name there too: it is never written
 * over. Case does not tell names apart, nor the form of Unicode: on some systems neither does.
 */
export class OutNames {
  readonly #folder: string
  readonly #taken: Set<string>

  /**
   * @param folder an existing one
   * @param inputs the files that are read
   */
  constructor(folder: string, inputs: readonly string[]) {
    this.#folder = folder
    const real = realpathSync(folder)
    const read = inputs.filter((path) => /\.csv$/i.test(path) && realFolder(path) === real)
    this.#taken = new Set(read.map((path) => keyOf(basename(path).slice(0, -'.csv'.length))))
  }

  /**
   * The path without `.csv` for the tables of a file: `statement.json.gz` -> `statement`; where that is taken
   * `statement.json.gz`, then with a number.
   */
  of(path: string): string {
    const file = basename(path)
    const short = file.replace(/\.(?:gz|zst|bz2|zip)$/i, '').replace(/\.[^.]+$/, '')
    // `...csv` would be the folder above.
    return join(this.#folder, /^\.*$/.test(short) ? this.#free(file) : this.#free(short, file))
  }

  /** The path of the table `nth` of a file, from 1. */
  ofTable(name: string, nth: number): string {
    if (nth === 1) return `${name}.csv` // was taken for the file
    const short = `${basename(name)}.${nth}`
    return join(this.#folder, `${this.#free(short)}.csv`)
  }

  /** The first of these names that is free, else the last one with a number. */
  #free(...names: readonly string[]): string {
    const last = names.at(-1) as string
    let name = names.find((one) => !this.#taken.has(keyOf(one)))
    for (let n = 2; name === undefined; n++) if (!this.#taken.has(keyOf(`${last}-${n}`))) name = `${last}-${n}`
    this.#taken.add(keyOf(name))
    return name
  }
}

/** @param name without `.csv` */
const keyOf = (name: string): string => name.normalize('NFC').toLowerCase()

function realFolder(path: string): string | null {
  try {
    return dirname(realpathSync(path))
  } catch {
    return null // there is no such file: reading it says so
  }
}

const flushBytes = 64 * 1024

/**
 * The CSV files of one input, written aside and put in their places together.
 *
 * @throws Fault "file.not-written" from all that writes
 */
export class TableFiles {
  readonly #name: string | null
  readonly #names: OutNames | null
  readonly #paths: string[] = []
  #fd: number | undefined
  readonly #buffer = Buffer.allocUnsafe(flushBytes)
  #used = 0

  /** @param names null: nothing is written */
  constructor(names: OutNames | null, input: string) {
    this.#names = names
    this.#name = names === null ? null : names.of(input)
  }

  /** Begin the next table's file. */
  next(): string | null {
    if (this.#name === null || this.#names === null) return null
    this.#close()
    const path = this.#names.ofTable(this.#name, this.#paths.length + 1)
    this.#fd = writing(path, () => openSync(`${path}.part`, 'w'))
    this.#paths.push(path)
    return path
  }

  put(cells: readonly string[]): void {
    if (this.#name === null) return
    const text = csvRecord(cells)
    if (text.length * 3 > flushBytes - this.#used) this.#flush()
    if (text.length * 3 > flushBytes) this.#write(Buffer.from(text))
    else this.#used += this.#buffer.write(text, this.#used)
  }

  /** Put the files in their places; the first one's path. A file without tables is an empty file. */
  finish(): string | null {
    if (this.#name === null) return null
    if (this.#paths.length === 0) this.next()
    this.#close()
    const [first] = this.#paths
    for (const path of [...this.#paths]) {
      writing(path, () => {
        killPoint('parse.before-rename')
        renameSync(`${path}.part`, path)
        killPoint('parse.after-rename')
      })
      this.#paths.shift()
    }
    return first as string
  }

  /** Leave what was not finished. */
  abandon(): void {
    this.#used = 0
    this.#close()
    for (const path of this.#paths.splice(0)) rmSync(`${path}.part`, { force: true })
  }

  #close(): void {
    this.#flush()
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }

  #flush(): void {
    this.#write(this.#buffer.subarray(0, this.#used))
    this.#used = 0
  }

  #write(bytes: Uint8Array): void {
    const fd = this.#fd
    if (fd === undefined) return
    writing(this.#paths.at(-1) as string, () => {
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
    })
  }
}

/** Do what may fail for want of space or of a permission. */
export function writing<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new Fault(
      'file.not-written',
      `${path} cannot be written: ${message}.`,
      'Free some space there, or name another folder with --out.',
      { cause: error },
    )
  }
}
