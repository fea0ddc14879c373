import type { Model } from './field.ts'

/** Which account at a provider belongs to which creator, with history. */
export const creatorAccount = {
  name: 'creator_account',
  description: 'Which account at a provider belongs to which creator, and when',
  key: ['provider', 'account', 'valid_from'],
  listable: true,
  fields: [
    { name: 'creator_id', type: 'text', required: true, description: 'Identity on the platform' },
    { name: 'provider', type: 'text', required: true, description: 'As in the contracts: paystack, momo, …' },
    { name: 'account', type: 'text', required: true, description: "The provider's account" },
    { name: 'valid_from', type: 'date', required: true, description: 'First local day, inclusive' },
    { name: 'valid_to', type: 'date', description: 'First local day no longer; null while it lasts' },
  ],
} as const satisfies Model
