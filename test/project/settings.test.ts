import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { layout } from '../../project/layout.ts'
import { loadSettings } from '../../project/settings.ts'
import { defaultLimits } from '../../stage/staged.ts'

const project = (text?: string) => {
  const there = layout(mkdtempSync(join(tmpdir(), 'entrepot-settings-')))
  if (text !== undefined) writeFileSync(there.settings, text)
  return there
}

test('a project without settings, or with empty ones, has the defaults', () => {
  const there = project()
  const defaults = {
    name: basename(there.root),
    central: { url: 'http://127.0.0.1:7800', port: 7800 },
    temporal: { address: null, namespace: 'default', taskQueuePrefix: '' },
    limits: defaultLimits,
  }
  expect(loadSettings(there)).toEqual(defaults)
  writeFileSync(there.settings, '# all as it comes\n')
  expect(loadSettings(there)).toEqual(defaults)
})

test('what is set replaces its default alone', () => {
  const settings = loadSettings(
    project('name: shop\ncentral: { port: 9000 }\ntemporal: { task_queue_prefix: shop- }\nlimits: { columns: 50 }\n'),
  )
  expect(settings).toMatchObject({
    name: 'shop',
    central: { url: 'http://127.0.0.1:9000', port: 9000 },
    temporal: { address: null, taskQueuePrefix: 'shop-' },
    limits: { ...defaultLimits, columns: 50 },
  })
})

test('a mistake is told by line and key', () => {
  expect(() => loadSettings(project('name: shop\ntemporal:\n  adress: localhost:7233\n'))).toThrow(
    'entrepot.yaml line 3, temporal.adress: is no key of temporal. Did you mean "address"?',
  )
  expect(() => loadSettings(project('central: { port: http }\n'))).toThrow(
    'entrepot.yaml line 1, central.port: is not a whole number.',
  )
})
