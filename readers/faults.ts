import { Fault } from '../models/fault.ts'

/** The faults that several readers share. */

export const recordTooLong = (where: string, line: number, limit: number): Fault =>
  new Fault(
    'file.record-too-long',
    `${where}: the record that begins here is longer than ${limit} bytes.`,
    'Look whether the file is what the contract says (delimiter, quote, encoding). If such records are right, raise limits.record_bytes in entrepot.yaml.',
    { details: { line, limit } },
  )

export const tooManyColumns = (where: string, columns: number, limit: number): Fault =>
  new Fault(
    'file.too-many-columns',
    `${where}: the record has ${columns} columns, more than the limit of ${limit}.`,
    'Look whether the delimiter of the contract is right. If so many columns are right, raise limits.columns in entrepot.yaml.',
    { details: { columns, limit } },
  )

export const emptyOf = (file: string, what: string): Fault =>
  new Fault(
    'file.empty',
    `${file} ${what}.`,
    'Ask the sender for the file again; a day without records has a header alone.',
  )

export const damaged = (file: string, what: string, cause?: unknown): Fault =>
  new Fault(
    'file.damaged',
    `${file} is damaged: ${what}. Nothing of it is read.`,
    'Ask the sender for the file again; it was probably cut off on its way.',
    cause === undefined ? {} : { cause },
  )

export const otherFormat = (file: string, format: string, why: string): Fault =>
  new Fault(
    'file.other-format',
    `${file} is no ${format}: ${why}.`,
    "Correct `type` in the contract's format, or ask the sender for the export that the contract means.",
    { details: { format } },
  )
