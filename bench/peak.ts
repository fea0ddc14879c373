// Imported before a program that is measured (`node --import`): leaves its peak memory, MiB, and the time it
// had a processor, s, in the file that ENTREPOT_BENCH_PEAK names. Its threads leave them too; the process itself is the last.
import { writeFileSync } from 'node:fs'
import { peakRssMb } from './outcome.ts'

process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  const used = { rssMb: peakRssMb(), cpuSeconds: (user + system) / 1_000_000 }
  writeFileSync(process.env.ENTREPOT_BENCH_PEAK as string, JSON.stringify(used))
})
