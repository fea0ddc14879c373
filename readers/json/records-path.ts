/**
 * Whether a text is JSON objects, one a line, each of which is a record: not the pages of a list, nor one page.
 *
 * @param text the beginning; its last line may be cut
 */
export function isNdjson(text: string): boolean {
  const [first = '', ...rest] = text.split('\n')
  try {
    const value: unknown = JSON.parse(first)
    if (typeof value !== 'object' || Array.isArray(value)) return false
  } catch {
    return false
  }
  return rest.every((line) => line.trim() === '' || line.startsWith('{')) && recordsPath(text) === ''
}

/** What the objects at one place hold: of a list's elements, at `data[]`; of the documents themselves, at ''. */
interface Place {
  readonly path: string
  objects: number
  /** Values that are no object and no list of objects, in objects inside too. */
  values: number
  /** Keys of the objects themselves. */
  readonly keys: Set<string>
}

/** A container that is open around the place. */
interface Level {
  readonly isList: boolean
  /** Where its values are; null: no path leads there, because a key has a mark of paths in it. */
  readonly path: string | null
  /** What values inside it count for. */
  place: Place
  key: string
}

const tokens = /\s*(?:("(?:[^"\\]|\\.)*")|([{}[\],:])|([^\s{}[\],:"]+))/gy

/** Deeper than this nothing is looked for. */
const mostLevels = 100

/**
 * Where the records of JSON documents are, by their beginning: the list whose objects hold the most values (`data[]`,
 * `[]`, `results[].transactions[]`), '' where the documents are the records, null where there are no objects.
 *
 * A list inside another's objects must hold twice as much as they do (line items are no records of their own, the
 * transactions of a few accounts are). A document is a page where a list holds half as much as what is around it; one of
 * several that have no key of pages (`next`, `has_more`) only where it holds twice as much.
 *
 * @param names keys that a contract wants, `customer.email` being one of `customer`: where the objects of some place have
 * them all, only such places count
 */
export function recordsPath(head: string, names: readonly string[] = []): string | null {
  const { places: all, emptyList, documents, isPaged } = placesOf(head)
  const places = names.length === 0 ? all : withNames(all, names)
  const root = places.get('')
  const lists = [...places.values()].filter(({ path, objects }) => path !== '' && objects > 0)
  const weight = ({ path, values }: Place) => values / 2 ** (path.split('[]').length - 2)
  const [first, ...others] = lists
  const best = first && others.reduce((most, next) => (weight(next) > weight(most) ? next : most), first)
  if (root === undefined) return best?.path ?? emptyList ?? null
  if (best === undefined) return documents === 1 && emptyList !== null && root.values <= 10 ? emptyList : ''
  return best.values >= root.values * (documents === 1 || isPaged ? 0.5 : 2) ? best.path : ''
}

/** The places whose objects have all the names; every place where none has. */
function withNames(all: ReadonlyMap<string, Place>, names: readonly string[]): ReadonlyMap<string, Place> {
  const having = [...all].filter(([, { keys }]) => names.every((name) => keys.has(name) || keys.has(first(name))))
  return having.length === 0 ? all : new Map(having)
}

const first = (name: string): string => name.split('.')[0] as string

/** Keys of a page that records have not, in lower case and letters alone. */
const ofPages = new Set(
  (
    'page pages pagenumber pagesize perpage next nextpage nextcursor nextlink nextpagetoken odatanextlink hasmore hasnext ' +
    'cursor pagination paging pageinfo meta links'
  ).split(' '),
)

interface Found {
  readonly places: ReadonlyMap<string, Place>
  /** The first list without anything in it. */
  readonly emptyList: string | null
  readonly documents: number
  /** Whether a document has a key of pages. */
  readonly isPaged: boolean
}

function placesOf(head: string): Found {
  const places = new Map<string, Place>()
  const placeAt = (path: string): Place => {
    const place = places.get(path) ?? { path, objects: 0, values: 0, keys: new Set() }
    places.set(path, place)
    return place
  }
  const nowhere: Place = { path: '', objects: 0, values: 0, keys: new Set() }
  const levels: Level[] = []
  let emptyList: string | null = null
  let documents = 0
  let isPaged = false
  let before = ''
  const open = (isList: boolean): void => {
    const top = levels.at(-1)
    if (top === undefined) documents++
    const at = top === undefined ? '' : top.isList || top.path === null ? top.path : joined(top.path, top.key)
    const path = at === null ? null : isList ? `${at}[]` : at
    // What no path leads to counts for nothing: it is no reason to take what is around it.
    let place = path === null ? nowhere : (top?.place ?? nowhere)
    if (!isList && path !== null && (top === undefined || top.isList)) {
      place = placeAt(path)
      place.objects++
    }
    levels.push({ isList, path, place, key: '' })
  }
  for (const [, text, mark, word] of head.matchAll(tokens)) {
    const top = levels.at(-1)
    if (mark === '{' || mark === '[') {
      if (levels.length === mostLevels) break
      open(mark === '[')
    } else if (mark === '}' || mark === ']') {
      if (before === '[' && top?.path != null) emptyList ??= top.path
      levels.pop()
    } else if (mark === ':' && top !== undefined) {
      top.key = keyOf(before)
      top.place.values-- // the key was no value
      if (!top.isList && isRecord(levels)) top.place.keys.add(top.key)
      if (levels.length === 1) isPaged ||= ofPages.has(top.key.toLowerCase().replace(/[^a-z]/g, ''))
    } else if (text !== undefined || word !== undefined) {
      if (top !== undefined) top.place.values++
    }
    before = text ?? mark ?? word ?? ''
  }
  return { places, emptyList, documents, isPaged }
}

/** Whether the object that is open is an element of a list or a document, and no object inside of one. */
const isRecord = (levels: readonly Level[]): boolean => levels.length < 2 || levels.at(-2)?.isList === true

function keyOf(token: string): string {
  try {
    return String(JSON.parse(token))
  } catch {
    return ''
  }
}

/** Null where the key can not be written in a path. */
const joined = (path: string, key: string): string | null =>
  key === '' || /[.[\]]/.test(key) ? null : path === '' ? key : `${path}.${key}`
