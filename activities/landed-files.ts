import { lstat } from 'node:fs/promises'
import type { Layout } from '../project/layout.ts'
import { entriesIn, openBytes } from '../readers/source/bytes.ts'
import type { Limits } from '../stage/staged.ts'
import { type Archived, archiveFile, changing, checkFile, incomingFolder } from '../warehouse/archive.ts'
import type { Landing } from './landing.ts'

/** One file that landed: by itself, or as one of several in a ZIP. */
export interface LandedPart {
  readonly landing: Landing
  /** The landing's name; of an entry `<name of the ZIP>/<name in it>`. */
  readonly name: string
  /** Its name in the ZIP; null: it is the landing itself. */
  readonly entry: string | null
}

/**
 * The files that a landing stands for: itself, or what is in it where it is a ZIP with several. A ZIP that can not be
 * looked into is one file, and whoever reads it tells what is wrong.
 */
export async function partsOf(landing: Landing, limits: Limits): Promise<readonly LandedPart[]> {
  const { name, path } = landing
  const entries = await entriesIn(path, limits)
  if (entries === null) return [{ landing, name, entry: null }]
  return entries.map((entry) => ({ landing, name: `${name}/${entry}`, entry }))
}

/**
 * Archive one part of a landing by the hash of its own bytes; an entry is unpacked for that, layer by layer.
 *
 * @throws Fault as `archiveFile` and `openBytes`
 */
export async function archivePart(
  layout: Layout,
  region: string,
  { landing, entry }: LandedPart,
  limits: Limits,
): Promise<Archived> {
  const root = layout.landing(region)
  if (entry === null) return archiveFile(layout, region, landing.path, root)
  await checkFile(landing.path, root)
  return archiveEntry(layout, region, landing.path, entry, limits)
}

/** As `archiveFile`, of one of several files in a ZIP. */
export async function archiveEntry(
  layout: Layout,
  region: string,
  path: string,
  entry: string,
  limits: Limits,
): Promise<Archived> {
  const before = await lstat(path, { bigint: true })
  const bytes = await openBytes(path, limits, await incomingFolder(layout, region), entry)
  try {
    const after = await lstat(path, { bigint: true })
    if (after.size !== before.size || after.mtimeNs !== before.mtimeNs || after.ctimeNs !== before.ctimeNs)
      throw changing(path, before.size, after.size)
    return await archiveFile(layout, region, bytes.path)
  } finally {
    bytes.close()
  }
}
