// A thousand lives of a model: loaded, asked, closed, and nothing of them left. Ten thousand: the integration suite.
import * as tf from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import type { ModelPredictor } from '../../src/runtime/predictor.ts'
import { loadModel } from '../../src/runtime/load-model.ts'
import { temporaryModelsDir } from '../helpers/artifacts.ts'
import { liveAndDie } from '../helpers/lifecycles.ts'
import { createRegistry } from '../helpers/registries.ts'
import { tinyFiles } from '../helpers/tiny-models.ts'

const files = tinyFiles('1.0.0', { offset: 1000 })

async function live(backend: 'wasm' | 'cpu', turn: number): Promise<ModelPredictor> {
  const model = await loadModel(files, { backend })
  expect((await model.predict([turn, 0])).value).toBe(turn + 1000)
  return model
}

it.each([
  ['wasm', 700],
  ['cpu', 300],
] as const)(
  'load, predict and unload leave neither tensors nor memory behind: %s, %d times',
  async (backend, lives) => {
    const report = await liveAndDie(async (turn) => (await live(backend, turn)).close(), { lives, plateauAfter: 100 })
    expect(report.faults).toEqual([])
  },
  60_000,
)

it('a registry that swaps a model a hundred times leaves neither behind', async () => {
  const dir = temporaryModelsDir()
  for (const version of ['1.0.0', '2.0.0']) dir.addVersion('tiny', version, tinyFiles(version))
  const registry = createRegistry(dir, { backend: 'wasm' })
  const predictor = await registry.getModelPredictor('tiny')
  const report = await liveAndDie(
    async (turn) => {
      await registry.activate('tiny', turn % 2 === 0 ? '1.0.0' : '2.0.0')
      await predictor.predict([turn, 0])
    },
    { lives: 120, plateauAfter: 20 },
  )
  expect(report.faults).toEqual([])
}, 60_000)

it('the same check catches a model that is not closed', async () => {
  const kept: ModelPredictor[] = []
  const leak = async (turn: number): Promise<void> => void kept.push(await live('wasm', turn))
  const report = await liveAndDie(leak, { lives: 20, plateauAfter: 10 })
  for (const model of kept) await model.close()
  expect(report.faults).toEqual([expect.stringMatching(/^\d+ tensors more$/)])
  expect(report.tensorGrowth).toBeGreaterThanOrEqual(10)
}, 60_000)

it('the same check catches a tensor that is kept a life, and memory that is', async () => {
  const tensors: tf.Tensor[] = []
  const chunks: Uint8Array[] = []
  const leak = async (turn: number): Promise<void> => {
    await (await live('cpu', turn)).close()
    if (turn % 2 === 0) tensors.push(tf.tensor1d([turn]))
    chunks.push(new Uint8Array(8 * 2 ** 20).fill(1))
  }
  const report = await liveAndDie(leak, { lives: 40, plateauAfter: 10 })
  tf.dispose(tensors)
  chunks.length = 0
  expect(report.faults).toEqual(['15 tensors more', expect.stringMatching(/MiB more$/)])
}, 60_000)
