import { Document, isScalar, visit } from 'yaml'
import type { Draft, Question } from './draft.ts'

/** What a contract begins with. */
export interface Heading {
  readonly source: string
  readonly model: string
  readonly match: string | readonly string[]
  /** Files that it was made from, for the reader. */
  readonly files: readonly string[]
  /** Where the schema lies from the contract's folder. */
  readonly schema: string
}

/** A draft as the text of a contract: each inferred line with its evidence behind it. */
export function contractText(heading: Heading, draft: Draft, open: readonly Question[]): string {
  const lines: string[] = [
    `# yaml-language-server: $schema=${heading.schema}`,
    `# Made by entrepot onboard from ${heading.files.join(', ')}. Behind each line stands why.`,
    ...draft.notes.map((note) => `# ${oneLine(note)}`),
    `source: ${heading.source}`,
    `model: ${heading.model}`,
    `match: ${flow(heading.match)}`,
  ]
  for (const [key, { value, evidence }] of draft.top) lines.push(`${key}: ${flow(value)}${comment(evidence)}`)
  lines.push('fields:')
  for (const [field, { rule, evidence }] of draft.fields) lines.push(`  ${field}: ${flow(rule)}${comment(evidence)}`)
  if (open.length > 0) {
    lines.push('# Not proven by the file: records that hang on an answer are held until it is given.')
    lines.push('open:')
    for (const { id, question, of, candidates, evidence } of open) {
      lines.push(
        `  - id: ${id}`,
        `    question: ${flow(question)}${comment(evidence)}`,
        ...(of === 'file' ? ['    of: file'] : []),
        '    candidates:',
      )
      for (const { name, fields, meaning } of candidates)
        lines.push(`      ${flow(name)}: ${flow(fields)}${comment(meaning)}`)
    }
  }
  return `${lines.join('\n')}\n`
}

/** A value on one line; texts that could be read as something else in quotes. */
function flow(value: unknown): string {
  const document = new Document(value, { version: '1.2', aliasDuplicateObjects: false })
  visit(document, {
    Collection: (_, node) => {
      node.flow = true
    },
    Scalar: (key, node) => {
      if (typeof node.value !== 'string') return
      if (key !== 'key' || !/^[a-z_]+$/.test(node.value)) node.type = plain.test(node.value) ? 'PLAIN' : 'QUOTE_DOUBLE'
    },
  })
  if (isScalar(document.contents) && typeof value === 'string')
    document.contents.type = plain.test(value) ? 'PLAIN' : 'QUOTE_DOUBLE'
  return document.toString({ lineWidth: 0, flowCollectionPadding: true }).trim()
}

const plain = /^[A-Za-z][A-Za-z0-9_]*(?: [A-Za-z0-9_]+)*$/

const comment = (text: string): string => (text === '' ? '' : `  # ${oneLine(text)}`)

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 300)
