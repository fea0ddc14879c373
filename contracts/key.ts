import { models } from '../models/index.ts'
import type { Contract } from './contract.ts'

/** The fields that tell the rows of a contract's source apart. */
export const keyFields = ({ key, model }: Contract): readonly string[] =>
  'fields' in key ? key.fields : models[model].key
