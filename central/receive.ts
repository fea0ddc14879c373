import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Fault } from '../models/fault.ts'

/**
 * Stream a body to a file in `folder`, hand it to `use`, and remove it whatever happens.
 *
 * @throws Fault "publication.too-large" as soon as it is longer than `maxBytes`
 */
export async function received<T>(
  body: Readable,
  folder: string,
  maxBytes: number,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const path = join(folder, `${randomUUID()}.parquet`)
  try {
    await pipeline(body, atMost(maxBytes), createWriteStream(path, { flags: 'wx', mode: 0o600 }))
    return await use(path)
  } finally {
    await rm(path, { force: true })
  }
}

/** Remove what a former process had received and not applied; its senders send again. */
export async function emptyFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true })
}

function atMost(maxBytes: number): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (bytes > maxBytes) done(tooLarge(maxBytes))
      else done(null, chunk)
    },
  })
}

export const tooLarge = (maxBytes: number): Fault =>
  new Fault(
    'publication.too-large',
    `The publication has more than ${maxBytes} bytes, the most that this centre takes.`,
    'Start the centre with a higher limit, or publish fewer partitions at a time.',
  )
