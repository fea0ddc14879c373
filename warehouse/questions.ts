import type { Contract } from '../contracts/contract.ts'
import { questionCode } from '../contracts/open.ts'
import type { HeldByQuestion, HeldMoney } from '../stage/questions.ts'
import type { Share } from './findings.ts'
import type { LandedFile } from './warehouse.types.ts'

/** What a file adds to the findings of open questions: one a question that some of its records hang on. */
export const questionShares = (
  questions: readonly HeldByQuestion[],
  file: LandedFile,
  contract: Contract,
): readonly Share[] =>
  questions.map(({ id, question, records, line, raw, money }) => ({
    ...{ code: questionCode(id), severity: 'block', rows: records, line, raw },
    message: [
      question,
      `${records} ${records === 1 ? 'record' : 'records'} of ${file.name} ${records === 1 ? 'waits' : 'wait'} for the answer${told(money)}.`,
      `Answer it with \`entrepot onboard … --answers\`, or in regions/${contract.region}/sources/${contract.source}.yaml: put the right candidate into fields, and take the question out of open.`,
    ].join(' '),
  }))

/** `: day-first is NGN 12.50 (fee 1.00), month-first NGN 12.50 (fee 1.00)`; nothing where there is no money. */
function told(money: HeldByQuestion['money']): string {
  const answers = Object.entries(money).map(([name, sums]) => [name, sumsOf(sums)] as const)
  const [first] = answers
  if (first === undefined || answers.every(([, sums]) => sums === '')) return ''
  if (answers.every(([, sums]) => sums === first[1])) return `: ${first[1]} whatever it is`
  return `: ${answers.map(([name, sums]) => `${sums === '' ? 'nothing that counts' : sums} by ${JSON.stringify(name)}`).join(', ')}`
}

const sumsOf = (sums: Readonly<Record<string, HeldMoney>>): string =>
  Object.entries(sums)
    .map(([currency, { gross, fee }]) => `${currency} ${plain(gross)}${fee === null ? '' : ` (fee ${plain(fee)})`}`)
    .join(' and ')

/** `12.500000000` as `12.50`: two decimals, more only where they are not 0. */
const plain = (decimal: string): string => decimal.replace(/(\.\d{2}\d*?)0+$/, '$1')
