/**
 * From when on a file is told to differ from the former ones of its source (docs/change-a-contract.md). Chosen so that a quiet
 * day, a sale or a holiday is none, and a changed export is.
 */
export const driftThresholds = {
  /** A file is compared with so many files before it that the same contract has judged. */
  files: 20,
  /** Records that a file, and those before it together, must have to be compared; of an amount in each currency. */
  records: 20,
  /** By how much of all records the share of rejects has grown. */
  rejects: 0.1,
  /** By how much the share of records without a field has changed. */
  absent: 0.3,
  /** Share of records whose field can not be read, where before it was less than `rejects`: it is written otherwise. */
  retyped: 0.5,
  /** How far from 100 or 1,000 times the median of an amount may be, as a factor, to be called so. */
  rescaled: 2,
  /** How alike the values of two columns must be for one to be the other under a new name. */
  alike: 0.8,
} as const
