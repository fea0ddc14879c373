import type { BigIntStats, Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** A file in a region's landing zone. */
export interface Landing {
  /** Absolute. */
  readonly path: string
  /** Relative to the landing zone, with forward slashes. */
  readonly name: string
  readonly sizeBytes: number
  /** Nanoseconds since the epoch, as text. */
  readonly mtimeNs: string
  readonly ctimeNs: string
}

export interface Walk {
  /** Oldest first, so that a restatement is loaded after what it restates. */
  readonly files: readonly Landing[]
  /** Folders and files that can not be looked at, each with why. */
  readonly problems: readonly { readonly name: string; readonly message: string }[]
}

/** Names of files that are still being written, by the habits of browsers, rsync, editors and SFTP clients. */
const unfinished = /(^\.|~$|\.(part|partial|tmp|crdownload|filepart|download)$)/i

/**
 * Every regular file under a landing zone, but for names that begin with a dot or say that they are not finished.
 * Links are not followed, so nothing outside of the zone is met. A zone that does not exist is empty.
 */
export async function walkLanding(root: string, signal?: AbortSignal): Promise<Walk> {
  const files: Landing[] = []
  const problems: { name: string; message: string }[] = []
  const folders = ['']
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal?.throwIfAborted()
    for (const entry of await list(root, folder, problems)) {
      if (unfinished.test(entry.name)) continue
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) folders.push(name)
      else if (entry.isSymbolicLink()) problems.push({ name, message: 'is a symbolic link, which is not followed' })
      else if (entry.isFile()) {
        const found = await look(join(root, name), name, problems)
        if (found !== undefined) files.push(found)
      } else problems.push({ name, message: 'is neither a file nor a folder' })
    }
  }
  files.sort((a, b) => Number(BigInt(a.mtimeNs) - BigInt(b.mtimeNs)) || (a.name < b.name ? -1 : 1))
  return { files, problems }
}

async function list(root: string, folder: string, problems: { name: string; message: string }[]): Promise<Dirent[]> {
  try {
    return await readdir(join(root, folder), { withFileTypes: true })
  } catch (error) {
    if (!isMissing(error)) problems.push({ name: folder, message: `can not be listed: ${(error as Error).message}` })
    return []
  }
}

async function look(
  path: string,
  name: string,
  problems: { name: string; message: string }[],
): Promise<Landing | undefined> {
  let stats: BigIntStats
  try {
    stats = await lstat(path, { bigint: true })
  } catch (error) {
    if (!isMissing(error)) problems.push({ name, message: `can not be looked at: ${(error as Error).message}` })
    else if (name.includes('\uFFFD')) problems.push({ name, message: 'has a name that is no valid UTF-8' })
    return undefined // else it was taken away meanwhile
  }
  const { size, mtimeNs, ctimeNs } = stats
  return { path, name, sizeBytes: Number(size), mtimeNs: String(mtimeNs), ctimeNs: String(ctimeNs) }
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'
