import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import type { Format } from '../contracts/contract.ts'

const sampleBytes = 256 * 1024

/** Delimited text as RFC 4180 has it, with a header. */
export const plainCsv: Format = {
  type: 'csv',
  found: [],
  delimiter: ',',
  quote: '"',
  escape: '"',
  encoding: 'utf-8',
  skipRows: null,
  header: true,
  footer: null,
  path: null,
  comment: null,
  sheet: null,
  values: 'stored',
  widths: null,
}

/**
 * How a file would be read where nobody says: JSON and NDJSON by their first character, delimited text by the
 * delimiter that splits most of its first lines into equally many cells. Encoding: by a byte order mark; without one,
 * UTF-8 where the sample is that, else windows-1252.
 */
export async function guessFormat(path: string): Promise<Format> {
  const sample = await sampleOf(path)
  const encoding = encodingOf(sample)
  const text = new TextDecoder(encoding).decode(sample).replace(/^\ufeff/, '')
  const plain: Format = { ...plainCsv, encoding }
  const start = text.trimStart()
  if (start.startsWith('[')) return { ...plain, type: 'json', path: '[]' }
  if (start.startsWith('{'))
    return isNdjson(start) ? { ...plain, type: 'ndjson' } : { ...plain, type: 'json', path: listPath(start) }
  return { ...plain, delimiter: delimiterOf(text) }
}

/** The first bytes of the text: decompressed, where the file is gzip. */
async function sampleOf(path: string): Promise<Buffer> {
  const file = await open(path)
  const buffer = Buffer.alloc(sampleBytes)
  const { bytesRead } = await file.read(buffer, 0, sampleBytes, 0).finally(() => file.close())
  const isGzip = buffer[0] === 0x1f && buffer[1] === 0x8b
  if (!isGzip) return buffer.subarray(0, bytesRead)
  const pieces: Buffer[] = []
  let length = 0
  const stream = createReadStream(path).pipe(createGunzip())
  try {
    for await (const piece of stream) {
      pieces.push(piece as Buffer)
      length += (piece as Buffer).length
      if (length >= sampleBytes) break
    }
  } catch {
    return Buffer.concat(pieces) // the reader says what is wrong with it
  }
  return Buffer.concat(pieces).subarray(0, sampleBytes)
}

function encodingOf(sample: Buffer): Format['encoding'] {
  if (sample[0] === 0xff && sample[1] === 0xfe) return 'utf-16le'
  if (sample[0] === 0xfe && sample[1] === 0xff) return 'utf-16be'
  // The sample may end inside a character: up to three bytes are its beginning.
  for (let cut = 0; cut < 4; cut++) if (isUtf8(sample.subarray(0, Math.max(0, sample.length - cut)))) return 'utf-8'
  return sample.includes(0) ? 'utf-8' : 'windows-1252'
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** A first line that is a whole object, and more lines below it. */
function isNdjson(text: string): boolean {
  const [first = '', ...rest] = text.split('\n')
  try {
    const value: unknown = JSON.parse(first)
    return (
      typeof value === 'object' &&
      (rest.length === 0 || rest.every((line) => line.trim() === '' || line.startsWith('{')))
    )
  } catch {
    return false
  }
}

/** The first key whose value is a list of objects: `data[]`. */
function listPath(text: string): string {
  const key = /"([^"\\]+)"\s*:\s*\[\s*[{\]]/.exec(text)?.[1]
  return key === undefined ? '[]' : `${key}[]`
}

const delimiters = [',', ';', '\t', '|']

function delimiterOf(text: string): string {
  const lines = text
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '')
    .slice(0, 200)
  const scores = delimiters.map((delimiter) => {
    const counts = new Map<number, number>()
    for (const line of lines) {
      const cells = line.replace(/"(?:[^"]|"")*"/g, '').split(delimiter).length
      counts.set(cells, (counts.get(cells) ?? 0) + 1)
    }
    counts.delete(1)
    return { delimiter, score: Math.max(0, ...[...counts].map(([cells, lines]) => lines * 1000 + cells)) }
  })
  return scores.reduce((best, next) => (next.score > best.score ? next : best)).delimiter
}
