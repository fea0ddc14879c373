import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { Fault } from '../models/fault.ts'
import { packageRoot } from '../project/package-root.ts'

/** One `.sql` file of a marts folder: a SELECT under a header of `-- key: value` lines. */
export interface Mart {
  readonly name: string
  readonly path: string
  readonly sql: string
  readonly description: string
  readonly grain: readonly string[]
  /** The date column its partitions are kept by. */
  readonly partition: 'local_date'
  readonly isPublished: boolean
}

/**
 * The marts of the package and of the project, by name; a project's file takes the place of the package's of that name.
 *
 * @throws Fault "mart.header"
 */
export function findMarts(projectRoot: string): readonly Mart[] {
  const folders = new Set([join(packageRoot, 'sql', 'marts'), resolve(projectRoot, 'sql', 'marts')])
  const marts = new Map<string, Mart>()
  for (const folder of folders) {
    if (!existsSync(folder)) continue
    for (const name of readdirSync(folder))
      if (name.endsWith('.sql'))
        marts.set(name, parseMart(join(folder, name), readFileSync(join(folder, name), 'utf8')))
  }
  return [...marts.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

export function parseMart(path: string, text: string): Mart {
  const lines = text.split('\n')
  const end = lines.findIndex((line) => !line.startsWith('--'))
  const header = lines.slice(0, end).map((line) => line.slice(2).trim())
  const values = new Map<string, string>()
  const description: string[] = []
  for (const line of header) {
    const match = /^([a-z]+):\s+(.*)$/.exec(line)
    if (match?.[1] !== undefined) values.set(match[1], match[2] ?? '')
    else if (values.size === 0) description.push(line)
  }
  const value = (key: string, allowed: RegExp, example: string): string => {
    const found = values.get(key)
    if (found !== undefined && allowed.test(found)) return found
    throw new Fault(
      'mart.header',
      `${path}: the header's "${key}" is ${found === undefined ? 'missing' : JSON.stringify(found)}, expected such as "${example}".`,
      `Add a line "-- ${key}: ${example}" to the comment that the file begins with.`,
    )
  }
  const name = basename(path, '.sql')
  if (!/^[a-z][a-z0-9_]*$/.test(name))
    throw new Fault('mart.header', `${path}: ${name} is no name of a mart.`, 'Name the file in snake_case.')
  return {
    name,
    path,
    sql: lines.slice(end).join('\n').trim().replace(/;$/, ''),
    description: description.join(' '),
    grain: value('grain', /^[a-z_]+(, [a-z_]+)*$/, 'local_date, creator_id').split(', '),
    partition: value('partition', /^local_date$/, 'local_date') as 'local_date',
    isPublished: value('publish', /^(yes|no)$/, 'no') === 'yes',
  }
}
