// Run as a process of its own by operations/temporal-server.ts: run the Temporal server and end it with its owner.
// The owner holds the IPC channel; when it is gone, even by SIGKILL, the channel closes.
import { spawn } from 'node:child_process'

const [binary, ...args] = process.argv.slice(2)
if (binary === undefined) throw new Error('usage: temporal-guard BINARY ARGUMENT…')
const server = spawn(binary, args, { stdio: ['ignore', 'inherit', 'inherit'] })

const stop = () => {
  server.kill('SIGTERM')
  setTimeout(() => server.kill('SIGKILL'), 10_000).unref()
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
process.on('disconnect', stop)
server.on('spawn', () => process.send?.({ pid: server.pid }))
server.on('error', (error) => {
  process.stderr.write(`${binary}: ${error.message}\n`)
  process.exit(1)
})
server.on('exit', (code) => process.exit(code ?? 1))
