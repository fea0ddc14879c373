import { randomInt } from 'node:crypto'

/** A fresh seed each run; `ENTREPOT_SEED` gives that of a run again. Shown in the message of every failure. */
export const runSeed = Number(process.env.ENTREPOT_SEED ?? randomInt(2 ** 31))

/** The slow round, `npm run fuzz:…`. */
export const isSlow = process.env.ENTREPOT_SLOW === '1'
