/** Calendars that names of columns say; the language of contracts has all of them but Bikram Sambat. */
export type NamedCalendar = 'gregorian' | 'buddhist' | 'persian' | 'hijri' | 'bikram'

/** Capitals count where letters alone can be something else: `Bs` is a currency. */
const words: readonly (readonly [NamedCalendar, RegExp])[] = [
  ['bikram', /\bBS\b|\bB\. ?S\.|[Bb]ikram|[Vv]ikram|वि\. ?सं|विक्रम/u],
  ['buddhist', /\bBE\b|\bB\. ?E\.|[Bb]uddhist|พ\. ?ศ\.|พุทธศักราช/u],
  ['hijri', /\bAH\b|\bA\. ?H\.|[Hh]ijri|[Hh]icri|هجري|هجرية|ہجری/u],
  ['persian', /[Jj]alali|[Ss]hamsi|[Ss]olar [Hh]ijri|شمسی|جلالی/u],
  ['gregorian', /\bAD\b|\bA\. ?D\.|\bCE\b|[Gg]regorian|ई\. ?सं|ค\. ?ศ\.|ميلادي|میلادی|عیسوی/u],
]

/** The calendar that a column's name says; undefined where it says none, or several. */
export function calendarNamed(name: string): NamedCalendar | undefined {
  const found = words.filter(([, word]) => word.test(name.normalize('NFC')))
  return found.length === 1 ? found[0]?.[0] : undefined
}
