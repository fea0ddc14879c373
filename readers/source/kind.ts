/** What a file is by its first bytes, where it is no plain text. */
export type Kind =
  /** Packed: what counts is inside. */
  | ('gzip' | 'zstd' | 'bzip2' | 'zip')
  /** Read by a reader of its own. */
  | ('xlsx' | 'xls' | 'parquet' | 'arrow')
  /** Known, and read by none. */
  | ('xlsb' | 'ods' | 'office' | 'pdf' | 'png' | 'jpeg' | 'gif' | 'avro' | 'sqlite' | 'duckdb' | 'xz' | '7z' | 'rar')
  | ('compress' | 'lz4' | 'program')

/** A kind as a sentence has it: "sales.csv is …, not text." */
export const kindNames: Readonly<Record<Kind, string>> = {
  gzip: 'a gzip archive',
  zstd: 'a Zstandard archive',
  bzip2: 'a bzip2 archive',
  zip: 'a ZIP archive',
  xlsx: 'an Excel workbook',
  xls: 'an old Office document',
  parquet: 'a Parquet file',
  arrow: 'an Arrow file',
  xlsb: 'a binary Excel workbook (XLSB)',
  ods: 'an OpenDocument spreadsheet',
  office: 'an Office document',
  pdf: 'a PDF',
  png: 'a PNG image',
  jpeg: 'a JPEG image',
  gif: 'a GIF image',
  avro: 'an Avro file',
  sqlite: 'a SQLite database',
  duckdb: 'a DuckDB database',
  xz: 'an XZ archive',
  '7z': 'a 7z archive',
  rar: 'a RAR archive',
  compress: 'an archive made by compress',
  lz4: 'an LZ4 archive',
  program: 'a program',
}

/** First bytes in hexadecimal, as a pattern from the start. */
const magics: readonly (readonly [Kind, string])[] = [
  ['gzip', '1f8b08'],
  ['zstd', '28b52ffd|5.2a4d18'],
  ['bzip2', '425a683[1-9](314159265359|177245385090)'],
  ['zip', '504b(0304|0506|0708)'],
  ['xls', 'd0cf11e0a1b11ae1|09(00|02|04|08)(04|06|08|10)00..(00|02|03|04|05|06)'],
  ['parquet', '504152(31|45)'],
  ['arrow', '4152524f57310000|ffffffff......00[0-3][0-9a-f]000000'],
  ['pdf', '255044462d'],
  ['png', '89504e470d0a1a0a'],
  ['jpeg', 'ffd8ff'],
  ['gif', '474946383[79]61'],
  ['avro', '4f626a01'],
  ['sqlite', '53514c69746520666f726d6174203300'],
  ['duckdb', '.{16}4455434b..00000000000000'],
  ['xz', 'fd377a585a00'],
  ['7z', '377abcaf271c'],
  ['rar', '526172211a07'],
  ['compress', '1f(9d|a0)'],
  ['lz4', '04224d18'],
  ['program', '7f454c46|4d5a9000'],
]

const patterns = magics.map(([kind, pattern]) => [kind, new RegExp(`^(?:${pattern})`)] as const)

/**
 * Tell what begins with these bytes; null: text, or nothing known.
 *
 * A workbook and an archive both are 'zip' here: only their directory at the end tells them apart (`openBytes` looks).
 */
export function kindOf(head: Uint8Array): Kind | null {
  const hex = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 32)).toString('hex')
  return patterns.find(([, pattern]) => pattern.test(hex))?.[0] ?? null
}
