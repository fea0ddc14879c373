import { expect, test } from 'vitest'
import { newBatch, newColumn } from '../../readers/batch.ts'
import { bytesAt, clearBatch, putNull, putView, reserveOverflow } from '../../readers/views.ts'

test('a view has its length, its first bytes, and zeros or its place behind them', () => {
  const source = Buffer.from('..abcdefghijklmnopqrstuvwxyz')
  for (let length = 0; length <= 20; length++) {
    const column = newColumn()
    column.u8.fill(0xee)
    putView(column, 3, source, 2, 2 + length, 1, 1)
    const view = Buffer.from(column.bytes, 48, 16)
    expect(view.readUInt32LE(0)).toBe(length)
    expect(column.hasLong).toBe(length > 12)
    const text = source.toString('latin1', 2, 2 + length)
    if (length <= 12) expect(view.toString('latin1', 4)).toBe(text.padEnd(12, '\0'))
    else expect([view.toString('latin1', 4, 8), view.readUInt32LE(8), view.readUInt32LE(12)]).toEqual(['abcd', 1, 1])
    expect(column.u8[47]).toBe(0xee)
    expect(column.u8[64]).toBe(0xee)
  }
})

test('a null is all zeros and told by one bit; clearing takes it back', () => {
  const batch = newBatch(1)
  const [column] = batch.columns
  if (column === undefined) throw new Error('no column')
  column.u8.fill(0xee)
  putView(column, 0, Buffer.from('a'), 0, 1, 0, 0)
  putNull(column, 9)
  expect([...column.u8.subarray(144, 160)]).toEqual(Array(16).fill(0))
  expect([...column.validity.subarray(0, 3)]).toEqual([0xff, 0xfd, 0xff])
  expect(bytesAt(batch, column, 9)).toBeUndefined()
  expect(bytesAt(batch, column, 0)).toEqual(Uint8Array.of(97))
  clearBatch(batch)
  expect(column.hasNull).toBe(false)
  putNull(column, 0)
  expect([...column.validity.subarray(0, 2)]).toEqual([0xfe, 0xff])
})

test('the overflow buffer grows and keeps what it holds', () => {
  const batch = newBatch(0)
  batch.overflow.fill(7)
  batch.overflowLength = 65_000
  const grown = reserveOverflow(batch, 1000)
  expect(grown).toBe(batch.overflow)
  expect(grown.length).toBe(131_072)
  expect(grown.subarray(0, 65_000).every((byte) => byte === 7)).toBe(true)
  expect(reserveOverflow(batch, 1_000_000).length).toBe(1_065_000)
})
