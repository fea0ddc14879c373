import type { FieldRuleYaml } from '../contracts/grammar.ts'

/** What fills one field of the model, and why. */
export interface DraftField {
  readonly rule: FieldRuleYaml
  /** A sentence for the contract's reader. */
  readonly evidence: string
}

/** One way a question can be answered. */
export interface Candidate {
  /** What a person answers with. */
  readonly name: string
  /** What it would mean, in a few words. */
  readonly meaning: string
  /** Changes of the contract's fields, as `open` has them; null takes a field out. */
  readonly fields: Readonly<Record<string, FieldRuleYaml>>
}

/** What the file does not prove. */
export interface Question {
  /** Stable: what `--answers` names. */
  readonly id: string
  readonly question: string
  /** Whether one answer is right for the whole file: a record that one answer alone can read decides nothing then. */
  readonly of: 'record' | 'file'
  readonly candidates: readonly Candidate[]
  /** The candidate that the region's habits choose, where nothing in the file speaks against it. */
  readonly usual: string | null
  /** The candidate that stands where nobody answers: it loads nothing that could be wrong. Without one the question stays open. */
  readonly safe?: string
  readonly evidence: string
}

/** A contract on its way. */
export interface Draft {
  readonly fields: Map<string, DraftField>
  /** Keys of the contract beside `fields`, in order, each with its evidence. */
  readonly top: Map<string, { readonly value: unknown; readonly evidence: string }>
  readonly questions: Question[]
  /** What a reader of the contract should know. */
  readonly notes: string[]
}

export const emptyDraft = (): Draft => ({ fields: new Map(), top: new Map(), questions: [], notes: [] })
