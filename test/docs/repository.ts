import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../project/package-root.ts'

/** Folders whose TypeScript is the program. */
const programFolders = [
  ...['models', 'readers', 'contracts', 'stage', 'onboard', 'project', 'warehouse', 'central'],
  ...['operations', 'activities', 'workflows', 'cli', 'scripts', 'bench'],
]

export const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8')

/** The program's sources, by path from the root. */
export const sources: ReadonlyMap<string, string> = new Map(
  programFolders
    .flatMap((folder) => readdirSync(join(packageRoot, folder), { recursive: true }).map((name) => `${folder}/${name}`))
    .filter((path) => path.endsWith('.ts'))
    .map((path) => [path, read(path)]),
)

/** Files that the repository has or is about to have. */
export const repositoryFiles: readonly string[] = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard'],
  { cwd: packageRoot, encoding: 'utf8' },
)
  .trim()
  .split('\n')
  .filter((path) => existsSync(join(packageRoot, path)))

export const pages: readonly string[] = repositoryFiles.filter((path) => path.endsWith('.md'))

/** Every string of the program that the pattern's first group finds. */
export const found = (pattern: RegExp): Set<string> =>
  new Set([...sources.values()].flatMap((text) => [...text.matchAll(pattern)].map(([, first = '']) => first)))
