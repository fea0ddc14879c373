import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../project/package-root.ts'
import { pages, read, repositoryFiles } from './repository.ts'

/** A page's text without its code, in which brackets are no links. */
const prose = (path: string): string =>
  read(path)
    .replace(/^```[\s\S]*?^```$/gm, '')
    .replace(/`[^`\n]*`/g, 'code')

/** The anchor of a heading as forges make it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

const anchorsOf = (path: string): Set<string> =>
  new Set([...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)))

test('every link between pages leads somewhere', () => {
  const broken = pages.flatMap((page) =>
    [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^https?:/.test(target))
      .filter((target) => {
        const [path = '', anchor] = target.split('#')
        const to = path === '' ? page : normalize(join(dirname(page), path))
        if (!existsSync(join(packageRoot, to))) return true
        return anchor !== undefined && !anchorsOf(to).has(anchor)
      })
      .map((target) => `${page}: ${target}`),
  )
  expect(broken).toEqual([])
})

test('every page can be reached from the README', () => {
  const reached = new Set(['README.md'])
  for (const page of reached)
    for (const [, target = ''] of prose(page).matchAll(/\]\(([^)\s#]+)/g)) {
      const to = normalize(join(dirname(page), target))
      if (pages.includes(to)) reached.add(to)
      if (to.endsWith('/')) for (const inner of pages) if (inner.startsWith(to)) reached.add(inner)
    }
  expect(pages.filter((page) => !reached.has(page))).toEqual([])
})

test("the README's commands are in package.json", () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const named = pages.flatMap((page) => [...read(page).matchAll(/npm (?:run (?:-s )?([a-z:]+)|(test))/g)])
  const names = new Set(named.map(([, script, test]) => script ?? test ?? ''))
  expect(names).toContain('demo')
  expect(names).toContain('test')
  expect([...names].filter((name) => !(name in scripts))).toEqual([])
})

test("what CI runs is the README's test command", () => {
  expect(read('README.md')).toContain('npm ci && npm test\n')
  expect(read('.ci/run')).toContain('npm ci && npm test ')
})

test("the README's tree has every folder", () => {
  const tree = read('README.md').split('## The tree')[1] ?? ''
  const folders = new Set(repositoryFiles.flatMap((path) => (path.includes('/') ? [path.split('/')[0] ?? ''] : [])))
  folders.delete('.ci')
  expect(folders.size).toBeGreaterThan(15)
  expect([...folders].filter((folder) => !tree.includes(`\n${folder}/ `))).toEqual([])
})

test('every dependency has its line', () => {
  const page = read('docs/decisions/dependencies.md')
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>
  const names = Object.keys({ ...dependencies, ...devDependencies })
  expect(names.length).toBeGreaterThan(20)
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
  const named = [...page.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, cell = '']) =>
    cell.split(', ').map((n) => n.slice(1, -1)),
  )
  expect(named.filter((name) => !names.includes(name))).toEqual([])
})

/** Written in pieces, so that this file does not hold what it looks for. */
const forbidden: readonly (readonly [string, RegExp])[] = [
  [
    'the host of a package registry',
    new RegExp(['registry\\.npm', 'js|registry\\.yarn', 'pkg|pypi\\.', 'org|python', 'hosted'].join('')),
  ],
  ["a machine's path", new RegExp(['(?<![\\w.~-])/(?:wo', 'rk|ro', 'ot|ho', 'me/[a-z]|Us', 'ers)/\\w'].join(''))],
  [
    'an e-mail outside of example.com',
    /[\w.+-]+@(?!(?:[\w-]+\.)*example\.(?:com|org|net)\b)[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b/i,
  ],
]

test.each(forbidden)('no file holds %s', (_what, pattern) => {
  const holding = repositoryFiles.flatMap((path) => {
    const match = pattern.exec(readFileSync(join(packageRoot, path), 'latin1'))
    return match === null ? [] : [`${path}: ${match[0]}`]
  })
  expect(holding).toEqual([])
})
