/**
 * Everything a warehouse does, in an order that a region's life has; safe to run again from the start after a crash.
 * Plain JavaScript, because both the tests and a process of their own (which has only dist/) run it.
 *
 * @param tools { warehouse, archiveFile } and @param input plain JSON made by `scenarioInput`
 */
export async function scenario(
  { warehouse, archiveFile },
  { layout, extraPath, landing, first, second, seen, contract },
) {
  const { durable } = await archiveFile(layout, 'ng', extraPath, landing)
  await durable
  await warehouse.load(first.file, contract, first.staged)
  await warehouse.load({ ...first.file, name: 'paystack/copy.csv' }, contract, first.staged)
  await warehouse.recordFinding({ source: 'momo', code: 'contract.invalid', message: 'line 3', example: null })
  await warehouse.resolveFinding('momo', 'contract.invalid')
  await warehouse.rememberLanding([seen])
  await warehouse.refreshMarts()
  for (const { publishSeq } of await warehouse.pendingPublications()) await warehouse.acknowledge(publishSeq, 'receipt')
  await warehouse.renewAnalystFile()
  await warehouse.backup()
  await warehouse.load(second.file, contract, second.staged)
  await warehouse.refreshMarts()
  await warehouse.renewAnalystFile()
}
