import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { type Onboarded, onboard } from '../../operations/onboard.ts'
import { withRegion } from '../../operations/region-client.ts'
import { layout } from '../../project/layout.ts'
import { regionPack } from '../../project/region-pack.ts'
import { defaultLimits } from '../../stage/staged.ts'
import { temporary } from './temporary.ts'

/** A project for the tests of a file, with the regions that they name; removed when they are done. */
export class Project {
  readonly root: string

  constructor(name: string) {
    this.root = temporary(name)
    afterAll(() => rmSync(this.root, { recursive: true, force: true }))
  }

  /** Write a CSV. */
  file(name: string, lines: readonly string[]): string {
    const path = join(this.root, `${name}.csv`)
    writeFileSync(path, `${lines.join('\n')}\n`)
    return path
  }

  /** Onboard a CSV under its name, with the habits of the region taken; with the text of the contract. */
  async onboarded(
    region: string,
    name: string,
    lines: readonly string[],
    answers: Readonly<Record<string, string>> = {},
  ): Promise<Onboarded & { readonly text: string }> {
    const folder = join(this.root, 'regions', region)
    if (!existsSync(folder)) {
      mkdirSync(join(folder, 'sources'), { recursive: true })
      writeFileSync(join(folder, 'region.yaml'), regionPack(region))
    }
    const done = await onboard(
      layout(this.root),
      { files: [this.file(name, lines)], region, name, answers, takesUsual: true },
      { limits: defaultLimits, maxRejects: 100 },
    )
    return { ...done, text: readFileSync(join(this.root, done.contract ?? ''), 'utf8') }
  }

  /** What core holds of a source, selected as `sql` says, after the contract of the first file has taken in all of them. */
  async loaded(region: string, name: string, files: readonly (readonly string[])[], sql: string) {
    await this.onboarded(region, name, files[0] as readonly string[])
    const paths = files.map((lines, i) => this.file(`${name}_${i}`, lines))
    return withRegion(layout(this.root), region, async (client) => {
      for (const path of paths) await client.ingest({ path, source: name })
      const [row] = await client.query(`select ${sql} from core.transaction where source = '${name}'`)
      return row
    })
  }
}
