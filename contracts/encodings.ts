/** Encodings that texts are read in, by the names of the WHATWG Encoding Standard where it has them. */
export const encodings = [
  ...(['utf-8', 'utf-16le', 'utf-16be', 'utf-32le', 'utf-32be'] as const),
  ...(['windows-1250', 'windows-1251', 'windows-1252', 'windows-1253', 'windows-1254'] as const),
  ...(['windows-1255', 'windows-1256', 'windows-1257', 'windows-1258', 'windows-874'] as const),
  ...(['iso-8859-1', 'iso-8859-2', 'iso-8859-3', 'iso-8859-4', 'iso-8859-5', 'iso-8859-6', 'iso-8859-7'] as const),
  ...(['iso-8859-8', 'iso-8859-9', 'iso-8859-10', 'iso-8859-11', 'iso-8859-13', 'iso-8859-14'] as const),
  ...(['iso-8859-15', 'iso-8859-16', 'koi8-r', 'koi8-u', 'macroman', 'cp437', 'cp850', 'cp852', 'cp866'] as const),
  ...(['shift_jis', 'euc-jp', 'gb18030', 'gbk', 'big5', 'euc-kr'] as const),
] as const

export type Encoding = (typeof encodings)[number]

/** Other names that people write. */
const aliases = {
  utf8: 'utf-8',
  ascii: 'utf-8',
  'us-ascii': 'utf-8',
  // The mark at the start of a file tells the byte order; without one it is that of nearly every machine.
  'utf-16': 'utf-16le',
  utf16: 'utf-16le',
  'utf-32': 'utf-32le',
  utf32: 'utf-32le',
  latin1: 'iso-8859-1',
  'latin-1': 'iso-8859-1',
  latin2: 'iso-8859-2',
  'latin-2': 'iso-8859-2',
  latin9: 'iso-8859-15',
  'latin-9': 'iso-8859-15',
  ansi: 'windows-1252',
  cp1250: 'windows-1250',
  cp1251: 'windows-1251',
  cp1252: 'windows-1252',
  cp1253: 'windows-1253',
  cp1254: 'windows-1254',
  cp1255: 'windows-1255',
  cp1256: 'windows-1256',
  cp1257: 'windows-1257',
  cp1258: 'windows-1258',
  cp874: 'windows-874',
  'tis-620': 'windows-874',
  mac: 'macroman',
  macintosh: 'macroman',
  ibm437: 'cp437',
  ibm850: 'cp850',
  ibm852: 'cp852',
  ibm866: 'cp866',
  sjis: 'shift_jis',
  'shift-jis': 'shift_jis',
  cp932: 'shift_jis',
  'windows-31j': 'shift_jis',
  eucjp: 'euc-jp',
  gb2312: 'gbk',
  cp936: 'gbk',
  'big5-hkscs': 'big5',
  cp950: 'big5',
  euckr: 'euc-kr',
  cp949: 'euc-kr',
} as const satisfies Readonly<Record<string, Encoding>>

/** Every name that a contract and the command line take. */
export const encodingNames: readonly string[] = [...encodings, ...Object.keys(aliases)]

/** The encoding by one of its names, in any case; undefined where it is none. */
export function encodingOf(name: string): Encoding | undefined {
  const lower = name.trim().toLowerCase()
  if (Object.hasOwn(aliases, lower)) return aliases[lower as keyof typeof aliases]
  return encodings.find((encoding) => encoding === lower)
}
