import { createHash } from 'node:crypto'
import type { Contract } from './contract.ts'

/** What names a contract's verdicts: the SHA-256 of its canonical JSON, in hex. Key order and YAML style are no part of it. */
export const contractVersion = (contract: Contract): string =>
  createHash('sha256').update(canonicalJson(contract)).digest('hex')

/** JSON with sorted keys and no white space; what is undefined is left out. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value)
    .filter(([, of]) => of !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, of]) => `${JSON.stringify(key)}:${canonicalJson(of)}`).join(',')}}`
}
