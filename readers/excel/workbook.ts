import { posix } from 'node:path'
import type { Limits } from '../../stage/staged.ts'
import { damaged } from '../faults.ts'
import { tooManySheets, workbookTooLarge } from './faults.ts'
import type { Package } from './package.ts'

/** What the workbook's own part says. */
export interface Workbook {
  /** Sheets of cells, in the order of their tabs. */
  readonly sheets: readonly { readonly name: string; readonly part: string; readonly isHidden: boolean }[]
  /** Days count from 1904, as on old Macs. */
  readonly is1904: boolean
  /** Names of parts; null: the workbook has none. */
  readonly strings: string | null
  readonly styles: string | null
}

/** Parts that are read into memory whole are at most this large. */
const smallPartBytes = 64 * 1024 * 1024

/**
 * Read which sheets a workbook has and where they are.
 *
 * @throws Fault "file.too-many-sheets", "file.workbook-too-large", and those of `Package.read`
 */
export async function readWorkbook(parts: Package, limits: Limits): Promise<Workbook> {
  const root = await readLinks(parts, '_rels/.rels', '')
  const main = [...root.values()].find(({ type }) => type === 'officeDocument')?.part ?? 'xl/workbook.xml'
  const folder = posix.dirname(main)
  const links = await readLinks(parts, posix.join(folder, '_rels', `${posix.basename(main)}.rels`), folder)
  const found: { name: string; id: string; isHidden: boolean }[] = []
  let is1904 = false
  checkSmall(parts, main)
  await parts.read(main, {
    open(name, tag) {
      if (name !== 'sheet' && name !== 'workbookPr') return
      const attributes = tag.attributes()
      if (name === 'workbookPr') is1904 = /^(1|true|on)$/.test(attributes.get('date1904') ?? '')
      else {
        const state = attributes.get('state') ?? 'visible'
        const sheet = { name: attributes.get('name') ?? '', id: attributes.get('r:id') ?? '' }
        found.push({ ...sheet, isHidden: state !== 'visible' })
      }
    },
    close() {},
    text() {},
  })
  if (found.length > limits.sheets) throw tooManySheets(parts.file, found.length, limits.sheets)
  const sheets = found.flatMap(({ name, id, isHidden }) => {
    const link = links.get(id)
    if (link === undefined) throw damaged(parts.file, `its sheet "${name}" is nowhere`)
    return link.type === 'worksheet' ? [{ name, part: link.part, isHidden }] : [] // charts, dialogs, macros
  })
  const partOf = (type: string) => [...links.values()].find((link) => link.type === type)?.part ?? null
  const styles = partOf('styles')
  if (styles !== null) checkSmall(parts, styles)
  return { sheets, is1904, strings: partOf('sharedStrings'), styles }
}

function checkSmall(parts: Package, part: string): void {
  const bytes = parts.bytes(part)
  if (bytes > smallPartBytes) throw workbookTooLarge(`${parts.file} part ${part}`, bytes, smallPartBytes)
}

interface Link {
  /** The last word of its type: the words before differ between the transitional and the strict standard. */
  readonly type: string
  readonly part: string
}

/** A part's links to other parts, by id; a part may have none. Links out of the file are left out. */
async function readLinks(parts: Package, part: string, folder: string): Promise<Map<string, Link>> {
  const links = new Map<string, Link>()
  if (!parts.has(part)) return links
  checkSmall(parts, part)
  await parts.read(part, {
    open(name, tag) {
      if (name !== 'Relationship') return
      const { Id = '', Type = '', Target = '', TargetMode } = Object.fromEntries(tag.attributes())
      if (TargetMode === 'External') return
      const target = Target.startsWith('/') ? Target.slice(1) : posix.join(folder, Target)
      links.set(Id, { type: Type.slice(Type.lastIndexOf('/') + 1), part: target })
    },
    close() {},
    text() {},
  })
  return links
}
