import { Fault } from '../../models/fault.ts'

export const tooManySheets = (file: string, sheets: number, limit: number): Fault =>
  new Fault(
    'file.too-many-sheets',
    `${file} has ${sheets} sheets, more than the limit of ${limit}.`,
    'Ask the sender what this file is. If so many are right, raise limits.sheets in entrepot.yaml.',
    { details: { sheets, limit } },
  )

export const workbookTooLarge = (what: string, bytes: number, limit: number): Fault =>
  new Fault(
    'file.workbook-too-large',
    `${what} is ${bytes} bytes, more than the limit of ${limit} for a workbook.`,
    'Ask the sender for smaller workbooks, or for CSV. If this one is right, raise limits.workbook_bytes in entrepot.yaml.',
    { details: { bytes, limit } },
  )

export const tooManyStrings = (file: string, limit: number): Fault =>
  new Fault(
    'file.too-many-strings',
    `${file} has more than ${limit} bytes of different texts (its shared strings), which are read in memory.`,
    'Ask the sender for smaller workbooks, or for CSV. If this one is right, raise limits.shared_strings_bytes in entrepot.yaml.',
    { details: { limit } },
  )

/** @param what the kind of file it is: `an OpenDocument spreadsheet` */
export const noWorkbook = (file: string, what: string): Fault =>
  new Fault(
    'file.not-a-workbook',
    `${file} is ${what}; workbooks are read as XLSX, XLSM or XLS.`,
    'Ask the sender for XLSX or CSV, or save it so with a spreadsheet program.',
  )

export const encrypted = (file: string): Fault =>
  new Fault(
    'file.encrypted',
    `${file} is protected by a password: nobody without it can read its cells.`,
    'Ask the sender for the file without a password.',
  )
