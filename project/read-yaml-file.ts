import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { formatProblem, type Problem } from '../contracts/problem.ts'
import { readYaml } from '../contracts/yaml-source.ts'
import { shapeProblems } from '../contracts/zod-problems.ts'
import { Fault } from '../models/fault.ts'

/** A text file, or what is wrong with it as such; `name` is what errors call it. Other I/O errors are thrown. */
export function readTextFile(path: string, name: string): { text: string } | { errors: Problem[] } {
  const wrong = (message: string) => ({
    errors: [{ file: name, line: 1, column: 1, key: '', message, suggestion: null }],
  })
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EACCES' || code === 'EPERM') return wrong('may not be read by this user')
    if (code === 'EISDIR') return wrong('is a folder')
    throw error
  }
  return isUtf8(bytes) ? { text: bytes.toString('utf8') } : wrong('is not UTF-8 text')
}

/**
 * A YAML file checked by a schema, with the schema's defaults.
 *
 * @param noun what the file is, such as `a region profile`
 * @throws Fault with `code` and every problem (line, key, suggestion) in its message and `details.errors`
 */
export function readYamlFile<T extends z.ZodType>(
  path: string,
  name: string,
  schema: T,
  noun: string,
  code: string,
  also: (
    value: z.output<T>,
  ) => readonly { path: readonly string[]; message: string; suggestion: string | null }[] = () => [],
): z.output<T> {
  const fail = (errors: readonly Problem[]): never => {
    throw new Fault(code, formatProblem(errors), `Correct ${name}, then try again.`, { details: { errors } })
  }
  const file = readTextFile(path, name)
  if ('errors' in file) return fail(file.errors)
  const read = readYaml(file.text, name)
  if ('errors' in read) return fail(read.errors)
  const slips = shapeProblems(schema, read.source, noun)
  if (slips.length > 0) return fail(slips.map(({ problem }) => problem))
  const value = schema.parse(read.source.value)
  const more = also(value).map(({ path, message, suggestion }) => read.source.problem(path, message, suggestion))
  return more.length > 0 ? fail(more) : value
}
