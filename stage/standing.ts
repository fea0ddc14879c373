import { namesIn } from '../contracts/check-meaning.ts'
import type { Contract, Track } from '../contracts/contract.ts'
import { literal } from '../contracts/sql-text.ts'
import { variantsOf } from '../contracts/variants.ts'
import { canonicalJson } from '../contracts/version.ts'

/**
 * SQL of every judged record with `_standing`, what becomes of its money: `loads`; `uncounted`, it loads and is not
 * counted; `repeated`, an earlier record is the same; `rejected`; `held`, an answer to an open question decides it. A held
 * record that every answer takes, and of which none changes what is `looked` at, stands as if it loaded.
 *
 * Needs the temporary tables that `findRepeats` leaves.
 *
 * @param looked SQL over the model's fields
 */
export function standingSql(contract: Contract, records: string, looked: string): string {
  const { model, open } = contract
  const isRejected = `r._reasons is not null${open === undefined ? '' : ' and r._held is null'} or p.verdict = 'conflict'`
  // Where one of its answers rejects it, it may never load.
  const isSound = 'coalesce(len(list_filter(r._readings, lambda reading: reading is null)) = 0, false)'
  const isHeld = `r._held is not null${isOpen(contract, looked) ? '' : ` and not ${isSound}`}`
  return `(
  select r.*, case
    when ${isRejected} then 'rejected'
    ${open === undefined ? '' : `when ${isHeld} or r._line in (select _line from waiting) then 'held'`}
    when p.verdict = 'duplicate' then 'repeated'
    ${model === 'transaction' ? "when not r.counted then 'uncounted'" : ''}
    else 'loads' end as _standing
  from read_parquet(${literal(records)}) r left join repeat p on p._line = r._line and p._entry = r._entry)`
}

/** Fields of a transaction that say nothing of what money moved, or for whom. */
const asides = new Set([
  'occurred_at',
  'local_date',
  'creator_id',
  'product_id',
  'quantity',
  'counterparty_country',
  'reference',
])

/** Fields on which an answer to an open question bears. */
export const openFields = (contract: Contract): readonly string[] => [
  ...new Set(tracksIn(contract).flatMap(({ fields }) => Object.keys(fields))),
]

const tracksIn = (contract: Contract): readonly Track[] =>
  variantsOf(contract).flatMap(({ open }) => open?.tracks ?? [])

/** Whether an answer to an open question changes an amount, or whether and where it counts. */
function isOpen(contract: Contract, looked: string): boolean {
  const { open, key } = contract
  if (open === undefined) return false
  const used = [...namesIn(looked), ...('fields' in key ? key.fields : [])]
  const areSignsOpen = variantsOf(contract).some(
    ({ open }) => new Set(open?.tracks.map(({ sign, direction }) => canonicalJson([sign, direction]))).size > 1,
  )
  return areSignsOpen || openFields(contract).some((name) => !asides.has(name) || used.includes(name))
}

/** A decimal with the two places that money has, or as many more as it needs. */
export const plainAmount = (decimal: string): string => {
  const [whole, fraction = ''] = decimal.split('.')
  return `${whole}.${fraction.replace(/0+$/, '').padEnd(2, '0')}`
}

export const countOf = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
