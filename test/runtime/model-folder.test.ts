// Folders of models that can be read in part only.
import { mkdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readModelFolder } from '../../src/runtime/model-folder.ts'
import { temporaryModelsDir } from '../helpers/artifacts.ts'
import { createRegistry } from '../helpers/registries.ts'
import { tinyFiles } from '../helpers/tiny-models.ts'

it.each(['service.json', 'rule.json'])(
  'serves no version by chance where %s cannot be read, and says why',
  async (file) => {
    const dir = temporaryModelsDir()
    dir.addVersion('tiny', '1.0.0', tinyFiles('1.0.0'))
    // a folder of that name: what no mode keeps a superuser from reading
    const path = join(dir.path, 'tiny', file)
    mkdirSync(path)
    const registry = createRegistry(dir, { backend: 'cpu', retryAfterMs: 1 })
    await expect(registry.getModelPredictor('tiny')).rejects.toMatchObject({
      code: 'MODEL_LOAD_FAILED',
      message: expect.stringMatching(/^cannot read the folder of tiny: EISDIR/) as string,
    })
    rmdirSync(path)
    const again = createRegistry(dir, { backend: 'cpu' })
    expect((await again.getModelPredictor('tiny')).version).toBe('1.0.0')
  },
)

it('takes a folder without versions and service.json for none of a model', async () => {
  const dir = temporaryModelsDir()
  mkdirSync(join(dir.path, 'other'))
  expect(await readModelFolder(dir.path, 'other')).toBeUndefined()
  expect(await readModelFolder(dir.path, 'nowhere')).toBeUndefined()
  expect(await readModelFolder(dir.path, '..')).toBeUndefined()
})
