import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of its own below the temporary one; who makes it removes it. */
export const temporary = (name: string): string => mkdtempSync(join(tmpdir(), `entrepot-${name}-`))
