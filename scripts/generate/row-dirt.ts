/** Ways to spoil a record that no layout has a say in. `reason` null: the row is as valid as the first of its key. */
export const rowDirt = {
  too_few_cells: 'row.arity',
  too_many_cells: 'row.arity',
  invalid_utf8: 'row.encoding',
  text_after_quote: 'row.malformed',
  identical_duplicate: null,
  conflicting_duplicate: 'key.conflict',
  /** The last row alone: it has no end. */
  unclosed_quote: 'row.malformed',
} as const
