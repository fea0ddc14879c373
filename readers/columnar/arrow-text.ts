import { isUtf8 } from 'node:buffer'
import {
  type Data,
  type DataType,
  DateUnit,
  type Decimal,
  type Dictionary,
  type FixedSizeBinary,
  type FixedSizeList,
  type Int,
  IntervalUnit,
  type Struct,
  type Timestamp,
  Type,
  type Union,
  UnionMode,
  type Vector,
} from 'apache-arrow'
import { repairUtf8 } from '../encoding/utf8.ts'
import { decimalText, isoDate, isoDateTime, isoDuration, isoTime } from './iso-time.ts'

/** Digits of a second by Arrow's unit: seconds, milli-, micro-, nanoseconds. */
const unitDigits = [0, 3, 6, 9]

/** Type ids whose text is JSON as it stands. */
const bare: ReadonlySet<Type> = new Set([
  ...[
    Type.Bool,
    Type.Int,
    Type.Float,
    Type.Decimal,
    Type.List,
    Type.LargeList,
    Type.FixedSizeList,
    Type.Struct,
    Type.Map,
  ],
])

/** Whether a value of this type is JSON as it stands; else it is a JSON string. Infinite numbers are neither. */
export function isBareType(type: DataType): boolean {
  return (
    bare.has(type.typeId) ||
    (type.typeId === Type.Dictionary && isBareType((type as Dictionary).dictionary as DataType))
  )
}

/**
 * Values of Arrow data as texts, from the buffers themselves: the library's own getters lose digits of decimals and make
 * times floating point.
 *
 * Decimals have all their digits, times are ISO 8601 (with a time zone: in UTC with Z), bytes base64, lists, structs and
 * maps JSON.
 *
 * Every access is checked: what lies outside of its buffer is a RangeError.
 */
export class ArrowText {
  /** False once some text was no UTF-8; its bad bytes are question marks. Set it back yourself. */
  isText = true
  readonly #dictionaries = new WeakMap<Vector, (string | null)[]>()

  of(data: Data, i: number): string | null {
    if (i < 0 || i >= data.length) throw new RangeError('a value lies outside of its column')
    if (data.typeId !== Type.Union && !data.getValid(i)) return null
    switch (data.typeId) {
      case Type.Null:
        return null
      case Type.Bool:
        return ((item(data.values as Uint8Array, i >> 3) >> (i & 7)) & 1) === 1 ? 'true' : 'false'
      case Type.Int:
        return String(item<number | bigint>(data.values as Int['TArray'], i))
      case Type.Float:
        return floatText(data, i)
      case Type.Decimal:
        return decimalOf(data as Data<Decimal>, i)
      case Type.Date:
        return (data.type as unknown as { unit: DateUnit }).unit === DateUnit.DAY
          ? isoDate(item(data.values as Int32Array, i))
          : isoDateTime(item(data.values as BigInt64Array, i), 3).replace('T00:00:00', '')
      case Type.Time:
        return isoTime(BigInt(item<number | bigint>(data.values as Int32Array | BigInt64Array, i)), digitsOf(data))
      case Type.Timestamp: {
        const text = isoDateTime(item(data.values as BigInt64Array, i), digitsOf(data))
        return (data as Data<Timestamp>).type.timezone ? `${text}Z` : text
      }
      case Type.Duration:
        return isoDuration(item(data.values as BigInt64Array, i), digitsOf(data))
      case Type.Interval:
        return intervalText(data, i)
      case Type.Utf8:
      case Type.LargeUtf8:
      case Type.Utf8View:
        return shortAscii(data, i) ?? this.#utf8(bytesOf(data, i))
      case Type.Binary:
      case Type.LargeBinary:
      case Type.BinaryView:
      case Type.FixedSizeBinary:
        return Buffer.from(bytesOf(data, i)).toString('base64')
      case Type.Dictionary:
        return this.#ofDictionary(data, i)
      case Type.Union:
        return this.of(...memberOf(data as Data<Union>, i))
      default:
        return this.#json(data, i)
    }
  }

  /** A value inside another: JSON. */
  #json(data: Data, i: number): string {
    if (data.typeId === Type.Union) return this.#json(...memberOf(data as Data<Union>, i))
    const isNested = data.typeId !== Type.Dictionary && nested.has(data.typeId)
    if (!isNested) {
      const text = this.of(data, i)
      if (text === null) return 'null'
      return isBareType(data.type) && !isNoNumber.test(text) ? text : JSON.stringify(text)
    }
    if (i >= data.length) throw new RangeError('a value lies outside of its column')
    if (!data.getValid(i)) return 'null'
    if (data.typeId === Type.Struct) {
      const { children } = (data as Data<Struct>).type
      const fields = data.children.map((child, k) => `${JSON.stringify(children[k]?.name)}:${this.#json(child, i)}`)
      return `{${fields.join(',')}}`
    }
    const child = data.children[0] as Data
    const [from, to] = rangeOf(data, i)
    if (from < 0 || to < from || to > child.length) throw new RangeError('a list lies outside of its column')
    const items: string[] = []
    if (data.typeId !== Type.Map) {
      for (let k = from; k < to; k++) items.push(this.#json(child, k))
      return `[${items.join(',')}]`
    }
    const [keys, values] = child.children as [Data, Data]
    for (let k = from; k < to; k++) items.push(`${JSON.stringify(this.of(keys, k) ?? '')}:${this.#json(values, k)}`)
    return `{${items.join(',')}}`
  }

  #utf8(bytes: Uint8Array): string {
    if (isUtf8(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
    this.isText = false
    const copy = Buffer.from(bytes)
    repairUtf8(copy)
    return copy.toString()
  }

  /** Each value of a dictionary is made once. */
  #ofDictionary(data: Data, i: number): string | null {
    const at = Number(item<number | bigint>(data.values as Int['TArray'], i))
    const vector = data.dictionary as Vector | undefined
    if (vector === undefined || !(at >= 0 && at < vector.length)) throw new RangeError('an index is in no dictionary')
    const texts = this.#dictionaries.get(vector) ?? []
    this.#dictionaries.set(vector, texts)
    const known = texts[at]
    if (known !== undefined) return known
    let rest = at
    for (const chunk of vector.data) {
      if (rest < chunk.length) {
        const text = this.of(chunk, rest)
        if (this.isText) texts[at] = text // else it is told again
        return text
      }
      rest -= chunk.length
    }
    throw new RangeError('an index is in no dictionary')
  }
}

const nested: ReadonlySet<Type> = new Set([Type.List, Type.LargeList, Type.FixedSizeList, Type.Struct, Type.Map])

const isNoNumber = /^-?(?:inf|nan)/

function item<T>(values: ArrayLike<T>, i: number): T {
  const value = values[i]
  if (value === undefined) throw new RangeError('a value lies outside of its buffer')
  return value
}

const digitsOf = (data: Data): number => unitDigits[(data.type as unknown as { unit: number }).unit] as number

/** Where item `i` of a list, a text or bytes begins and ends. */
function rangeOf(data: Data, i: number): [from: number, to: number] {
  if (data.typeId === Type.FixedSizeList) {
    const { listSize } = (data as Data<FixedSizeList>).type
    return [i * listSize, (i + 1) * listSize]
  }
  const offsets = data.valueOffsets as Int32Array | BigInt64Array
  return [Number(item<number | bigint>(offsets, i)), Number(item<number | bigint>(offsets, i + 1))]
}

function bytesOf(data: Data, i: number): Uint8Array {
  const inside = (bytes: Uint8Array | undefined, from: number, to: number): Uint8Array => {
    if (bytes === undefined || from < 0 || to < from || to > bytes.length)
      throw new RangeError('a text lies outside of its buffer')
    return bytes.subarray(from, to)
  }
  const values = data.values as Uint8Array
  if (data.typeId === Type.FixedSizeBinary) {
    const { byteWidth } = (data as Data<FixedSizeBinary>).type
    return inside(values, i * byteWidth, (i + 1) * byteWidth)
  }
  if (data.typeId === Type.Utf8View || data.typeId === Type.BinaryView) {
    const view = Buffer.from(inside(values, 16 * i, 16 * i + 16))
    const length = view.readInt32LE(0)
    if (length <= 12) return inside(view, 4, 4 + length)
    const offset = view.readInt32LE(12)
    return inside(data.variadicBuffers[view.readInt32LE(8)], offset, offset + length)
  }
  return inside(values, ...rangeOf(data, i))
}

/** A short plain text without a view of its bytes, which costs more than the text; undefined where it is none. */
function shortAscii(data: Data, i: number): string | undefined {
  const { values, valueOffsets: offsets } = data
  if (data.typeId !== Type.Utf8) return undefined
  const [from, to] = [offsets[i], offsets[i + 1]] as [number, number]
  if (!(from >= 0 && to <= values.length && to - from <= 40)) return undefined
  let text = ''
  for (let at = from; at < to; at++) {
    const byte = values[at] as number
    if (byte >= 0x80) return undefined
    text += String.fromCharCode(byte)
  }
  return to < from ? undefined : text
}

/** The column and row of a union's value. */
function memberOf(data: Data<Union>, i: number): [Data, number] {
  const { type, typeIds, valueOffsets, children } = data
  const child = children[type.typeIdToChildIndex[item(typeIds as Int8Array, i)] as number]
  if (child === undefined) throw new RangeError('a value is of none of its types')
  return [child, type.mode === UnionMode.Dense ? item(valueOffsets as unknown as Int32Array, i) : i]
}

/** Decimals have at most 76 digits; more than these places are a mistake. */
const mostScale = 1000

/** Two's complement, little-endian, of 32 to 256 bits. */
function decimalOf({ type, values }: Data<Decimal>, i: number): string {
  const words = type.bitWidth / 32
  if (![1, 2, 4, 8].includes(words) || Math.abs(type.scale) > mostScale)
    throw new RangeError('a decimal of no known size')
  let unscaled = BigInt(item(values, i * words + words - 1) | 0)
  for (let k = words - 2; k >= 0; k--) unscaled = (unscaled << 32n) | BigInt(item(values, i * words + k) >>> 0)
  return decimalText(unscaled, type.scale)
}

/** The shortest text that gives the same number in its own precision. */
function floatText(data: Data, i: number): string {
  const { precision } = data.type as unknown as { precision: 0 | 1 | 2 }
  const stored = item(data.values as Float32Array | Float64Array | Uint16Array, i)
  const value = precision === 0 ? halfOf(stored) : stored
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf'
  if (Object.is(value, -0)) return '-0'
  if (precision !== 1) return String(value)
  for (let digits = 1; ; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return String(short)
  }
}

/** IEEE 754 half precision. */
function halfOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** `P14M`, `P1DT0.5S`, `P1M2DT0.000000003S`. */
function intervalText(data: Data, i: number): string {
  const values = data.values as Int32Array
  const { unit } = data.type as unknown as { unit: IntervalUnit }
  if (unit === IntervalUnit.YEAR_MONTH) return `P${item(values, i)}M`
  if (unit === IntervalUnit.DAY_TIME)
    return `P${item(values, 2 * i)}D${timePart(isoDuration(BigInt(item(values, 2 * i + 1)), 3))}`
  const nanos = (BigInt(item(values, 4 * i + 3)) << 32n) | BigInt(item(values, 4 * i + 2) >>> 0)
  return `P${item(values, 4 * i)}M${item(values, 4 * i + 1)}D${timePart(isoDuration(nanos, 9))}`
}

const timePart = (duration: string): string => (duration.startsWith('-') ? `T-${duration.slice(3)}` : duration.slice(1))
