import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { packageRoot } from '../project/package-root.ts'
import { bazaar } from './generate/bazaar.ts'
import { fileSink } from './generate/file-sink.ts'
import { momo } from './generate/momo.ts'
import { paystackCsv } from './generate/paystack-csv.ts'
import type { Shape } from './generate/shape.ts'
import { sslcommerz } from './generate/sslcommerz.ts'
import { type Expected, type GenerateOptions, writeRows } from './generate/write-rows.ts'

export type { Expected, GenerateOptions } from './generate/write-rows.ts'

/** The layouts that files can be made in, by name; each has a committed contract. */
export const shapes: Readonly<Record<string, Shape>> = { paystack_csv: paystackCsv, momo, bazaar, sslcommerz }

/** Where the shape's contract is, and its YAML. */
export function contractOf(shape: Shape): { path: string; text: string } {
  const path = join(packageRoot, 'regions', shape.region, 'sources', `${shape.source}.yaml`)
  return { path, text: readFileSync(path, 'utf8') }
}

/**
 * Write a file of `rows` records and say what must become of them. The same options give the same bytes.
 *
 * Runs in constant memory and blocks until the file is in place.
 */
export function generateFile(options: GenerateOptions): Expected {
  const shape = shapes[options.shape]
  if (shape === undefined) throw new RangeError(`no shape ${options.shape}: one of ${Object.keys(shapes).join(', ')}`)
  mkdirSync(dirname(resolve(options.path)), { recursive: true })
  const sink = fileSink(options.path)
  try {
    const expected = writeRows(shape, options, sink)
    sink.finish()
    return expected
  } catch (error) {
    sink.abandon()
    throw error
  }
}

function main(): void {
  const { values } = parseArgs({
    options: {
      shape: { type: 'string', default: 'paystack_csv' },
      rows: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      columns: { type: 'string' },
      dirty: { type: 'string', default: '0.01' },
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help || values.out === undefined) {
    const list = Object.values(shapes).map(({ name, region, description }) => `  ${name} (${region}): ${description}`)
    process.stdout.write(`${usage}${list.join('\n')}\n`)
    process.exitCode = values.help ? 0 : 2
    return
  }
  const expected = generateFile({
    path: values.out,
    shape: values.shape,
    rows: wholeNumber('--rows', values.rows),
    seed: wholeNumber('--seed', values.seed),
    dirtyShare: Number(values.dirty),
    ...(values.columns === undefined ? {} : { columns: wholeNumber('--columns', values.columns) }),
  })
  process.stdout.write(`${JSON.stringify(expected, null, 1)}\n`)
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new RangeError(`${name} ${JSON.stringify(text)} is not a whole number`)
  return Number(text)
}

const usage = `Write a file of invented records and print what must become of them.

  node dist/scripts/generate.js --shape paystack_csv --rows 1000000 --seed 1 --out FILE
    [--columns 200] [--dirty 0.01]     FILE may end in .gz

shapes:
`

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) main()
