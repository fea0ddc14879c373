import { readSync } from 'node:fs'

/** Put up to `length` bytes of a file into `target`; fewer only at its end. One read may give less than is there. */
export function readFully(fd: number, target: Uint8Array, offset: number, length: number, position: number): number {
  let total = 0
  while (total < length) {
    const read = readSync(fd, target, offset + total, length - total, position + total)
    if (read === 0) break
    total += read
  }
  return total
}
