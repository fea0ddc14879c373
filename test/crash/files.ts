import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Expected, generateFile } from '../../scripts/generate.ts'

/** What lands in one round, and what core must hold of all rounds so far. */
export interface Round {
  readonly nr: number
  readonly files: readonly { readonly name: string; readonly path: string }[]
  /** Taken away from the landing zone. */
  readonly removed: readonly string[]
  /** Files new to the region: `name` as landed, and what reading it must come to. */
  readonly fresh: readonly { readonly name: string; readonly expected: Expected }[]
  /** Records that core holds in the end, each file in its last form. */
  readonly core: readonly Expected[]
  /** Records read that are known: the copy. */
  readonly duplicates: number
}

/**
 * Files of rounds, seeded. Each round brings a dirty file, the dirty file of the round before under its old name with
 * every record corrected, a dirty file of another source, a copy of that source's last file under a new name, and a
 * file that no contract takes, in place of the last one.
 */
export class Rounds {
  readonly #folder: string
  #nr = 0
  #corrected: Expected[] = []
  #shops: Expected[] = []

  constructor(folder: string) {
    this.#folder = folder
  }

  next(): Round {
    this.#nr += 1
    const nr = this.#nr
    const dirty = this.#make(`${nr}-first.csv`, nr, 30, 0.25)
    const shop = this.#make(`${nr}-shop.csv`, 400 + nr, 20, 0.2)
    const odd = join(this.#folder, `${nr}-odd.txt`)
    writeFileSync(odd, 'what is this\n')
    const files = [
      { name: `paystack_csv/${nr}.csv`, path: dirty.path },
      { name: `shop/${nr}.csv`, path: shop.path },
      { name: `odd-${nr % 2}/note.txt`, path: odd },
    ]
    const fresh = [
      { name: `paystack_csv/${nr}.csv`, expected: dirty.expected },
      { name: `shop/${nr}.csv`, expected: shop.expected },
    ]
    const lastShop = this.#shops.at(-1)
    if (nr > 1) {
      const corrected = this.#make(`${nr - 1}-second.csv`, nr - 1, 30, 0)
      this.#corrected.push(corrected.expected)
      files.push({ name: `paystack_csv/${nr - 1}.csv`, path: corrected.path })
      files.push({ name: `shop/copy-of-${nr - 1}.csv`, path: join(this.#folder, `${nr - 1}-shop.csv`) })
      fresh.push({ name: `paystack_csv/${nr - 1}.csv`, expected: corrected.expected })
    }
    this.#shops.push(shop.expected)
    return {
      ...{ nr, files, fresh },
      removed: nr > 1 ? [`odd-${(nr - 1) % 2}/note.txt`] : [],
      core: [...this.#corrected, dirty.expected, ...this.#shops],
      duplicates: lastShop?.read ?? 0,
    }
  }

  #make(name: string, seed: number, rows: number, dirtyShare: number): { path: string; expected: Expected } {
    const path = join(this.#folder, name)
    return { path, expected: generateFile({ path, shape: 'paystack_csv', rows, seed, dirtyShare }) }
  }
}

/** Put a round's files into a region's landing zone. */
export function land(landing: string, { files, removed }: Pick<Round, 'files' | 'removed'>): void {
  for (const { name, path } of files) {
    const place = join(landing, name)
    mkdirSync(dirname(place), { recursive: true })
    copyFileSync(path, place)
  }
  for (const name of removed) rmSync(join(landing, name))
}
