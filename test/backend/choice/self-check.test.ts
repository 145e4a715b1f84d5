// A right model passes; a model that is off by one leaf, at any batch size, is named with its row, size and distance.
import { expect, test } from 'vitest'
import { createProbe } from '../../../src/backend/choice/probe.ts'
import { selfCheck } from '../../../src/backend/choice/self-check.ts'
import { createCpuBackend } from '../../../src/backend/tfjs/cpu.ts'
import type { BackendModel } from '../../../src/backend/port.ts'
import { artifactOf, createRandom, randomChain, randomEnsemble, randomRows } from '../../helpers/random-regions.ts'
import {
  type Answer,
  bareArtifact,
  artifact,
  checkedOf,
  createFake,
  createScriptedClock,
  probe,
} from './fake-backends.ts'

const check = async (answer: (value: number, at: Answer) => number) => {
  const { backend, batches } = createFake('wasm', { answer })
  return { found: await selfCheck(await backend.load(artifact), probe), batches }
}

test('accepts a real backend', async () => {
  const model = await createCpuBackend().load(artifact)
  expect(await selfCheck(model, probe)).toMatchObject({ isRight: true, rowCount: 6, batchSizes: [1, 7, 6, 512] })
  model.dispose()
})

test('runs each row alone, odd batches, all at once and a large batch', async () => {
  const { found, batches } = await check((value) => value)
  expect(batches).toEqual([1, 1, 1, 1, 1, 1, 7, 6, 512])
  expect(found).toEqual({
    isRight: true,
    rowCount: 6,
    batchSizes: [1, 7, 6, 512],
    wrongRowCount: 0,
    batchDifference: 0,
    reason: 'right on all 6 check rows in batches of 1, 7, 6 and 512, which answer exactly as each row alone',
  })
})

test('puts each row into each of four lanes of the large batch', async () => {
  const lanes = new Set<string>()
  await check((value, { row, i, rowCount }) => {
    if (rowCount === 512) lanes.add(`${row} ${i % 4}`)
    return value
  })
  expect(lanes.size).toBe(6 * 4)
})

const faults: readonly (readonly [string, number, number, string, (value: number, at: Answer) => number])[] = [
  ['one row off by a hundredth', 2, 1, '1, 7, 6 and 512', (value, { row }) => (row === 2 ? value + 0.01 : value)],
  [
    'one row off only alone',
    3,
    1,
    '1,',
    (value, { row, rowCount }) => value - (row === 3 && rowCount === 1 ? 1e-3 : 0),
  ],
  ['a fault of odd batches', 4, 7, '7,', (value, { i, rowCount }) => value + (rowCount % 2 && i === 4 ? 1e-3 : 0)],
  ['a fault of large batches', 5, 512, '512,', (value, { row, i }) => value + (i > 500 && row === 5 ? 1e-3 : 0)],
  ['a fault of one place', 2, 512, '512,', (value, { i }) => value + (i === 511 ? 1e-3 : 0)],
  ['one row that is NaN', 5, 1, '1, 7, 6 and 512', (value, { row }) => (row === 5 ? NaN : value)],
  ['one row that is infinite', 1, 1, '1, 7, 6 and 512', (value, { row }) => (row === 1 ? Infinity : value)],
]

test.each(faults)('finds %s, and says where', async (_, row, batchRows, sizes, answer) => {
  const { found } = await check(answer)
  expect(found).toMatchObject({ isRight: false, worst: { row, column: 0, batchRows } })
  expect(found.reason).toContain(`wrong on check row ${row} in a batch of ${batchRows}, output 0: got `)
  expect(found.reason).toContain(`wrong in batches of ${sizes}`)
})

test('names the sizes that are right beside those that are wrong', async () => {
  const { found } = await check((value, { row, rowCount }) => value + (row === 0 && rowCount === 7 ? 0.5 : 0))
  expect(found.reason).toMatch(
    /off by 0\.500 where rounding explains [\d.e-]+; 1 of 6 check rows is wrong; a row in a batch differs from the same row alone by up to 0\.50; wrong in batches of 7, right in batches of 1, 6 and 512$/,
  )
})

test('says how many rows are wrong of how many', async () => {
  const { found } = await check((value, { row }) => value + (row % 2 === 0 ? 0.5 : 0))
  expect(found).toMatchObject({ isRight: false, wrongRowCount: 3, batchDifference: 0 })
  expect(found.reason).toContain('; 3 of 6 check rows are wrong; ')
})

test('tells how far a batch is from its rows one by one, within what rounding explains', async () => {
  const tiny = probe.bounds[0][0] / 4
  const { found } = await check((value, { rowCount }) => value + (rowCount === 1 ? 0 : tiny))
  expect(found.isRight).toBe(true)
  expect(found.batchDifference).toBeGreaterThan(0)
  expect(found.batchDifference).toBeLessThanOrEqual(2 * probe.bounds[0][0])
  expect(found.reason).toMatch(/in batches of 1, 7, 6 and 512, which answer within [\d.e-]+ of each row alone$/)
})

test('finds a fault in an output that no rounding may move', async () => {
  const flat = randomChain(createRandom(3), [2, 1], 'identity')
  const chain = flat.regions[3]
  if (chain.kind !== 'dense-chain') throw new Error('not a chain')
  chain.layers[0].weights.fill(0)
  chain.layers[0].bias.fill(0)
  const zeros = artifactOf(flat, { checkRows: [Float64Array.of(1, 2), Float64Array.of(3, 4)] })
  const zeroProbe = createProbe(checkedOf(zeros))
  expect([...zeroProbe.bounds[1]]).toEqual([0])
  const model: BackendModel = {
    mode: 'sync',
    run: (_, rowCount, [raw]) => void raw.values.fill(0).fill(1e-9, rowCount - 1),
    dispose: () => undefined,
  }
  expect(await selfCheck(model, zeroProbe)).toMatchObject({ isRight: false, worst: { expected: 0, bound: 0 } })
})

test('makes the large batch smaller where a row is slow, and never smaller than two tiles and a row', async () => {
  const batchesAt = async (msPerRow: number) => {
    const clock = createScriptedClock()
    const { backend, batches } = createFake('cpu', { clock, runMs: (rowCount) => rowCount * msPerRow })
    expect(await selfCheck(await backend.load(artifact), probe, clock.now)).toMatchObject({ isRight: true })
    return batches.slice(7)
  }
  expect(await batchesAt(0.1)).toEqual([6, 512])
  expect(await batchesAt(1)).toEqual([6, 6, 200])
  expect(await batchesAt(50)).toEqual([6, 6, 13])
})

test('runs fewer rows alone where a run is slow, spread over all of them', async () => {
  const graph = randomEnsemble(createRandom(5), { trees: 3, depth: 2, features: 4 })
  const many = artifactOf(graph, { checkRows: randomRows(createRandom(6), graph, 40) })
  const manyProbe = createProbe(checkedOf(many))
  const aloneAt = async (runMs: number) => {
    const clock = createScriptedClock()
    const cpu = await createCpuBackend().load(many)
    let alone = 0
    const slow: BackendModel = {
      ...cpu,
      run(inputs, rowCount, outputs) {
        if (rowCount === 1) alone++
        clock.pass(runMs)
        return cpu.run(inputs, rowCount, outputs)
      },
    }
    expect(await selfCheck(slow, manyProbe, clock.now)).toMatchObject({ isRight: true, rowCount: 40 })
    cpu.dispose()
    return alone
  }
  expect(await aloneAt(1)).toBe(40)
  expect(await aloneAt(15)).toBe(14)
  expect(await aloneAt(500)).toBe(8)
})

test('does not take a first run that compiles for a slow one', async () => {
  const clock = createScriptedClock()
  const seen = new Set<number>()
  const runMs = (rowCount: number) => (seen.has(rowCount) ? 1 : (seen.add(rowCount), 500))
  const { backend, batches } = createFake('webgpu', { clock, runMs, mode: 'async' })
  await selfCheck(await backend.load(artifact), probe, clock.now)
  expect(batches.slice(7)).toEqual([6, 6, 512])
})

test('asks batches for what their rows give alone, where there are no check rows', async () => {
  const bare = createProbe(checkedOf(bareArtifact))
  const cpu = await createCpuBackend().load(bareArtifact)
  expect(await selfCheck(cpu, bare)).toEqual({
    isRight: true,
    rowCount: 5,
    wrongRowCount: 0,
    batchDifference: 0,
    batchSizes: [1, 7, 5, 512],
    reason: 'the artifact has no check rows; batches answer exactly as their rows alone',
  })
  cpu.dispose()
  const moody: BackendModel = {
    mode: 'sync',
    run: (_, rowCount, [raw]) => void raw.values.fill(rowCount === 512 ? 1 : 0),
    dispose: () => undefined,
  }
  const found = await selfCheck(moody, bare)
  expect(found).toMatchObject({ isRight: false, worst: { batchRows: 512, got: 1, expected: 0 } })
  expect(found.reason).toContain('wrong on row 0 in a batch of 512')
})
