import type { Random } from '../../../scripts/generate/random.ts'
import { type Base, baseWith, commonDelimiters, makeBase } from './base.ts'
import { between, chance, untilMade } from './dice.ts'
import { type Made, madeOf, type Pollute, withRow } from './made.ts'
import { bare, type Cell, hasQuotes, type Line, type Look, lookOf, writeCell } from './page.ts'

/** Around the changed row there must be rows enough to show how the file is written. */
const enough = { rows: [4, 80] } as const

/** A row of the file, the header at 0, and the base with the line changed. */
function changeLine(base: Base, at: number, change: (line: Line) => Line): Line[] {
  return base.lines.map((line, each) => (each === at ? change(line) : line))
}

const anyLine = (random: Random, base: Base): number => random.below(base.lines.length)

/** The row's cells are quoted where they hold the file's delimiter or the row's own. */
function rowDelimiter(random: Random): Made {
  const base = makeBase(random, enough)
  const file = base.look.delimiter
  const own = random.pick([...commonDelimiters, ' ', ' '].filter((each) => each !== file))
  const look = lookOf(own, '"', 'doubled', file + own)
  const at = anyLine(random, base)
  return madeOf(base, `line ${at + 1} has the delimiter ${JSON.stringify(own)}`, {
    lines: changeLine(base, at, (line) => ({ ...line, look })),
  })
}

function rowRecordEnd(random: Random): Made {
  const base = makeBase(random, enough)
  const at = random.below(base.lines.length - 1)
  const end = random.pick(['\n', '\r\n', '\r'].filter((each) => each !== base.end))
  return madeOf(base, `line ${at + 1} ends in ${JSON.stringify(end)}`, {
    lines: changeLine(base, at, (line) => ({ ...line, end })),
  })
}

/** One of the row's cells at least has quotes, and not around nothing. */
function rowQuote(random: Random): Made {
  return untilMade(() => {
    const base = makeBase(random, enough)
    const look = lookOf(base.look.delimiter, "'")
    const at = anyLine(random, base)
    const line = base.lines[at] as Line
    if (!line.cells.some((cell) => cell.text !== '' && hasQuotes(cell, line.look))) return null
    return madeOf(base, `line ${at + 1} has the quote '`, { lines: changeLine(base, at, () => ({ ...line, look })) })
  })
}

const texts = (line: Line): string[] => line.cells.map(({ text }) => text)
const swap = <T>(list: readonly T[], at: number, item: T): T[] => list.map((each, i) => (i === at ? item : each))

/** A cell on one line and without quotes inside: of others nobody could tell the stray quote from the cell's own. */
const isPlain = ({ text }: Cell): boolean => !/["\r\n]/.test(text)

/** A place inside the text with a letter, a digit or a space on both sides; null where there is none. */
function innerPlace(random: Random, text: string): number | null {
  const places =
    [...text].length === text.length
      ? [...text.matchAll(/(?<=[\p{L}\d])(?=[\p{L}\d ])/gu)].map((each) => each.index)
      : []
  return places.length === 0 ? null : random.pick(places)
}

/** A quote too many: it is part of the cell's text. */
function extraQuote(random: Random): Made {
  return untilMade(() => {
    const base = makeBase(random, enough)
    const at = anyLine(random, base)
    const line = base.lines[at] as Line
    const column = random.below(line.cells.length)
    const cell = line.cells[column] as Cell
    if (!isPlain(cell)) return null
    const where = random.pick(['front', 'front', 'front', 'inside', 'end'] as const)
    const place = { front: 0, inside: innerPlace(random, cell.text), end: cell.text.length }[where]
    if (place === null) return null
    const text = `${cell.text.slice(0, place)}"${cell.text.slice(place)}`
    const hurt = hasQuotes(cell, line.look) ? `"${text}"` : text
    const cells = swap(line.cells, column, { ...cell, hurt })
    return madeOf(base, `line ${at + 1}, cell ${column + 1}: an extra quote at its ${where}: ${hurt}`, {
      lines: changeLine(base, at, () => ({ ...line, cells })),
      truth: withRow(base, at - 1, [swap(texts(line), column, text)]),
    })
  })
}

/** A quote too few: the other cells are as before; of the hurt one, the quote that is left may be text or not. */
function missingQuote(random: Random): Made {
  return untilMade(() => {
    const base = makeBase(random, enough)
    const at = anyLine(random, base)
    const line = base.lines[at] as Line
    const quoted = line.cells.flatMap((cell, i) => (isPlain(cell) && hasQuotes(cell, line.look) ? [i] : []))
    if (quoted.length === 0) return null
    const column = random.pick(quoted)
    const { text } = line.cells[column] as Cell
    const isOpening = chance(random, 50)
    const hurt = isOpening ? `${text}"` : `"${text}`
    const cells = swap(line.cells, column, { text, isQuoted: true, hurt })
    const readings = [swap(texts(line), column, hurt), swap(texts(line), column, text)] as const
    return madeOf(base, `line ${at + 1}, cell ${column + 1}: no ${isOpening ? 'opening' : 'closing'} quote: ${hurt}`, {
      lines: changeLine(base, at, () => ({ ...line, cells })),
      truth: withRow(base, at - 1, readings),
    })
  })
}

function extraDelimiter(random: Random): Made {
  const base = makeBase(random, enough)
  const at = anyLine(random, base)
  const line = base.lines[at] as Line
  const column = between(random, 0, line.cells.length)
  const cells = [...line.cells.slice(0, column), bare(''), ...line.cells.slice(column)]
  return madeOf(base, `line ${at + 1}: an extra delimiter, cell ${column + 1} is empty`, {
    lines: changeLine(base, at, () => ({ ...line, cells })),
    truth: withRow(base, at - 1, [cells.map(({ text }) => text)]),
  })
}

/**
 * Two neighbours without the delimiter between them. Bare ones are one text. Where a quote shows the seam, the row may
 * be read as it is written, without the quotes, by the rule that a doubled quote is one, or with the seam mended. Cells of several lines
 * or with quotes inside are left alone: their quotes and the seam's can be paired in more ways than one.
 */
function missingDelimiter(random: Random): Made {
  return untilMade(() => {
    const base = baseWith(random, enough, () => true)
    const at = anyLine(random, base)
    const line = base.lines[at] as Line
    const column = random.below(line.cells.length - 1)
    const [left, right] = line.cells.slice(column, column + 2) as [Cell, Cell]
    if (!isPlain(left) || !isPlain(right)) return null
    const hurt = writeCell(left, line.look) + writeCell(right, line.look)
    const [before, after] = [line.cells.slice(0, column), line.cells.slice(column + 2)]
    const row = (...glued: string[]) => [...before.map(({ text }) => text), ...glued, ...after.map(({ text }) => text)]
    const cells = [...before, { text: '', isQuoted: false, hurt }, ...after]
    return madeOf(base, `line ${at + 1}: no delimiter behind cell ${column + 1}: ${hurt}`, {
      lines: changeLine(base, at, () => ({ ...line, cells })),
      truth: withRow(
        base,
        at - 1,
        readingsOf(left, right, hurt, line.look).map((glued) => row(...glued)) as [string[]],
      ),
    })
  })
}

function readingsOf(left: Cell, right: Cell, hurt: string, look: Look): [string[], ...string[][]] {
  const [one, two] = [hasQuotes(left, look), hasQuotes(right, look)]
  const joined = left.text + right.text
  if (!one && !two) return [[joined]]
  if ((one && hurt === writeCell(left, look)) || (two && hurt === writeCell(right, look))) return [[joined]]
  const mended = [left.text, right.text]
  return one && two ? [[`${left.text}"${right.text}`], [hurt], [joined], mended] : [[hurt], [joined], mended]
}

export const rowKinds: Record<string, Pollute> = {
  'row-delimiter': rowDelimiter,
  'row-record-end': rowRecordEnd,
  'row-quote': rowQuote,
  'extra-quote': extraQuote,
  'missing-quote': missingQuote,
  'extra-delimiter': extraDelimiter,
  'missing-delimiter': missingDelimiter,
}
