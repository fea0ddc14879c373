import fc from 'fast-check'

/** Cells that have broken importers, by what they pretend to be. */
const nastyValues = {
  amounts: [
    '', ' ', '0', '-0', '0.00', '+5', '-5', '--5', '5-', '(5.00)', '.5', '5.', '.', '-', '--', '1e3', '1E+3', '1_000', '0x10', '1,000',
    '1,00', '1,0000', ',100', '1,,000', '1,2,3', '12.34.5', '1.000,00', '1 000', '1\u00a0000', '1\u202f000', "1'000", '12,34,567.00',
    '12500O', 'l00', '5OO.00', 'NaN', 'Infinity', '-Infinity', 'null', 'N/A', 'true', '₦500', 'NGN 500', '500 NGN', '$1', '1%', '5.005',
    '0.000000001', '0.0000000001', '99999999999999999999', '99999999999999999999999999999.999999999', '9'.repeat(40), '00012', '১২৩',
    '١٢٣', '１２３', '1২3', '१२,३४,५६७', '\u200b5', '5\u200b', '5\t', '=1+1', "'5", '5\n', '½', '1/2', '−5', '﹣5',
  ],
  times: [
    '', '01/02/2026', '31/02/2026 10:00:00', '29/02/2024 00:00:00', '29/02/2026 00:00:00', '00/01/2026 00:00:00', '01/13/2026 00:00:00',
    '2026-02-03', '2026-02-03T10:00:00', '2026-02-03T10:00:00Z', '2026-02-03T10:00:00+01:00', '2026-02-03T10:00:00.1234567+00:00',
    '2026-02-30T10:00:00Z', '2026-02-03T24:00:00Z', '2026-02-03T23:59:60Z', '2026-02-03 10:00:00+25:00', '1/2/26 9:00', '03-Feb-26 12:00:00 AM',
    '03-Feb-26 13:00:00 PM', '03-Fév-26 10:00:00', '03-FEB-26 10:00:00 am', '46055', '46055.5', '1770112800', '1770112800000', 'today', '0000-00-00',
    '9999-12-31', '10000-01-01', '০১-০৩-২০২৬ ১৫:১০:৫১', '02/03/2026\u00a009:15:00', ' 02/03/2026 09:15:00',
  ],
  texts: [
    '', ' ', '\u0000', '\ufeff', '\u200b', '\u00a0', '"', '""', "'", '\\', '\\"', '\\N', 'null', 'NULL', ',', ';', '\t', '\r', '\n', '\r\n', '\n\n',
    'a"b', '"a"', 'a,b', 'a\nb', '=cmd()', '+1', '-1', '@x', 'é', 'e\u0301', 'Ọ̀', 'Số', 'So\u0302\u0301', 'ﬁ', '𝕏', '👩‍👩‍👧', 'מזל', '\u202eabc', '\ud7ff',
    'x'.repeat(12), 'x'.repeat(13), 'é'.repeat(6), 'é'.repeat(7), 'x'.repeat(70_000), "'; drop table core.transaction; --", '$.x', '{"a":1}', '[]', '../../x',
  ],
  words: ['settled', 'Settled', ' settled', 'settled ', 'SETTLED', 'sale', 'paid?', '', 'null', 'NGN', 'ngn', 'NGX', 'XQZ', '566', 'USDC', 'USDС', 'N G N', '₦'],
} as const // biome-ignore format: lists, not lines

type NastyKind = keyof typeof nastyValues

/** A nasty cell of these kinds (by default of all), or arbitrary text. */
export const nastyCell = (...kinds: NastyKind[]): fc.Arbitrary<string> => {
  const all = Object.keys(nastyValues) as NastyKind[]
  const values = (kinds.length === 0 ? all : kinds).flatMap((kind): readonly string[] => nastyValues[kind])
  return fc.oneof(fc.constantFrom(...values), fc.string({ unit: 'grapheme', maxLength: 40 }))
}

/** A cell as RFC 4180 writes it: quoted where it must be. */
const csvCell = (value: string, delimiter = ','): string =>
  value.includes('"') || value.includes(delimiter) || /[\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value

/** A record without its end. */
export const csvRecord = (cells: readonly string[], delimiter = ','): string =>
  cells.length === 1 && cells[0] === '' ? '""' : cells.map((cell) => csvCell(cell, delimiter)).join(delimiter)
