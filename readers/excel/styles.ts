import { general, kindOfCode, kindOfId, type NumberFormat } from './number-format.ts'
import type { Package } from './package.ts'

/** The number format of each cell style (`s` of a cell); a style that is not there is `general`. */
export async function readStyles(parts: Package, part: string): Promise<NumberFormat[]> {
  const codes = new Map<number, string>()
  const ids: number[] = []
  let isOfCells = false
  await parts.read(part, {
    open(name, tag) {
      if (name === 'cellXfs') isOfCells = true
      else if (name === 'xf' && isOfCells) ids.push(Number(tag.attributes().get('numFmtId') ?? 0))
      else if (name === 'numFmt') {
        const found = tag.attributes()
        codes.set(Number(found.get('numFmtId')), found.get('formatCode') ?? '')
      }
    },
    close(name) {
      if (name === 'cellXfs') isOfCells = false
    },
    text() {},
  })
  const formats = new Map<number, NumberFormat>()
  return ids.map((id) => {
    const known = formats.get(id)
    if (known !== undefined) return known
    const code = codes.get(id)
    const format = code === undefined ? { kind: kindOfId(id), code: id } : { kind: kindOfCode(code), code }
    formats.set(id, id === 0 ? general : format)
    return format
  })
}
