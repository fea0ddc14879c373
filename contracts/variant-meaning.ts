import type { Field } from '../models/field.ts'
import { type ModelName, models } from '../models/index.ts'
import { nearest } from '../models/nearest.ts'
import { sourceSql } from './level-meaning.ts'
import type { Reading } from './reading.ts'
import { tracksOf, variantsKey } from './tracks.ts'
import { canonicalJson } from './version.ts'

/** What is wrong with kinds of records and entries as such; what they make of the fields is looked at by itself. */
export function variants(reading: Reading): void {
  const { yaml, tell, sound } = reading
  const key = variantsKey(yaml)
  const list = yaml[key]
  if (!Array.isArray(list) || !sound([key])) return
  if (yaml.records !== undefined && yaml.entries !== undefined) {
    tell(
      ['entries'],
      'and records both say what a record becomes; keep entries, of which each may have a when',
      null,
      'key',
    )
    return
  }
  for (const [i, { name, when }] of list.entries()) {
    if (name !== undefined && list.findIndex((other) => other.name === name) < i)
      tell([key, i, 'name'], `is ${name} again`)
    if (when !== undefined) sourceSql(reading, [key, i, 'when'], when)
    const again = key === 'records' ? list.findIndex((other) => other.when === when) : i
    if (again < i) tell([key, i, 'when'], `is that of records[${again}], which takes every record that this could take`)
  }
  if (key === 'entries' && list.length < 2)
    tell(['entries'], 'has one entry, and every record is one without', null, 'key')
  if (key === 'entries' && yaml.mode === 'append' && sound(['mode']))
    tell(['mode'], 'is append, and a later file that says otherwise of one entry would leave half a record; use upsert')
  strayFields(reading, key)
  if (key === 'entries') sameIds(reading)
}

/** Names that they give rules for and that are no field, whatever else is wrong. */
function strayFields(reading: Reading, key: 'records' | 'entries'): void {
  const { yaml, tell } = reading
  if (yaml.model === undefined || !reading.sound(['model'])) return
  const names = models[yaml.model as ModelName].fields.map(({ name }) => name as string)
  for (const [i, { fields = {} }] of (yaml[key] ?? []).entries())
    for (const name of Object.keys(fields))
      if (!names.includes(name))
        tell([key, i, 'fields', name], `is no field of ${yaml.model}`, nearest(name, names), 'key')
}

/** Two entries of one record are two rows, which are told apart by the model's key. */
function sameIds(reading: Reading): void {
  const { yaml, source, tell, sound } = reading
  if (yaml.model === undefined || !sound(['model']) || !sound(['fields']) || !sound(['entries'])) return
  if (yaml.key !== undefined && !Array.isArray(yaml.key)) return
  const model = models[yaml.model as ModelName]
  const ids = (model.fields as readonly Field[]).filter(({ name }) => (model.key as readonly string[]).includes(name))
  const { open: _, ...plain } = yaml
  const made = tracksOf(plain, source).map((track) =>
    canonicalJson(ids.map(({ name }) => track.yaml.fields[name] ?? null)),
  )
  for (const [i, id] of made.entries()) {
    const again = made.indexOf(id)
    const names = ids.map(({ name }) => name).join(' and ')
    if (again < i)
      tell(
        ['entries', i],
        `makes the same ${names} as entries[${again}], and each entry is a row of its own: give it another, such as { sql: "\\"Id\\" || '-${yaml.entries?.[i]?.name}'" }`,
        null,
        'key',
      )
  }
}
