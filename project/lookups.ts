import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Lookup, type Lookups, lookupSizeLimit, parseLookup } from '../contracts/lookup.ts'
import type { Layout } from './layout.ts'
import { readTextFile } from './read-yaml-file.ts'

/**
 * The lists of a region, each read when it is asked for, and once. Only plain files in the region's own `lookups` folder
 * are read: no link leads out of it.
 */
export function readLookups(layout: Layout, region: string): Lookups {
  const folder = join(dirname(layout.regionFile(region)), 'lookups')
  const isFolder = existsSync(folder) && lstatSync(folder).isDirectory()
  const files = isFolder ? readdirSync(folder).filter((name) => name.endsWith('.csv')) : []
  const names = files.map((name) => name.slice(0, -'.csv'.length)).sort()
  const known = new Map<string, Lookup | string>()
  return {
    names,
    of(name) {
      const found = known.get(name) ?? (names.includes(name) ? readLookup(join(folder, `${name}.csv`)) : 'is not there')
      known.set(name, found)
      return found
    },
  }
}

function readLookup(path: string): Lookup | string {
  const stat = lstatSync(path)
  if (!stat.isFile()) return 'is no plain file'
  if (stat.size > lookupSizeLimit) return `is larger than ${lookupSizeLimit / 1024} KiB`
  const read = readTextFile(path, path)
  return 'errors' in read ? (read.errors[0]?.message ?? 'can not be read') : parseLookup(read.text)
}
