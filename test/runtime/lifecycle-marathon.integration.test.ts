// Ten thousand lives of a model, in one process.
import { expect, it } from 'vitest'
import { loadModel } from '../../src/runtime/load-model.ts'
import { liveAndDie } from '../helpers/lifecycles.ts'
import { tinyFiles } from '../helpers/tiny-models.ts'

it('10,000 cycles of load, predict and unload leave neither tensors nor 100 MiB behind', async () => {
  const files = tinyFiles('1.0.0', { offset: 1000 })
  const report = await liveAndDie(
    async (turn) => {
      const model = await loadModel(files, { backend: 'wasm' })
      expect((await model.predict([turn, 0])).value).toBe(turn + 1000)
      await model.close()
    },
    { lives: 10_000, plateauAfter: 1_000 },
  )
  console.info(`10,000 lives: ${report.msPerLife.toFixed(2)} ms each, ${report.growthMiB} MiB over the plateau`)
  expect(report.faults).toEqual([])
}, 300_000)
