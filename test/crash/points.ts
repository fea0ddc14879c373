import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../project/package-root.ts'

const folders = 'activities api central cli contracts models operations project readers stage warehouse workflows'

/** Lines of the product's source, by file. */
function* sources(): Generator<{ path: string; lines: readonly string[] }> {
  for (const folder of folders.split(' ')) {
    const names = readdirSync(packageRoot).includes(folder)
      ? readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
      : []
    for (const name of names.sort())
      if (/\.tsx?$/.test(name)) {
        const path = join(folder, name)
        yield { path, lines: readFileSync(join(packageRoot, path), 'utf8').split('\n') }
      }
  }
}

/** The kill points that the source names. */
export function killPoints(): string[] {
  const names = new Set<string>()
  for (const { path, lines } of sources()) {
    const text = lines.join('\n')
    const named = [...text.matchAll(/\bkillPoint\('([^']+)'\)/g)].map(([, name]) => name ?? '')
    const called = [...text.matchAll(/(?<!function )\bkillPoint\(/g)].length
    if (called !== named.length) throw new Error(`${path} calls killPoint with something else than a literal name`)
    for (const name of named) names.add(name)
  }
  return [...names].sort()
}

/** What needs no kill point, with why. */
const exempt: Readonly<Record<string, string>> = {
  'central/publish.ts fetch(': 'the one sending: its caller has the points',
  'operations/query-central.ts fetch(': 'asks, and changes nothing',
}

const kinds: readonly { readonly what: RegExp; readonly before: RegExp; readonly after: RegExp }[] = [
  {
    what: /\brename(Sync)?\(/,
    before: /^\s*killPoint\('.+\.before-rename'\)$/,
    after: /^\s*killPoint\('.+\.after-rename'\)$/,
  },
  { what: /\bfetch\(/, before: /^\s*killPoint\('.+\.before-send'\)$/, after: /^\s*killPoint\('.+\.after-send'\)$/ },
  { what: /\brun\(['"`]commit\b/i, before: /\.before\(\)/, after: /\.after\(\)/ },
]

/** Commits, renames and sendings that have no kill point directly before and after them. */
export function unguarded(): string[] {
  const found: string[] = []
  for (const { path, lines } of sources())
    for (const [i, line] of lines.entries())
      for (const { what, before, after } of kinds) {
        const hit = what.exec(line)?.[0]
        if (hit === undefined || /^\s*(\*|\/\/|import)/.test(line)) continue
        if (`${path} ${hit}` in exempt) continue
        if (!before.test(lines[i - 1] ?? '') || !after.test(lines[i + 1] ?? ''))
          found.push(`${path}:${i + 1} ${line.trim()}`)
      }
  return found
}
