import { mergeConfig } from 'vitest/config'
import usual from './vitest.config.ts'

/** Long rounds of the tests that draw their cases: `npm run fuzz:…`. */
export default mergeConfig(usual, { test: { env: { ENTREPOT_SLOW: '1' }, testTimeout: 3_600_000 } })
