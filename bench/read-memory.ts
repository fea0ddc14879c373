// One file read to its end by two threads with nothing told of it: `node dist/bench/read-memory.js FILE TEMP_DIR`. Prints
// rows, seconds and the process's peak memory.
import { newBatch } from '../readers/batch.ts'
import { startTokenizer } from '../readers/delimited/parallel/tokenizer.ts'
import { openReader } from '../readers/open.ts'
import { unknownFormat } from '../readers/settle.ts'
import { defaultLimits } from '../stage/staged.ts'
import { peakRssMb } from './outcome.ts'

const [path, tempDir] = process.argv.slice(2) as [string, string]
startTokenizer()
const began = performance.now()
const reader = await openReader(path, unknownFormat, null, defaultLimits, tempDir)
const batch = newBatch(reader.columns.length)
let rows = 0
while (reader.next(batch) > 0) rows += batch.rows
reader.close()
console.log(JSON.stringify({ rows, seconds: (performance.now() - began) / 1000, rssMb: peakRssMb() }))
