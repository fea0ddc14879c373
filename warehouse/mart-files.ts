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
  const { marts, problems } = readMarts(projectRoot)
  if (problems[0] !== undefined) throw problems[0]
  return marts
}

/** The same, with those whose header is wrong told apart: one bad file keeps no other mart from its refresh. */
export function readMarts(projectRoot: string): { marts: readonly Mart[]; problems: readonly Fault[] } {
  const folders = new Set([join(packageRoot, 'sql', 'marts'), resolve(projectRoot, 'sql', 'marts')])
  const paths = new Map<string, string>()
  for (const folder of folders)
    for (const name of existsSync(folder) ? readdirSync(folder) : [])
      if (name.endsWith('.sql')) paths.set(name, join(folder, name))
  const marts: Mart[] = []
  const problems: Fault[] = []
  for (const [, path] of [...paths].sort(([a], [b]) => (a < b ? -1 : 1)))
    try {
      marts.push(parseMart(path, readFileSync(path, 'utf8')))
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      problems.push(error)
    }
  return { marts, problems }
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
