import { expect, test } from 'vitest'
import { Project } from './onboarded.ts'

/** Files whose headers and words are in languages that are seldom in exports. */
const project = new Project('onboard-languages')

const thai = (day: (i: number) => string) => [
  'เลขที่อ้างอิง,วันที่,รายการ,จำนวนเงิน,ค่าธรรมเนียม,สถานะ',
  ...Array.from({ length: 8 }, (_, i) => {
    const [kind, amount] = i % 4 === 0 ? ['คืนเงิน', -100] : ['รับชำระเงิน', 1250.5 + i]
    return `TH${100 + i},${day(i)},${kind},${amount.toFixed(2)},0.00,${i === 3 ? 'ไม่สำเร็จ' : 'สำเร็จ'}`
  }),
  'รวมทั้งหมด,,,7321.00,0.00,',
]

test.each([
  ['ISO 8601', (i: number) => `2026-03-${10 + i} 10:0${i}`, 'from: "วันที่" }', {}],
  [
    'short names of months',
    (i: number) => `${8 + i} มี.ค. 2026 10:0${i}`,
    'format: "D MMM. YYYY HH:mm", language: th',
    {},
  ],
  [
    ...(['names of months and Buddhist years', (i: number) => `${8 + i} มีนาคม 2569`] as const),
    ...(['language: th, calendar: buddhist', { 'local_date.calendar': 'buddhist' }] as const),
  ],
])('Thai, with %s', async (name, day, rule, answers) => {
  const done = await project.onboarded('th', `thai ${name}`.toLowerCase().replaceAll(' ', '_'), thai(day), answers)
  expect(done.preview).toMatchObject({ loaded: 8, rejected: 0, held: 0 })
  expect(done.preview.totals.THB).toMatchObject({ rows: 7, gross: '6073.50', fee: '0.00' })
  expect(done.text).toContain('kind: { from: "รายการ", map: { "รับชำระเงิน": sale, "คืนเงิน": refund } }')
  expect(done.text).toContain(rule)
})

test('Nepali', async () => {
  const done = await project.onboarded('np', 'nepali', [
    'कारोबार नम्बर,मिति,विवरण,रकम,सेवा शुल्क,स्थिति',
    'N1,2026-03-11,बिक्री,1500.00,15.00,सफल',
    'N2,2026-03-12,बिक्री,800.00,8.00,असफल',
    'N3,2026-03-13,फिर्ता,-500.00,0.00,सफल',
    'N4,2026-03-14,बिक्री,300.00,3.00,सफल',
    'जम्मा,,,2100.00,26.00,',
  ])
  expect(done.preview).toMatchObject({ loaded: 4, rejected: 0, held: 0 })
  expect(done.preview.totals.NPR).toMatchObject({ rows: 3, gross: '1300.00', fee: '18.00' })
})

test('Sinhala', async () => {
  const done = await project.onboarded('lk', 'sinhala', [
    'ගනුදෙනු අංකය,දිනය,විස්තරය,හර,බැර,ශේෂය',
    ...['S1,2026-03-11,අලෙවිය,,1500.00,1500.00', 'S2,2026-03-12,අලෙවිය,,300.00,1800.00'],
    ...['S3,2026-03-13,සේවා ගාස්තුව,25.00,,1775.00', 'S4,2026-03-14,අලෙවිය,,225.00,2000.00'],
    'එකතුව,,,25.00,2025.00,',
  ])
  expect(done.preview).toMatchObject({ loaded: 4, rejected: 0, held: 0 })
  expect(done.preview.totals.LKR).toMatchObject({ rows: 4, net: '2000.00' })
})
