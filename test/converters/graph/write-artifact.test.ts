// The files of an artifact: the same bytes for the same input, small, and cut into shards that TensorFlow.js joins.
import { expect, test } from 'vitest'
import { decodeWeights } from '../../../src/artifact/decode-tensor.ts'
import { readArtifact } from '../../../src/artifact/read-artifact.ts'
import { interpret } from '../../../src/regions/interpret.ts'
import { restoreRegions } from '../../../src/regions/store.ts'
import { artifactFiles, createRandom, randomChain, randomEnsemble, randomRows } from '../../helpers/random-regions.ts'

test('gives the same bytes for the same input', () => {
  const make = () => artifactFiles(randomEnsemble(createRandom(1), { trees: 20, depth: 5, features: 6 }))
  expect(make()).toEqual(make())
})

test('keeps 100 trees of depth 3 within 25 kilobytes, 4 check rows included', () => {
  const random = createRandom(2)
  const graph = randomEnsemble(random, { trees: 100, depth: 3, features: 20, leafChance: 0.02, flipPoints: 15 })
  const files = artifactFiles(graph, { checkRows: randomRows(random, graph, 4) })
  const total = Object.values(files).reduce((sum, { length }) => sum + length, 0)
  expect(total).toBeLessThanOrEqual(25_000)
})

test('cuts weights every 4 MiB, wherever that falls, and reads them back', () => {
  const graph = randomChain(createRandom(3), [900, 900, 400, 2], 'relu')
  const float32 = { choose: () => ({ encoding: 'float32' }) as const, denseScale: 'none' } as const
  const files = artifactFiles(graph, float32)
  const names = Object.keys(files).filter((name) => name !== 'model.json')
  expect(names).toEqual(['group1-shard1of2.bin', 'group1-shard2of2.bin'])
  expect(files[names[0]].length).toBe(4 * 2 ** 20)
  const artifact = readArtifact(files)
  const restored = restoreRegions(artifact.metadata.regions, decodeWeights(artifact))
  const [row] = randomRows(createRandom(4), graph, 1)
  interpret(restored, row).forEach((value, k) => expect(value).toBeCloseTo(interpret(graph, row)[k], 4))
})

test('puts our metadata under its own key and leaves those of TensorFlow.js alone', () => {
  const files = artifactFiles(randomChain(createRandom(5), [2, 1], 'identity'))
  const json = JSON.parse(new TextDecoder().decode(files['model.json'])) as { userDefinedMetadata: object }
  expect(Object.keys(json.userDefinedMetadata)).toEqual(['tfjs-serving'])
})
