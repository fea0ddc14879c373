// Run as a process of its own by operations/temporal-binary.ts: let the SDK fetch its dev server into a folder.
// It starts the server once, which proves that the binary runs here.
import { TestWorkflowEnvironment } from '@temporalio/testing'
import { DefaultLogger, Runtime } from '@temporalio/worker'

const [downloadDir] = process.argv.slice(2)
if (downloadDir === undefined) throw new Error('usage: temporal-download FOLDER')
Runtime.install({ logger: new DefaultLogger('ERROR') })
try {
  const server = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir, ttl: '3650 days' } },
  })
  await server.teardown()
} catch (error) {
  const text = error instanceof Error ? error.message : String(error)
  process.stderr.write(`${text.slice(0, 500)}\n`)
  process.exit(1)
}
