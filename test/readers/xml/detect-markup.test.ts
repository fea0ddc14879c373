import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isCamt, isHtml, isOfx, isXml } from '../../../readers/xml/detect-markup.ts'

const kindOf = (head: string) => (isOfx(head) ? 'ofx' : isCamt(head) ? 'camt' : isXml(head) ? 'xml' : null)

const cases = new URL('../cases/', import.meta.url)

test.each(readdirSync(cases).filter((name) => !name.startsWith('.')))('the case %s', (name) => {
  const folder = new URL(`${name}/`, cases)
  const file = readdirSync(folder).find((entry) => entry.startsWith('input.'))
  const bytes = file === undefined ? Buffer.alloc(0) : readFileSync(new URL(file, folder))
  const head = bytes.toString(bytes[0] === 0xff ? 'utf16le' : 'latin1', 0, 64 * 1024)
  expect(kindOf(head)).toBe(/^(xml(?!-spreadsheet)|ofx|camt)-/.exec(name)?.[1] ?? null)
})

test.each([
  ['<OFX>', 'ofx'],
  ['\r\nOFXHEADER:100\r\nDATA:OFXSGML', 'ofx'],
  ['<?xml version="1.0"?><?OFX OFXHEADER="200"?><OFX>', 'ofx'],
  ['<Document><BkToCstmrAcctRpt>', 'camt'],
  ['<d:Document xmlns:d="urn:iso:std:iso:20022:tech:xsd:camt.053.001.13">', 'camt'],
  ['<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">', 'xml'],
  ['\ufeff  <?xml version="1.0"?>', 'xml'],
  ['<!-- x --><!DOCTYPE orders [<!ELEMENT orders ANY>]><orders/>', 'xml'],
  ['<rates\ndate="1">', 'xml'],
  ['<!DOCTYPE html><html>', null],
  ['<table border=1>', null],
  ['<HTML>', null],
  ['<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook>', null],
  ['<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', null],
  ['id,name\n1,<b>', null],
  ['<1>,<2>', null],
  ['', null],
])('%j', (head, expected) => {
  expect(kindOf(head)).toBe(expected)
})

test('a page is HTML below a long comment, too', () => {
  const page = `<!-- ${'x'.repeat(6000)} --><html><body><table>`
  expect([isHtml(page), isXml(page)]).toEqual([true, false])
  expect(isHtml('<table-data><row/></table-data>')).toBe(false)
})
