import { creator } from './creator.ts'
import { creatorAccount } from './creator-account.ts'
import type { Model } from './field.ts'
import { fxRate } from './fx-rate.ts'
import { product } from './product.ts'
import { transaction } from './transaction.ts'

/** Every model, by the name that contracts use. */
export const models = {
  transaction,
  creator,
  creator_account: creatorAccount,
  product,
  fx_rate: fxRate,
} as const satisfies Record<string, Model>

export type ModelName = keyof typeof models

export const modelNames = Object.keys(models) as ModelName[]
