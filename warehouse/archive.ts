import { createHash, randomUUID } from 'node:crypto'
import { type BigIntStats, closeSync, fsyncSync, openSync } from 'node:fs'
import {
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { dirname, isAbsolute, join, relative } from 'node:path'
import type { Contract } from '../contracts/contract.ts'
import { contractVersion } from '../contracts/version.ts'
import { Fault } from '../models/fault.ts'
import { killPoint } from '../models/kill-point.ts'
import type { Layout } from '../project/layout.ts'

export interface Archived {
  readonly sha256: string
  readonly sizeBytes: number
  /** When these bytes were archived first, ISO 8601 UTC. */
  readonly arrivedAt: string
  /** Resolves when the copy is on disk to stay: staging may overlap it, `load` may not. Await it. */
  readonly durable: Promise<void>
}

const pieceBytes = 4 * 1024 * 1024

/** Where a content is kept. */
export const archivedPath = (layout: Layout, region: string, sha256: string): string =>
  join(layout.archive(region), sha256.slice(0, 2), sha256)

/**
 * Copy a file into the archive under the hash of its bytes; safe to repeat.
 *
 * The copy is whole and readable when this resolves, and safe from a power cut once `durable` has.
 *
 * @param landingRoot where the file must be, links resolved; undefined for one that a person names
 * @throws Fault "file.changing", "file.symlink", "file.outside", "file.not-regular"
 */
export async function archiveFile(
  layout: Layout,
  region: string,
  path: string,
  landingRoot?: string,
): Promise<Archived> {
  await checkFile(path, landingRoot)
  const aside = join(await incomingFolder(layout, region), `${process.pid}-${randomUUID()}`)
  const source = await open(path, 'r')
  try {
    const before = await source.stat({ bigint: true })
    const sha256 = await copy(source, aside)
    const after = await source.stat({ bigint: true })
    if (!isSame(before, after)) throw changing(path, before.size, after.size)
    return await keep(layout, region, aside, sha256, Number(after.size))
  } catch (error) {
    await unlink(aside).catch(ignoreMissing)
    throw error
  } finally {
    await source.close()
  }
}

/** Where what is on its way into the archive stands aside; what a crash leaves there is removed. */
export async function incomingFolder(layout: Layout, region: string): Promise<string> {
  const folder = join(layout.archive(region), 'incoming')
  await mkdir(folder, { recursive: true })
  return folder
}

/**
 * Refuse what is no regular file, or not inside the landing zone.
 *
 * @throws Fault "file.symlink", "file.outside", "file.not-regular"
 */
export async function checkFile(path: string, landingRoot?: string): Promise<void> {
  if (landingRoot !== undefined) await checkPlace(path, landingRoot)
  const found = await lstat(path)
  if (found.isSymbolicLink())
    throw new Fault('file.symlink', `${path} is a symbolic link.`, 'Put the file itself there: links are not followed.')
  if (!found.isFile()) throw new Fault('file.not-regular', `${path} is no regular file.`, 'Put a regular file there.')
}

export const changing = (path: string, before: bigint, after: bigint): Fault =>
  new Fault(
    'file.changing',
    `${path} changed while it was read (${before} bytes, then ${after}).`,
    'Nothing to do when it is still being written: it is taken up when it stays the same. Write aside and rename.',
  )

/** Remove copies that a crash left unfinished; younger than a day they may be another process's work. */
export async function removeUnfinished(layout: Layout, region: string): Promise<void> {
  const folder = join(layout.archive(region), 'incoming')
  for (const name of (await readdir(folder).catch(ignoreMissing)) ?? []) {
    const found = await stat(join(folder, name)).catch(ignoreMissing)
    if (found !== undefined && Date.now() - found.mtimeMs > dayMs)
      await rm(join(folder, name), { recursive: true, force: true })
  }
}

const dayMs = 86_400_000

/** Put a file's copy in its place, or drop it where the place is taken. */
async function keep(
  layout: Layout,
  region: string,
  aside: string,
  sha256: string,
  sizeBytes: number,
): Promise<Archived> {
  const place = archivedPath(layout, region, sha256)
  const known = await stat(place).catch(ignoreMissing)
  if (known !== undefined && known.size === sizeBytes) {
    await unlink(aside)
    return { sha256, sizeBytes, arrivedAt: known.mtime.toISOString(), durable: sync(place) }
  }
  await mkdir(dirname(place), { recursive: true })
  killPoint('archive.before-rename')
  await rename(aside, place)
  killPoint('archive.after-rename')
  const arrivedAt = (await stat(place)).mtime.toISOString()
  const durable = sync(place).then(() => sync(dirname(place)))
  durable.catch(() => {}) // whoever awaits it hears of it; until then it is not an unhandled rejection
  return { sha256, sizeBytes, arrivedAt, durable }
}

/** Keep a contract by its version, durable when this resolves; returns the version. Safe to repeat. */
export async function archiveContract(layout: Layout, contract: Contract): Promise<string> {
  const version = contractVersion(contract)
  const folder = join(layout.archive(contract.region), 'contracts')
  const place = join(folder, `${version}.json`)
  if ((await stat(place).catch(ignoreMissing)) !== undefined) return version
  await mkdir(folder, { recursive: true })
  const aside = join(folder, `.${version}.${process.pid}`)
  await writeFile(aside, JSON.stringify(contract, undefined, 2), { flush: true })
  killPoint('contract.before-rename')
  await rename(aside, place)
  killPoint('contract.after-rename')
  await sync(folder)
  return version
}

/** Refuse what is not inside the landing zone when every link on the way is resolved. */
async function checkPlace(path: string, landingRoot: string): Promise<void> {
  const [root, folder] = await Promise.all([realpath(landingRoot), realpath(dirname(path))])
  const within = relative(root, folder)
  if (within.startsWith('..') || isAbsolute(within))
    throw new Fault(
      'file.outside',
      `${path} is outside of the landing zone ${landingRoot}.`,
      'Put files in the landing zone of their region; names with ".." and linked folders are not followed.',
    )
}

/** Hash while copying: the next piece is read while this one is hashed and written. */
async function copy(source: FileHandle, aside: string): Promise<string> {
  const hash = createHash('sha256')
  const target = await open(aside, 'wx')
  try {
    let [current, spare] = [Buffer.allocUnsafe(pieceBytes), Buffer.allocUnsafe(pieceBytes)]
    let { bytesRead } = await source.read(current, 0, pieceBytes)
    while (bytesRead > 0) {
      const piece = current.subarray(0, bytesRead)
      const writing = target.write(piece, 0, piece.length)
      const reading = source.read(spare, 0, pieceBytes)
      hash.update(piece)
      const [{ bytesWritten }, next] = await Promise.all([writing, reading])
      if (bytesWritten !== piece.length) await writeRest(target, piece.subarray(bytesWritten))
      ;[current, spare] = [spare, current]
      bytesRead = next.bytesRead
    }
  } finally {
    await target.close()
  }
  return hash.digest('hex')
}

async function writeRest(target: FileHandle, rest: Buffer): Promise<void> {
  for (let at = 0; at < rest.length; ) at += (await target.write(rest, at, rest.length - at)).bytesWritten
}

const isSame = (a: BigIntStats, b: BigIntStats): boolean =>
  a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs

/** fsync a file or folder. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** fsync a file or folder, at once. */
export function syncNow(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
