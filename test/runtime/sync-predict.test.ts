// Synchronous calls answer what predict answers, or say why they cannot.
import { expect, test } from 'vitest'
import { loadModel } from '../../src/runtime/load-model.ts'
import { artifactFiles, heldOut } from '../helpers/artifacts.ts'

const { rows } = heldOut('telco_churn')

test('answers one row as predict does', async () => {
  await using model = await loadModel(await artifactFiles('telco_churn'), { caching: false })
  await using graph = await loadModel(await artifactFiles('telco_churn'), { backend: 'wasm', caching: false })
  for (const row of rows.slice(0, 50)) {
    const now = model.predictSync(row)
    expect(now).toEqual(await model.predict(row))
    const { label, probabilities } = await graph.predict(row)
    expect(now.label).toBe(label)
    expect((now.probabilities as number[])[1]).toBeCloseTo((probabilities as number[])[1], 5)
  }
})

test('says why a model on a graph cannot answer synchronously', async () => {
  await using model = await loadModel(await artifactFiles('telco_churn'), { backend: 'wasm' })
  const failure = expect.objectContaining({
    code: 'NOT_SYNCHRONOUS',
    message: expect.stringMatching(/telco_churn cannot answer synchronously: it was asked for on wasm/) as string,
  }) as Error
  expect(() => model.predictSync(rows[0])).toThrow(failure)
  expect(() => model.runSync(new Float64Array(19), 1)).toThrow(failure)
})
