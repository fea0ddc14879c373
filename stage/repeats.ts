import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { compile } from '../contracts/compile.ts'
import type { Contract } from '../contracts/contract.ts'
import { keyFields } from '../contracts/key.ts'
import { literal, quote } from '../contracts/sql-text.ts'
import { hasEntries } from '../contracts/variants.ts'
import { models } from '../models/index.ts'
import { rawOf } from '../readers/source/raw.ts'
import { rowsOf } from './facts.ts'
import { type MayRepeat, recordsName, repeatsName } from './judge-file.ts'
import type { StageTask } from './staged.ts'

/**
 * Valid records whose key an earlier valid record has: the same content is a duplicate, other content a conflict. Where the
 * first record of a key is held, what is valid behind it waits too: only the answer tells which of them stands. Entries of one
 * record conflict, and wait, together.
 *
 * Found by 64-bit hashes first, so that a file of millions of keys costs little memory; then by the keys themselves.
 *
 * @param mayRepeat what is known of it, where nothing is open
 */
export async function findRepeats(
  connection: DuckDBConnection,
  task: StageTask,
  varying: readonly string[],
  folder: string,
  mayRepeat: MayRepeat,
): Promise<{ duplicates: number; conflicts: number; waiting: number }> {
  const { contract } = task
  const model = models[contract.model]
  const keys = keyFields(contract)
  const key = keys.map(quote).join(', ')
  const content = (model.fields as readonly { name: string }[]).map(({ name }) => quote(name)).join(', ')
  const records = `read_parquet(${literal(join(folder, recordsName))})`
  const waiting = contract.open === undefined ? 0 : await findWaiting(connection, contract, records, keys, varying)
  await connection.run('create temp table conflicting (_line bigint)')
  if (mayRepeat === 'none') {
    await connection.run(
      'create temp table repeat (_line bigint, _entry utinyint, _start bigint, _length integer, first_line bigint, verdict varchar)',
    )
    return { duplicates: 0, conflicts: 0, waiting: 0 }
  }
  const isOut = [...(waiting === 0 ? [] : ['waiting']), ...(hasEntries(contract) ? ['conflicting'] : [])]
  const decided = ['_reasons is null', ...isOut.map((table) => `_line not in (select _line from ${table})`)].join(
    ' and ',
  )
  const [candidates, having] =
    mayRepeat === 'any'
      ? [records, 'having count(*) > 1']
      : [`(from ${records} where _line in (select _line from read_parquet(${literal(mayRepeat.asIn)})))`, '']
  const count = async (from: string) =>
    Number((await rowsOf(connection, `select count(*)::varchar as n from ${from}`))[0]?.n)
  for (let known = -1; known < (await count('conflicting')); ) {
    known = await count('conflicting')
    await connection.run(
      `create or replace temp table repeated as select h from (select hash(${key}) as h from ${candidates} where ${decided}) group by h ${having}`,
    )
    await connection.run(`create or replace temp table repeat as
      select _line, _entry, _start, _length, first_line,
        case when row(${content}) is not distinct from earliest then 'duplicate' else 'conflict' end as verdict
      from (select *, row_number() over same as nth, first_value(row(${content})) over same as earliest,
          first_value(_line) over same as first_line
        from ${records} where ${decided} and hash(${key}) in (select h from repeated)
        window same as (partition by ${key} order by _line, _entry))
      where nth > 1`)
    // A record that conflicts stands for none of its keys: what is behind it is looked at again without it.
    if (hasEntries(contract))
      await connection.run(`insert into conflicting select distinct _line from repeat where verdict = 'conflict'
        and first_line not in (select _line from repeat where verdict = 'conflict')`)
  }
  await connection.run(`insert into repeat select _line, _entry, _start, _length, null, 'conflict' from ${records}
    where _reasons is null and _line in (select _line from conflicting)`)
  const [duplicates, conflicts] = [
    await count("repeat where verdict = 'duplicate'"),
    await count("repeat where verdict = 'conflict'"),
  ]
  if (duplicates + conflicts + waiting === 0) return { duplicates, conflicts, waiting }
  await rawOfConflicts(connection, task, folder)
  const all = `select repeat._line, repeat._entry, verdict, _raw from repeat left join conflict using (_line)
    ${waiting === 0 ? '' : `union all select _line, _entry, 'held', null from ${records} where _reasons is null and _line in (select _line from waiting)`}`
  await connection.run(`copy (${all}) to ${literal(join(folder, repeatsName))} (format parquet)`)
  return { duplicates, conflicts, waiting }
}

/**
 * Table `waiting`: lines of valid records whose key, by one of its answers, a held record has before any valid one; or a
 * record that waits, itself, where a record has several keys.
 *
 * @returns how many rows wait
 */
async function findWaiting(
  connection: DuckDBConnection,
  contract: Contract,
  records: string,
  keys: readonly string[],
  varying: readonly string[],
): Promise<number> {
  const key = keys.map(quote).join(', ')
  const isVaried = keys.some((name) => varying.includes(name))
  const ofReading = keys.map((name) =>
    varying.includes(name) ? `reading.${quote(name)} as ${quote(name)}` : quote(name),
  )
  const held = `select ${ofReading.join(', ')}, _line
    from (select *${isVaried ? ', unnest(_readings) as reading' : ''} from ${records} where _held is not null)
    ${isVaried ? 'where reading is not null' : ''}`
  const waits = `select ${key}, _line from ${records} where _reasons is null and _line in (select _line from waiting)`
  const rows = async () => {
    const [row] = await rowsOf(connection, `select count(*)::varchar as n from (${waits})`)
    return Number(row?.n)
  }
  await connection.run('create temp table waiting (_line bigint)')
  for (let known = -1; known < (await rows()); ) {
    known = await rows()
    await connection.run(`create or replace temp table held_key as
      select ${key}, min(_line) as first from (${held}${hasEntries(contract) ? ` union all ${waits}` : ''}) group by all`)
    await connection.run(`insert into waiting
      select distinct _line from (
        select _line, held_key.first as held_first, min(_line) over (partition by ${key}) as valid_first
        from ${records} join held_key using (${key})
        where _reasons is null and _line not in (select _line from waiting))
      where valid_first > held_first`)
    if (!hasEntries(contract)) break
  }
  return rows()
}

/** The raw text of conflicts: only after reading is it known that a record is one, so they are cut from the file. */
async function rawOfConflicts(connection: DuckDBConnection, task: StageTask, folder: string): Promise<void> {
  await connection.run('create temp table conflict (_line bigint, _raw varchar)')
  const found = await rowsOf(
    connection,
    "select distinct _line::varchar as line, _start::varchar as start, _length::varchar as length from repeat where verdict = 'conflict'",
  )
  if (found.length === 0) return
  const records = found.map(({ line, start, length }) => ({
    line: Number(line),
    start: Number(start),
    length: Number(length),
  }))
  const { path, contract, limits } = task
  const raw = await rawOf(path, contract.format, compile(contract).columns, limits, folder, records)
  const appender = await connection.createAppender('conflict')
  for (const { line } of records) {
    const text = raw.get(line)
    if (text === undefined) throw new Error(`line ${line} was read once and is not found again`)
    appender.appendBigInt(BigInt(line))
    appender.appendVarchar(text)
    appender.endRow()
  }
  appender.closeSync()
}
