// How much of a batch runs at once, what that takes, and what no device could hold.
import { expect, test } from 'vitest'
import type { Artifact } from '../../../src/artifact/artifact.ts'
import { type DeviceLimits, planGraph } from '../../../src/backend/graph/graph-plan.ts'
import { artifactOf, createRandom, randomChain, randomEnsemble } from '../../helpers/random-regions.ts'

/** Five features, a hidden layer of 32 with tanh, two outputs; its largest tensor of a row has 32 numbers. */
const chain = artifactOf(randomChain(createRandom(1), [5, 32, 2], 'tanh'))
/** Features; sum and tanh; sum, raw and what stock users read instead. */
const elementsPerRow = 5 + 2 * 32 + 3 * 2

const source = randomChain(createRandom(3), [3, 1], 'identity')
/** No weights: the input is the output. */
const columns = artifactOf({ ...source, output: [0, 1, 2].map((column) => ({ region: 2, column })) })
const trees = artifactOf(randomEnsemble(createRandom(2), { trees: 4, depth: 3, features: 3 }))

test('runs as many rows at once as keep a run within 64 MiB', () => {
  const { rowsPerRun, outputWidth, input } = planGraph(chain)
  expect(rowsPerRun).toBe(Math.floor(2 ** 24 / elementsPerRow))
  expect([input.name, outputWidth]).toEqual(['features', 2])
})

const limits: readonly (readonly [number, number])[] = [
  [1000 * 32 * 4, 1000],
  [1000 * 32 * 4 + 127, 1000],
  [1000 * 32 * 4 - 1, 999],
]

test.each(limits)('keeps the largest tensor of a run within %i bytes: %i rows', (maxTensorBytes, rows) => {
  expect(planGraph(chain, { maxTensorBytes }).rowsPerRun).toBe(rows)
})

test('counts weights, constants made of them, and one full run', () => {
  const [all, few] = [{}, { maxTensorBytes: 1024 }].map((limit) => planGraph(chain, limit))
  const perRow = 4 * elementsPerRow
  expect(few.rowsPerRun).toBe(8)
  expect(all.byteLength - few.byteLength).toBe(perRow * (all.rowsPerRun - few.rowsPerRun))
  const weightBytes = 4 * (5 * 32 + 32 + 32 * 2 + 2)
  expect(few.byteLength).toBeGreaterThanOrEqual(weightBytes + 8 * perRow)
})

test('gives the copies of parameters the bytes of their source', () => {
  const { specs, weightData } = planGraph(trees)
  const copies = specs.filter(({ name }) => name.endsWith('/parameter'))
  expect(copies.length).toBeGreaterThan(2)
  expect(weightData).toHaveLength(1 + copies.length)
  expect(weightData[0]).toBe(trees.weightData)
})

const refused: readonly (readonly [string, Artifact, DeviceLimits, object])[] = [
  [
    'a constant that is over the limit',
    chain,
    { maxTensorBytes: 200 },
    { code: 'OUT_OF_MEMORY', details: expect.objectContaining({ byteLength: 640, maxTensorBytes: 200 }) as object },
  ],
  [
    'a row that is over the limit',
    columns,
    { maxTensorBytes: 8 },
    { code: 'OUT_OF_MEMORY', details: { tensor: 'features', byteLength: 12, maxTensorBytes: 8 } },
  ],
  [
    'a graph of two inputs',
    { ...chain, metadata: { ...chain.metadata, inputs: [...chain.metadata.inputs, ...chain.metadata.inputs] } },
    {},
    { code: 'UNSUPPORTED' },
  ],
  [
    'an output of another width than the metadata says',
    { ...chain, metadata: { ...chain.metadata, rawWidth: 3 } },
    {},
    { code: 'VALIDATION_FAILED', message: expect.stringContaining('[1, 2]') as string },
  ],
]

test.each(refused)('refuses %s', (_, artifact, limit, error) => {
  expect(() => planGraph(artifact, limit)).toThrow(expect.objectContaining(error))
})
