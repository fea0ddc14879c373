import type { Model } from './field.ts'

/** A digital product on sale. */
export const product = {
  name: 'product',
  description: 'A digital product on sale',
  key: ['product_id'],
  listable: true,
  fields: [
    { name: 'product_id', type: 'text', required: true, description: 'Identity on the platform' },
    { name: 'creator_id', type: 'text', required: true, description: 'Whose it is' },
    { name: 'title', type: 'text', required: true, description: 'As shown to buyers' },
    { name: 'kind', type: 'text', description: 'Such as ebook, course, preset' },
    { name: 'price', type: 'money', description: 'List price in `currency`; null when the buyer names it' },
    { name: 'currency', type: 'currency', description: 'ISO 4217 code of the price' },
    {
      name: 'status',
      type: 'choice',
      required: true,
      default: 'listed',
      choices: ['draft', 'listed', 'unlisted'],
      description: 'Whether it can be bought',
    },
    { name: 'listed_at', type: 'instant', description: 'When it was first listed' },
  ],
} as const satisfies Model
