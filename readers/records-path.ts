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
 */
export function recordsPath(head: string): string | null {
  const { places, emptyList, documents, isPaged } = placesOf(head)
  const root = places.get('')
  const lists = [...places.values()].filter(({ path, objects }) => path !== '' && objects > 0)
  const weight = ({ path, values }: Place) => values / 2 ** (path.split('[]').length - 2)
  const [first, ...others] = lists
  const best = first && others.reduce((most, next) => (weight(next) > weight(most) ? next : most), first)
  if (root === undefined) return best?.path ?? emptyList ?? null
  if (best === undefined) return documents === 1 && emptyList !== null && root.values <= 10 ? emptyList : ''
  return best.values >= root.values * (documents === 1 || isPaged ? 0.5 : 2) ? best.path : ''
}

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
    const place = places.get(path) ?? { path, objects: 0, values: 0 }
    places.set(path, place)
    return place
  }
  const nowhere: Place = { path: '', objects: 0, values: 0 }
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
      if (levels.length === 1) isPaged ||= ofPages.has(top.key.toLowerCase().replace(/[^a-z]/g, ''))
    } else if (text !== undefined || word !== undefined) {
      if (top !== undefined) top.place.values++
    }
    before = text ?? mark ?? word ?? ''
  }
  return { places, emptyList, documents, isPaged }
}

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
