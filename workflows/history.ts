import { workflowInfo } from '@temporalio/workflow'

/** Events and bytes after which a run goes on as a new one: well before Temporal's limits of 51,200 and 50 MB. */
const maxEvents = 2_000
const maxBytes = 4 * 1024 * 1024

/** Whether it is time to continue as new. */
export function isHistoryLong(): boolean {
  const { historyLength, historySize, continueAsNewSuggested } = workflowInfo()
  return continueAsNewSuggested || historyLength > maxEvents || historySize > maxBytes
}
