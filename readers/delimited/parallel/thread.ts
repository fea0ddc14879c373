// The thread that tokenizes ahead for the thread that started it: see ahead.ts.
import { parentPort } from 'node:worker_threads'
import { type Task, tokenizeAhead } from './ahead.ts'

if (parentPort === null) throw new Error('readers/delimited/parallel/thread runs in a worker thread')
parentPort.on('message', (task: Task) => tokenizeAhead(task))
