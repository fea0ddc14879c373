import type { Model } from './field.ts'

/** A person or studio who sells. */
export const creator = {
  name: 'creator',
  description: 'A person or studio who sells',
  key: ['creator_id'],
  listable: true,
  fields: [
    { name: 'creator_id', type: 'text', required: true, description: 'Identity on the platform' },
    { name: 'name', type: 'text', required: true, description: 'Display name' },
    { name: 'country', type: 'country', required: true, description: 'ISO 3166-1 alpha-2' },
    { name: 'region', type: 'text', description: 'Region code, such as ng' },
    { name: 'joined_at', type: 'instant', description: 'When the creator joined the platform' },
  ],
} as const satisfies Model
