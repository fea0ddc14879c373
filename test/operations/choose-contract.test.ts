import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { chooseContract } from '../../operations/ingest-one.ts'
import { newProject } from './project.ts'

test('a check whose SQL may not run is told with its line and what was meant', async () => {
  const project = newProject(['ng'])
  try {
    expect((await chooseContract(project.layout, 'ng', { source: 'shop' })).source).toBe('shop')
    const path = join(project.layout.sources('ng'), 'shop.yaml')
    appendFileSync(path, 'checks:\n  - { name: cheap, sql: "gros < 1" }\n')
    await expect(chooseContract(project.layout, 'ng', { source: 'shop' })).rejects.toMatchObject({
      code: 'contract.invalid',
      message:
        'regions/ng/sources/shop.yaml line 19, checks[0].sql: names "gros", which is no field of the model. Did you mean "gross"?',
    })
  } finally {
    project.remove()
  }
})
