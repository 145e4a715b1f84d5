// A right model passes; a model that is off by one leaf, at any batch size, is named with its row and distance.
import { expect, test } from 'vitest'
import { createCpuBackend } from '../../../src/backend/tfjs/cpu.ts'
import type { BackendModel } from '../../../src/backend/port.ts'
import { selfCheck } from '../../../src/backend/choice/self-check.ts'
import { createEncoder } from '../../../src/rows/encode.ts'
import { artifactOf, createRandom, randomEnsemble, randomRows, storedGraph } from '../../helpers/random-regions.ts'

const random = createRandom(10)
const source = randomEnsemble(random, { trees: 30, depth: 3, features: 4 })
const artifact = artifactOf(source, { checkRows: randomRows(random, source, 6) })
const graph = storedGraph(artifact)
const checked = { artifact, graph, encoder: createEncoder(graph, artifact.metadata.inputs) }

/** A fake model that answers as the artifact says it should, changed by `change`. */
function modelOf(change: (value: number, row: number, rowCount: number) => number): [BackendModel, number[]] {
  const batches: number[] = []
  let alone = 0
  const run: BackendModel['run'] = (_inputs, rowCount, [raw]) => {
    batches.push(rowCount)
    for (let i = 0; i < rowCount; i++) {
      const row = rowCount === 1 ? alone++ : i
      raw.values[i] = change(artifact.metadata.check.quantized[row][0] ?? NaN, row, rowCount)
    }
  }
  return [{ mode: 'sync', run, dispose: () => undefined }, batches]
}

test('accepts a real backend', async () => {
  const model = await createCpuBackend().load(artifact)
  expect(await selfCheck(model, checked)).toMatchObject({ isRight: true, rowCount: 6 })
  model.dispose()
})

test('runs each row alone and then all at once', async () => {
  const [model, batches] = modelOf((value) => value)
  expect(await selfCheck(model, checked)).toMatchObject({
    isRight: true,
    worst: { difference: expect.any(Number) as number },
  })
  expect(batches).toEqual([1, 1, 1, 1, 1, 1, 6])
})

const faults: readonly (readonly [string, number, (value: number, row: number, rowCount: number) => number])[] = [
  ['one row off by a hundredth', 2, (value, row) => (row === 2 ? value + 0.01 : value)],
  ['one row off only in a batch', 4, (value, row, rowCount) => (row === 4 && rowCount > 1 ? value - 0.001 : value)],
  ['one row off only alone', 3, (value, row, rowCount) => (row === 3 && rowCount === 1 ? value - 0.001 : value)],
  ['one row that is NaN', 5, (value, row) => (row === 5 ? NaN : value)],
  ['one row that is infinite', 1, (value, row) => (row === 1 ? Infinity : value)],
]

test.each(faults)('finds %s', async (_, row, change) => {
  const [model] = modelOf(change)
  const found = await selfCheck(model, checked)
  expect(found).toMatchObject({ isRight: false, worst: { row, column: 0 } })
  expect(found.reason).toContain(`check row ${row}`)
})

test('accepts any model where there are no check rows, and says so', async () => {
  const bare = { ...checked, artifact: artifactOf(source) }
  const [model] = modelOf(() => NaN)
  expect(await selfCheck(model, bare)).toEqual({ isRight: true, rowCount: 0, reason: 'the artifact has no check rows' })
})
