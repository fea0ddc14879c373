import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isoText, numberTextOf } from '../../../readers/excel/cell-text.ts'
import { dateText } from '../../../readers/excel/dates.ts'
import { kindOfCode, kindOfId } from '../../../readers/excel/number-format.ts'
import { decimalOf } from '../../../readers/excel/numbers.ts'
import { runSeed } from '../seed.ts'

describe('a stored number', () => {
  it.each([
    ['12.50', '12.50'],
    ['-0.1', '-0.1'],
    ['007', '007'],
    ['1234.5600000000001', '1234.56'],
    ['0.30000000000000004', '0.3'],
    ['9.9999999999999997E-2', '0.1'],
    ['1E+5', '100000'],
    ['-1.5E-05', '-0.000015'],
    ['1.1102230246251565E-16', '0.000000000000000111022302462516'],
    ['999999999999999', '999999999999999'],
    ['9999999999999.99', '9999999999999.99'],
    ['12345678901234.56', '12345678901234.56'],
    ['1.234567890123456E+13', '12345678901234.56'],
    ['0.7999999999999999', '0.8'],
    ['99999999999999.995', '100000000000000'],
    ['0E+10', '0'],
    ['123456789012345.0', '123456789012345.0'],
  ])('%s is %s', (text, expected) => {
    expect(decimalOf(text)).toEqual({ text: expected, isDamaged: false })
  })

  it.each([
    ['1234567890123450', '1234567890123450'],
    ['1.2345678901234567E+17', '123456789012345670'],
    ['1E+15', '1000000000000000'],
    ['12345678901234567890', '12345678901234567890'],
  ])('%s has more digits than Excel keeps, all of them are shown and the cell is damaged', (text, expected) => {
    expect(decimalOf(text)).toEqual({ text: expected, isDamaged: true })
  })

  it.each(['', '-', '.', 'abc', '1,5', '1e', 'NaN', 'Infinity', '0x10', '1E+9999', '1E+99999999', ' 1'])(
    '"%s" is no number',
    (text) => {
      expect(decimalOf(text)).toBeNull()
    },
  )

  it('is as near to a float as 15 digits are', () => {
    const most = 999_999_999_999_999
    const float = fc.double({ noNaN: true, min: -most, max: most }).filter((value) => Math.abs(value) > 1e-300)
    fc.assert(
      fc.property(float, (value) => {
        const { text = '', isDamaged } = decimalOf(String(value)) ?? {}
        expect(text).toMatch(/^-?\d+(\.\d+)?$/)
        expect(Math.abs(Number(text) / value - 1)).toBeLessThan(5.1e-15)
        expect(isDamaged).toBe(false)
      }),
      { seed: runSeed },
    )
  })
})

describe('a date number', () => {
  it.each([
    ['2026-03-01', 46082, 'date', false],
    ['2026-03-01 12:00:00', 46082.5, 'date', false],
    ['2026-03-01 00:00:00', 46082, 'datetime', false],
    ['2026-03-01 14:05:09', 46082.58690972222, 'datetime', false],
    ['2026-03-01 14:05:09.250', 46082.586912615741, 'datetime', false],
    ['1900-01-01', 1, 'date', false],
    ['1900-02-28', 59, 'date', false],
    ['1900-02-29', 60, 'date', false],
    ['1900-03-01', 61, 'date', false],
    ['1900-01-00', 0, 'date', false],
    ['1904-01-01', 0, 'date', true],
    ['1904-01-02', 1, 'date', true],
    ['2026-03-01', 44620, 'date', true],
    ['14:05:00', 0.5868055555555556, 'time', false],
    ['2026-03-01 14:05:00', 46082.58680555555, 'time', false],
    ['36:30:00', 36.5 / 24, 'elapsed', false],
    ['-01:30:00', -1.5 / 24, 'elapsed', false],
    ['1000:00:00', 1000 / 24, 'elapsed', false],
    ['9999-12-31', 2958465, 'date', false],
    ['2026-03-02 00:00:00', 46082.999999999, 'datetime', false],
  ] as const)('is %s', (expected, serial, kind, is1904) => {
    expect(dateText(serial, Number.POSITIVE_INFINITY, kind, is1904)).toBe(expected)
  })

  it('is a whole second where its decimals can tell no other', () => {
    expect(dateText(46082.520833, 6, 'datetime', false)).toBe('2026-03-01 12:30:00')
    expect(dateText(46082.520833, 12, 'datetime', false)).toBe('2026-03-01 12:29:59.971')
  })

  it('is null where Excel shows none', () => {
    for (const serial of [-1, 2_958_466, 1e300, Number.NaN])
      expect(dateText(serial, Number.POSITIVE_INFINITY, 'date', false)).toBeNull()
    expect(dateText(2_957_004, Number.POSITIVE_INFINITY, 'date', true)).toBeNull()
  })
})

describe('a number format', () => {
  it.each([
    ['General', 'number'],
    ['0.00', 'number'],
    ['#,##0.00_);[Red]\\(#,##0.00\\)', 'number'],
    ['0.00E+00', 'number'],
    ['@', 'number'],
    ['"days "0', 'number'],
    ['[$USD] #,##0', 'number'],
    ['_-* #,##0\\ [$Dh-401]', 'number'],
    ['[Magenta]0', 'number'],
    ['# ?/?', 'number'],
    ['yyyy-mm-dd', 'date'],
    ['[$-409]d-mmm-yy;@', 'date'],
    ['mmm\\-yy', 'date'],
    ['mmmm', 'date'],
    ['[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy', 'date'],
    ['h:mm AM/PM', 'time'],
    ['mm:ss.0', 'time'],
    ['[$-F400]h:mm:ss\\ AM/PM', 'time'],
    ['yyyy"年"m"月"d"日"', 'date'],
    ['dd/mm/yyyy hh:mm', 'datetime'],
    ['m/d/yy h:mm;@', 'datetime'],
    ['[h]:mm:ss', 'elapsed'],
    ['[mm]:ss', 'elapsed'],
  ] as const)('%s is of the kind %s', (code, kind) => {
    expect(kindOfCode(code)).toBe(kind)
  })

  it('that is built in has its kind', () => {
    expect([0, 2, 9, 14, 17, 18, 22, 27, 45, 46, 47, 49, 164].map(kindOfId)).toEqual(
      'number number number date date time datetime date time elapsed time number number'.split(' '),
    )
  })
})

describe('the text of a number', () => {
  const formats = {
    date: { kind: 'date', code: 14 },
    money: { kind: 'number', code: '#,##0.00' },
    percent: { kind: 'number', code: 10 },
    general: { kind: 'number', code: 0 },
  } as const

  it('stored is the number, and dates in ISO 8601', async () => {
    const text = await numberTextOf('stored', false)
    expect(text('46082', formats.date)).toEqual({ text: '2026-03-01', isDamaged: false })
    expect(text('-5', formats.date)).toEqual({ text: '-5', isDamaged: true })
    expect(text('oops', formats.date)).toEqual({ text: 'oops', isDamaged: true })
    expect(text('1234.5', formats.money)).toEqual({ text: '1234.5', isDamaged: false })
    expect(text('1234567890123456', formats.general)).toEqual({ text: '1234567890123456', isDamaged: true })
  })

  it('shown is as the format shows it, and damaged where it shows less than there is', async () => {
    const text = await numberTextOf('shown', false)
    expect(text('46082', formats.date)).toEqual({ text: '3/1/26', isDamaged: false })
    expect(text('1234.5', formats.money)).toEqual({ text: '1,234.50', isDamaged: false })
    expect(text('0.0295', formats.percent)).toEqual({ text: '2.95%', isDamaged: false })
    expect(text('221000000000', formats.general)).toEqual({ text: '2.21E+11', isDamaged: true })
    expect(text('1.5', { kind: 'number', code: 'yyyy"' })).toEqual({ text: '1.5', isDamaged: false })
    expect((await numberTextOf('shown', true))('44620', formats.date)).toEqual({ text: '3/1/26', isDamaged: false })
  })

  it('that is a date already loses a midnight and no zone', () => {
    expect(['2026-03-01T00:00:00.000', '2026-03-01T08:30:00.250', '2026-03-01T08:30:00Z', 'soon'].map(isoText)).toEqual(
      ['2026-03-01', '2026-03-01 08:30:00.250', '2026-03-01T08:30:00Z', 'soon'],
    )
  })
})
