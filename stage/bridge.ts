import { type DuckDBConnection, DuckDBTableFunction } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'
import { newBatch, type TextBatch, type TextColumn, type TextReader } from '../readers/batch.ts'

/**
 * How long text gets into a vector.
 *
 * address: the text is assigned once a column, its address read back, and the views pointed at it; no JavaScript
 * string and no copy a value. element: every long value assigned on its own; slower, for a DuckDB whose vectors are
 * built otherwise. `bridgeMode` (self-test.ts) proves by a round trip which one holds.
 */
export type BridgeMode = 'address' | 'element'

/** A relation that DuckDB can read; feed it one reader a statement. */
export interface Bridge {
  /** The next statement that reads the relation pulls from this reader, and fails with the signal's reason once aborted. */
  feed(reader: TextReader, signal?: AbortSignal): void
  /** The statement has ended: nothing more is read. */
  end(): void
  /** What the reader threw inside the statement, which fails with a text of its own. */
  readonly failure: unknown
  /** Records handed to DuckDB of the reader fed last. */
  readonly rows: number
}

/** DuckDB has a function named arrow_scan already. */
export const relation = 'arrow_batches()'

/**
 * Register `arrow_batches()` on a connection: `c0`, `c1`, … VARCHAR in the order of the reader's wanted columns, then
 * `_line` BIGINT, `_start` BIGINT, `_length` INTEGER, `_fault` UTINYINT (index into `faultCodes`), `_raw` VARCHAR.
 *
 * Two threads pull where `preserve_insertion_order` is false; order is then lost and `_line` is the only position.
 */
export function registerBridge(connection: DuckDBConnection, columns: number, mode: BridgeMode): Bridge {
  const batch = newBatch(columns)
  // The next records are read while DuckDB works on those before; undefined where none are.
  let aheadRows: number | undefined
  const scratch = { bytes: new Uint8Array(1 << 16) }
  let reader: TextReader | undefined
  let aborted: AbortSignal | undefined
  const bridge = {
    failure: undefined as unknown,
    rows: 0,
    feed(next: TextReader, signal?: AbortSignal) {
      reader = next
      aborted = signal
      bridge.failure = undefined
      bridge.rows = 0
      aheadRows = undefined
    },
    end() {
      reader = undefined
    },
  }

  const tableFunction = new DuckDBTableFunction()
  const scan = tableFunction.table_function
  duckdb.table_function_set_name(scan, 'arrow_batches')
  duckdb.table_function_set_bind(scan, (info) => {
    const [varchar, bigint, integer, utinyint] = [17, 5, 4, 6].map((id) => duckdb.create_logical_type(id))
    if (!varchar || !bigint || !integer || !utinyint) throw new Error('duckdb gave no logical types')
    for (let c = 0; c < columns; c++) duckdb.bind_add_result_column(info, `c${c}`, varchar)
    duckdb.bind_add_result_column(info, '_line', bigint)
    duckdb.bind_add_result_column(info, '_start', bigint)
    duckdb.bind_add_result_column(info, '_length', integer)
    duckdb.bind_add_result_column(info, '_fault', utinyint)
    duckdb.bind_add_result_column(info, '_raw', varchar)
  })
  // Only what the statement reads is handed over.
  let projected: readonly number[] = []
  duckdb.table_function_supports_projection_pushdown(scan, true)
  duckdb.table_function_set_init(scan, (info) => {
    const count = duckdb.init_get_column_count(info)
    projected = Array.from({ length: count }, (_, i) => duckdb.init_get_column_index(info, i))
    duckdb.init_set_max_threads(info, 2)
  })
  const readAhead = () => {
    if (reader === undefined || aheadRows !== undefined || bridge.failure !== undefined) return
    try {
      aborted?.throwIfAborted()
      aheadRows = reader.next(batch)
    } catch (error) {
      bridge.failure = error // the next call tells DuckDB
    }
  }
  duckdb.table_function_set_function(scan, (info, chunk) => {
    readAhead()
    if (bridge.failure !== undefined) {
      const { failure } = bridge
      duckdb.function_set_error(info, failure instanceof Error ? failure.message : String(failure))
      return
    }
    if (!aheadRows) {
      duckdb.data_chunk_set_size(chunk, 0)
      return
    }
    try {
      fillChunk(chunk, batch, projected, mode, scratch)
      bridge.rows += aheadRows
      aheadRows = undefined
      setImmediate(readAhead)
    } catch (error) {
      bridge.failure = error
      duckdb.function_set_error(info, error instanceof Error ? error.message : String(error))
    }
  })
  connection.registerTableFunction(tableFunction)
  return bridge
}

type Chunk = ReturnType<typeof duckdb.create_data_chunk>
type Vector = ReturnType<typeof duckdb.data_chunk_get_vector>
interface Scratch {
  bytes: Uint8Array
}

/** @param projected numbers of the relation's columns, as the chunk has them */
function fillChunk(
  chunk: Chunk,
  batch: TextBatch,
  projected: readonly number[],
  mode: BridgeMode,
  scratch: Scratch,
): void {
  const { rows, columns } = batch
  const overflow = batch.overflow.subarray(0, batch.overflowLength)
  projected.forEach((number, i) => {
    const vector = duckdb.data_chunk_get_vector(chunk, i)
    const text = columns[number] ?? (number === columns.length + 4 ? batch.raw : undefined)
    if (text !== undefined) fillText(vector, text, rows, batch.text, overflow, mode, scratch)
    else if (number === columns.length) copyNumbers(vector, batch.line, rows * 8)
    else if (number === columns.length + 1) copyNumbers(vector, batch.start, rows * 8)
    else if (number === columns.length + 2) copyNumbers(vector, batch.length, rows * 4)
    else if (number === columns.length + 3) copyNumbers(vector, batch.fault, rows)
  })
  duckdb.data_chunk_set_size(chunk, rows)
}

function copyNumbers(vector: Vector, numbers: BigInt64Array | Int32Array | Uint8Array, bytes: number): void {
  duckdb.copy_data_to_vector(vector, 0, numbers.buffer as ArrayBuffer, numbers.byteOffset, bytes)
}

function fillText(
  vector: Vector,
  column: TextColumn,
  rows: number,
  text: Uint8Array,
  overflow: Uint8Array,
  mode: BridgeMode,
  scratch: Scratch,
): void {
  if (!column.hasLong) duckdb.copy_data_to_vector(vector, 0, column.bytes, 0, rows * 16)
  else if (mode === 'element') assignEach(vector, column, rows, text, overflow)
  else {
    pointAtText(vector, column, rows, text, overflow, scratch)
    duckdb.copy_data_to_vector(vector, 0, column.bytes, 0, rows * 16)
  }
  if (!column.hasNull) return
  duckdb.vector_ensure_validity_writable(vector)
  const { validity } = column
  duckdb.copy_data_to_vector_validity(vector, 0, validity.buffer as ArrayBuffer, validity.byteOffset, (rows + 7) >> 3)
}

/**
 * Turn (buffer, offset) into addresses. A column whose long values are a small part of the text has them gathered
 * first: assigning the whole text once a column is quadratic in the number of columns.
 */
function pointAtText(
  vector: Vector,
  { u32 }: TextColumn,
  rows: number,
  text: Uint8Array,
  overflow: Uint8Array,
  scratch: Scratch,
): void {
  let longBytes = 0
  for (let word = 0; word < rows << 2; word += 4) {
    const length = u32[word] as number
    if (length > 12) longBytes += length
  }
  // What was long may be short by the time that it is regular.
  if (longBytes === 0) return
  if (longBytes * 4 < text.length + overflow.length) {
    gather(u32, rows, text, overflow, scratch, longBytes)
    relocate(u32, rows, [addressOf(vector, scratch.bytes.subarray(0, longBytes)), 0n])
  } else relocate(u32, rows, [addressOf(vector, text), addressOf(vector, overflow)])
}

function gather(
  u32: Uint32Array,
  rows: number,
  text: Uint8Array,
  overflow: Uint8Array,
  scratch: Scratch,
  total: number,
) {
  if (scratch.bytes.length < total + 13) scratch.bytes = new Uint8Array(total * 2 + 13)
  const { bytes } = scratch
  let used = 0
  for (let word = 0; word < rows << 2; word += 4) {
    const length = u32[word] as number
    if (length <= 12) continue
    const from = u32[word + 2] === 0 ? text : overflow
    const offset = u32[word + 3] as number
    u32[word + 2] = 0
    u32[word + 3] = used
    if (length > 64) bytes.set(from.subarray(offset, offset + length), used)
    else for (let i = 0; i < length; i++) bytes[used + i] = from[offset + i] as number
    used += length
  }
}

function relocate(u32: Uint32Array, rows: number, bases: readonly [bigint, bigint]): void {
  const low = bases.map((base) => Number(base & 0xffffffffn))
  const high = bases.map((base) => Number(base >> 32n))
  for (let word = 0; word < rows << 2; word += 4) {
    if ((u32[word] as number) <= 12) continue
    const buffer = u32[word + 2] as number
    const sum = (low[buffer] as number) + (u32[word + 3] as number)
    u32[word + 2] = sum >>> 0
    u32[word + 3] = (high[buffer] as number) + (sum > 0xffffffff ? 1 : 0)
  }
}

/** Assign `text` to the vector, whose heap keeps it alive, and read back where it stands. */
function addressOf(vector: Vector, text: Uint8Array): bigint {
  if (text.length <= 12) return 0n // inline: no long value can be in it
  duckdb.vector_assign_string_element_len(vector, 0, text)
  const data = duckdb.vector_get_data(vector, 16)
  const address = new DataView(data.buffer, data.byteOffset, 16).getBigUint64(8, true)
  // Invalid text becomes NULL without a word, and leaves no address.
  if (address === 0n || new DataView(data.buffer, data.byteOffset, 4).getUint32(0, true) !== text.length)
    throw new Error('the text of a batch did not reach DuckDB: it is not valid UTF-8')
  return address
}

function assignEach(vector: Vector, column: TextColumn, rows: number, text: Uint8Array, overflow: Uint8Array): void {
  const { u8, u32 } = column
  for (let row = 0; row < rows; row++) {
    const word = row << 2
    const length = u32[word] as number
    const offset = u32[word + 3] as number
    const value =
      length <= 12
        ? u8.subarray((row << 4) + 4, (row << 4) + 4 + length)
        : (u32[word + 2] === 0 ? text : overflow).subarray(offset, offset + length)
    duckdb.vector_assign_string_element_len(vector, row, value)
  }
}
