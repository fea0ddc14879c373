import type { Model } from './field.ts'

/**
 * Every movement of money, signed from the creator's side: what comes in is positive, a fee is positive when it is
 * taken. net = gross - fee - tax; an unknown fee is null, never 0.
 */
export const transaction = {
  name: 'transaction',
  description: "Every movement of money, signed from the creator's side",
  key: ['transaction_id'],
  listable: false,
  fields: [
    { name: 'transaction_id', type: 'text', required: true, description: "The source's own identity of the movement" },
    {
      name: 'kind',
      type: 'choice',
      required: true,
      choices: ['sale', 'refund', 'chargeback', 'fee', 'tax', 'payout', 'transfer', 'adjustment'],
      description: 'What moved the money',
    },
    {
      name: 'status',
      type: 'choice',
      required: true,
      default: 'settled',
      choices: ['settled', 'pending', 'failed', 'reversed', 'expired', 'disputed'],
      description: 'How far it has come',
    },
    {
      name: 'counted',
      type: 'boolean',
      required: true,
      derived: true,
      description: 'Settled money; false for memos, pending and failed rows, which are kept but not summed',
    },
    { name: 'occurred_at', type: 'instant', description: 'When; null when the file gives a date alone' },
    { name: 'local_date', type: 'date', required: true, derived: true, description: "The day in the region's zone" },
    { name: 'creator_id', type: 'text', description: 'Whose it is; null until known' },
    {
      name: 'account',
      type: 'text',
      description: "The provider's account, from which creator_account tells the creator",
    },
    { name: 'product_id', type: 'text', description: 'What was sold' },
    { name: 'quantity', type: 'integer', description: 'How many' },
    { name: 'currency', type: 'currency', required: true, description: 'ISO 4217 code or listed asset of all amounts' },
    { name: 'gross', type: 'money', required: true, derived: true, description: 'Before fee and tax, signed' },
    { name: 'fee', type: 'money', derived: true, description: 'What rails took; null when unknown' },
    { name: 'tax', type: 'money', description: 'Tax taken out; null when unknown' },
    { name: 'net', type: 'money', derived: true, description: 'gross - fee - tax; null when the fee is unknown' },
    { name: 'counterparty_country', type: 'country', description: "The other side's country, ISO 3166-1 alpha-2" },
    { name: 'reference', type: 'text', description: "The provider's further reference, such as a settlement" },
  ],
} as const satisfies Model
