import { Fault } from '../../models/fault.ts'
import type { Limits } from '../../stage/staged.ts'

/** What unpacks to no more than this is no bomb, however well it was packed. */
const smallBytes = 64 * 1024 * 1024

/**
 * Check how much came of a packed file so far.
 *
 * @param taken bytes of it that are behind: what comes of them is held against them, so that a bomb is seen at its start
 * @param size all its bytes, for the message
 * @throws Fault "file.too-large", "file.zip-bomb"
 */
export function checkUnpacked(file: string, unpacked: number, taken: number, size: number, limits: Limits): void {
  if (unpacked > limits.decompressedBytes) {
    throw new Fault(
      'file.too-large',
      `${file} unpacks to more than ${limits.decompressedBytes} bytes.`,
      'Ask the sender for smaller files. If the file is right, raise limits.decompressed_bytes in entrepot.yaml.',
      { details: { limit: limits.decompressedBytes } },
    )
  }
  if (unpacked > smallBytes && unpacked > taken * limits.decompressionRatio)
    throw bomb(file, `unpacks to more than ${limits.decompressionRatio} times its ${size} bytes`, {
      limit: limits.decompressionRatio,
      bytes: size,
    })
}

export const bomb = (file: string, what: string, details: Record<string, number> = {}): Fault =>
  new Fault(
    'file.zip-bomb',
    `${file} ${what}.`,
    'Ask the sender what this file is. If it is right, raise limits.decompression_ratio in entrepot.yaml.',
    { details },
  )
