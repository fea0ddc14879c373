import { times } from './adversary-times.ts'
import { drawing, type Random } from './draw.ts'

const symbols = ['€', 'CA$', 'Rs', 'Rs.', 'US $', 'A', '#', 'kr.', 'ر.س', '£', 'Ks']
const words = ['D', 'Cr.', 'cr', 'Cd', 'd', 'r.', 'X']

/**
 * Cells as files have them, and as files should never have them.
 *
 * @param wildness share of cells that are odd, 0 to 1
 */
export function adversary(random: Random, wildness: number) {
  const draw = drawing(random, wildness)
  const { below, pick, chance, odd, word, digits, spaced, localised, bent } = draw
  const amount = (): string | null => {
    if (odd(0.06))
      return pick(
        '',
        null,
        '--',
        '0',
        '-0',
        '1e3',
        '1_000',
        'NaN',
        'inf',
        '-',
        '()',
        '.',
        '0x10',
        '٣',
        '(-1)',
        '12,',
        '-1.500,',
        '+',
        '(+1)',
        '+-1',
      )
    const whole = odd(0.25) ? digits(1, 21) : digits(1, 5)
    const decimals = odd(0.2) ? digits(1, 12) : pick('', '', digits(1, 2), '00')
    const mark = odd(0.25) ? ',' : '.'
    const step = odd(0.4) ? /\B(?=(\d{2})*\d{3}$)/g : /\B(?=(\d{3})+$)/g
    const groups = chance(0.7)
      ? whole
      : whole.replace(step, odd(0.5) ? pick('.', ' ', "'", '\u202f', '\u2019', ',,') : ',')
    const number = `${groups}${decimals === '' ? '' : mark}${decimals}`
    const signed = odd(0.3)
      ? pick(
          `-${number}`,
          `\u2212${number}`,
          `(${number})`,
          `${number}-`,
          `-${number}-`,
          `+${number}`,
          `${number}+`,
          `+${number}-`,
          `＋${number}`,
        )
      : number
    return spaced(localised(bent(signed)))
  }
  /** An amount with things put before, behind and, now and then, into it. */
  const affixed = (usual: readonly string[], affixes: readonly string[]): string | null => {
    let text = amount()
    for (let i = odd(0.6) ? below(3) : 1; i > 0 && text !== null; i -= 1) {
      const gap = () => (chance(0.4) ? pick(' ', '\u00a0', '\u202f', '  ', '\t') : '')
      const affix = `${gap()}${word(usual, affixes)}${gap()}`
      const at = odd(0.3) ? below(text.length + 1) : pick(0, text.length, /^[-+(]/.test(text) ? 1 : 0)
      text = text.slice(0, at) + affix + text.slice(at)
    }
    return text
  }
  const id = pick(
    '"c-1"',
    '" c 2 "',
    '12345678901234567890',
    'null',
    '7',
    'true',
    '""',
    '"é"',
    '{"a":1}',
    '["x"]',
    '"\\u0041"',
  )
  return {
    word,
    amount,
    priced: () => affixed(['$', '€'], symbols),
    sided: () => affixed(['CR', 'C', 'DR'], chance(0.3) ? [...words, ...symbols, '-'] : words),
    ...times(draw),
    id: () =>
      odd(0.1)
        ? pick('', null, ' ', '\u00a0', 'e\u0301', '\u212b', "O'Brien", '\u{1f600}')
        : spaced(`t-${digits(1, 6)}`),
    currency: () =>
      word<string | null>(
        ['NGN', 'ngn', 'USD', 'XAF', 'KWD', 'JPY', 'USDC', '586'],
        ['566', '36', '036', '', null, 'NGМ', 'FCFA', '$', 'XTS', ' GHS ', 'BTC', ...lookAlikes],
      ),
    json: () =>
      word<string | null>(
        [`{"creator": {"id": ${id}}}`, '{"creator":{"name":"x"}}', ''],
        ['{"creator": "x"}', '[1]', null, '{creator', '"text"', '{"creator": {"id": 1}', '  {"creator":{"id":"y"}} '],
      ),
    title: (): string | null =>
      `${pick('Order ', 'Paid\n', '', 'é ')}${pick('#', '# ', '#\u00a0', '\u2003#', 'No ')}${digits(1, 3)}${pick(' ', '')}${pick('fee', 'Fee:', 'FEE', '')}${pick(' ', '\u00a0', '')}${amount()}`,
    count: () =>
      word<string | null>(
        ['1', '2', '12', ''],
        ['-3', null, '1.0', '1,000', '007', '9'.repeat(18), '9'.repeat(19), '1e2', '+4'],
      ),
  }
}

/** Their capitals are S: uſd is not US dollars. */
const lookAlikes = ['u\u017fd', '\u017fgd']
