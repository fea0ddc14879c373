import { nearest } from '../models/nearest.ts'
import type { ContractYaml } from './grammar.ts'
import { keyOf, type Path } from './problem.ts'
import type { Reading } from './reading.ts'
import { choicesOf, mostTracks, origins, tracksOf } from './tracks.ts'
import { canonicalJson } from './version.ts'

type QuestionYaml = NonNullable<ContractYaml['open']>[number]

/** What is wrong with the open questions as such. */
export function openProblems(reading: Reading): void {
  const { yaml, tell } = reading
  const open = yaml.open ?? []
  const said = new Map<string, string>()
  for (const [i, { id, candidates }] of open.entries()) {
    if (open.findIndex((other) => other.id === id) < i) tell(['open', i, 'id'], `is ${id} again`)
    const names = Object.keys(candidates)
    if (names.length < 2) {
      const count = names.length === 0 ? 'no answer' : 'one answer'
      tell(['open', i, 'candidates'], `has ${count}, and a question is open where there are two or more`, null, 'key')
    }
    for (const { key, path } of keysOf(open[i] as QuestionYaml, i)) {
      const other = said.get(key) ?? id
      if (other !== id) tell(path, `is what the question ${other} is about too; make them one question`, null, 'key')
    }
    for (const { key } of keysOf(open[i] as QuestionYaml, i)) if (!said.has(key)) said.set(key, id)
  }
  const tracks = open.reduce((count, { candidates }) => count * Object.keys(candidates).length, 1)
  if (tracks > mostTracks)
    tell(
      ['open'],
      `makes ${tracks} readings of each record, and ${mostTracks} are the most: answer a question first`,
      null,
      'key',
    )
  if (reading.sound(['open'])) sameAnswers(reading)
}

/** Candidates that say the same are no question. */
function sameAnswers(reading: Reading): void {
  const { source, tell } = reading
  const { records: _, entries: __, ...yaml } = reading.yaml
  const open = yaml.open ?? []
  for (const [i, question] of open.entries()) {
    const seen = new Map<string, string>()
    for (const [j, choices] of choicesOf([question]).entries()) {
      const [name = ''] = choices
      const track = tracksOf({ ...yaml, open: [question] }, source)[j]
      const said = canonicalJson([track?.yaml.fields, track?.yaml.sign, track?.yaml.direction])
      const other = seen.get(said)
      if (other === undefined) seen.set(said, name)
      else tell(['open', i, 'candidates', name], `says the same as ${JSON.stringify(other)}`, null, 'key')
    }
  }
}

/** What the candidates of a question say something of, each once: `gross.decimal`, `sign`. */
function keysOf({ candidates }: QuestionYaml, index: number): { key: string; path: Path }[] {
  const found = new Map<string, Path>()
  for (const [name, overlay] of Object.entries(candidates))
    for (const [field, rule] of Object.entries(overlay)) {
      const at = ['open', index, 'candidates', name, field]
      const put = (key: string, path: Path) => {
        if (!found.has(key)) found.set(key, path)
      }
      if (field === 'sign' || field === 'direction') put(field, at)
      else if (typeof rule === 'string') put(keyOf([field, origins[0]]), at)
      else for (const key of Object.keys(rule ?? {})) put(keyOf([field, groupOf(key)]), [...at, key])
    }
  return [...found].map(([key, path]) => ({ key, path }))
}

/** The keys that say where a value comes from are one: see `origins`. */
const groupOf = (key: string): string => ((origins as readonly string[]).includes(key) ? origins[0] : key)

/** Names that candidates give rules for and that are no field, whatever else is wrong with them. */
export function strayNames(reading: Reading, names: readonly string[]): void {
  const { open } = reading.source.value as { open?: unknown }
  if (!Array.isArray(open)) return
  for (const [i, question] of open.entries())
    for (const [candidate, overlay] of entriesOf(entriesOf(question).find(([key]) => key === 'candidates')?.[1]))
      for (const [name] of entriesOf(overlay))
        if (!names.includes(name) && name !== 'sign' && name !== 'direction')
          reading.tell(
            ['open', i, 'candidates', candidate, name],
            `is no field of ${reading.yaml.model}`,
            nearest(name, [...names, 'sign', 'direction']),
            'key',
          )
}

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []
