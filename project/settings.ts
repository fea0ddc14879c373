import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { z } from 'zod'
import { defaultLimits, type Limits } from '../stage/staged.ts'
import type { Layout } from './layout.ts'
import { readYamlFile } from './read-yaml-file.ts'

/** What `entrepot.yaml` says of a project, with every default filled in. */
export interface Settings {
  readonly name: string
  readonly central: { readonly url: string; readonly port: number }
  readonly temporal: {
    /** Host and port of a server that runs already; null: found or started (`TEMPORAL_ADDRESS` goes first). */
    readonly address: string | null
    readonly namespace: string
    /** Before the names of task queues, workflows and schedules: projects can share a server. */
    readonly taskQueuePrefix: string
  }
  readonly limits: Limits
}

const size = z.int('is not a whole number').min(1, 'is below 1')

/** The keys of `entrepot.yaml`. */
export const settingsYaml = z.strictObject({
  name: z.string().min(1, 'is empty').optional(),
  central: z
    .strictObject({
      url: z.url({ protocol: /^https?$/, error: 'is no http or https address' }).optional(),
      port: z.int('is not a whole number').min(1, 'is no port').max(65535, 'is no port').optional(),
    })
    .optional(),
  temporal: z
    .strictObject({
      address: z
        .string()
        .regex(/^[^\s/:]+:\d{1,5}$/, 'is no address such as localhost:7233')
        .optional(),
      namespace: z.string().min(1, 'is empty').optional(),
      task_queue_prefix: z
        .string()
        .regex(/^[A-Za-z0-9_-]{0,64}$/, 'has letters, digits, - and _ only')
        .optional(),
    })
    .optional(),
  limits: z
    .strictObject({
      record_bytes: size.optional(),
      columns: size.optional(),
      decompressed_bytes: size.optional(),
      decompression_ratio: size.optional(),
      archive_entries: size.optional(),
      depth: size.max(1000, 'is above 1,000').optional(),
      sheets: size.optional(),
      cells: size.optional(),
      workbook_bytes: size.optional(),
      shared_strings_bytes: size.optional(),
      xls_bytes: size.optional(),
    })
    .optional(),
})

export const defaultCentralPort = 7800

/**
 * The project's settings; a project without `entrepot.yaml` has the defaults.
 *
 * @throws Fault "settings.invalid" with every problem's line and key
 */
export function loadSettings(layout: Layout): Settings {
  const yaml = existsSync(layout.settings)
    ? (readYamlFile(
        layout.settings,
        basename(layout.settings),
        settingsYaml.nullable(),
        'the settings',
        'settings.invalid',
      ) ?? {})
    : {}
  const port = yaml.central?.port ?? defaultCentralPort
  const { limits = {} } = yaml
  return {
    name: yaml.name ?? basename(layout.root),
    central: { url: yaml.central?.url ?? `http://127.0.0.1:${port}`, port },
    temporal: {
      address: yaml.temporal?.address ?? null,
      namespace: yaml.temporal?.namespace ?? 'default',
      taskQueuePrefix: yaml.temporal?.task_queue_prefix ?? '',
    },
    limits: {
      recordBytes: limits.record_bytes ?? defaultLimits.recordBytes,
      columns: limits.columns ?? defaultLimits.columns,
      decompressedBytes: limits.decompressed_bytes ?? defaultLimits.decompressedBytes,
      decompressionRatio: limits.decompression_ratio ?? defaultLimits.decompressionRatio,
      archiveEntries: limits.archive_entries ?? defaultLimits.archiveEntries,
      depth: limits.depth ?? defaultLimits.depth,
      sheets: limits.sheets ?? defaultLimits.sheets,
      cells: limits.cells ?? defaultLimits.cells,
      workbookBytes: limits.workbook_bytes ?? defaultLimits.workbookBytes,
      sharedStringsBytes: limits.shared_strings_bytes ?? defaultLimits.sharedStringsBytes,
      xlsBytes: limits.xls_bytes ?? defaultLimits.xlsBytes,
    },
  }
}
