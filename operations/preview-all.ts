import { statSync } from 'node:fs'
import type { Contract } from '../contracts/contract.ts'
import type { StageProgress } from '../stage/staged.ts'
import { type Preview, type PreviewOptions, preview } from './preview.ts'

/**
 * Several files of one source, each judged alone, as one preview; progress counts on from file to file.
 *
 * @throws Fault as `preview`
 */
export async function previewAll(
  files: readonly string[],
  contract: Contract,
  { limits, maxRejects, signal }: Omit<PreviewOptions, 'onProgress'>,
  onProgress: (progress: StageProgress) => void,
): Promise<Preview> {
  let sum: Preview | undefined
  let bytesBefore = 0
  for (const path of files) {
    const [rows, before] = [sum?.read ?? 0, bytesBefore]
    const next = await preview(path, contract, {
      ...{ limits, maxRejects },
      ...(signal === undefined ? {} : { signal }),
      onProgress: (progress) => onProgress({ rows: rows + progress.rows, bytes: before + progress.bytes }),
    })
    bytesBefore += statSync(path).size
    sum = sum === undefined ? next : added(sum, next, maxRejects)
  }
  return sum as Preview
}

/** Two files' previews together. */
function added(a: Preview, b: Preview, maxRejects: number): Preview {
  const totals = { ...a.totals }
  for (const [currency, more] of Object.entries(b.totals)) {
    const so = totals[currency]
    totals[currency] =
      so === undefined
        ? more
        : {
            rows: so.rows + more.rows,
            gross: decimalSum(so.gross, more.gross) as string,
            fee: decimalSum(so.fee, more.fee),
            tax: decimalSum(so.tax, more.tax),
            net: decimalSum(so.net, more.net),
          }
  }
  return {
    read: a.read + b.read,
    loaded: a.loaded + b.loaded,
    duplicate: a.duplicate + b.duplicate,
    rejected: a.rejected + b.rejected,
    ignored: a.ignored + b.ignored,
    held: a.held + b.held,
    heldBy: [...new Set([...a.heldBy, ...b.heldBy])],
    warnings: [...new Set([...a.warnings, ...b.warnings])],
    totals,
    rejects: [...a.rejects, ...b.rejects].slice(0, maxRejects),
  }
}

/** Decimals as text, added exactly, with as many decimals as the longer one; null is nothing. */
function decimalSum(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b
  const places = Math.max(...[a, b].map((text) => text.split('.')[1]?.length ?? 0))
  const units = (text: string) => BigInt(text.replace('.', '') + '0'.repeat(places - (text.split('.')[1]?.length ?? 0)))
  const sum = units(a) + units(b)
  const digits = (sum < 0n ? -sum : sum).toString().padStart(places + 1, '0')
  return `${sum < 0n ? '-' : ''}${digits.slice(0, digits.length - places)}${places === 0 ? '' : `.${digits.slice(-places)}`}`
}
