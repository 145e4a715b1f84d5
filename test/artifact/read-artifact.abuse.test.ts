// Mutated artifacts end in an MLError or in regions that can be run, never in a crash or a hang.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeWeights } from '../../src/artifact/decode-tensor.ts'
import { readArtifact } from '../../src/artifact/read-artifact.ts'
import { isMLError } from '../../src/errors.ts'
import { readGraphNodes } from '../../src/backend/graph/graph-nodes.ts'
import { inferShapes } from '../../src/backend/graph/graph-shapes.ts'
import { interpret } from '../../src/regions/interpret.ts'
import { restoreRegions } from '../../src/regions/store.ts'
import { verifyRegions } from '../../src/regions/verify.ts'
import { artifactFiles, createRandom, randomChain, randomEnsemble } from '../helpers/random-regions.ts'

const sources = [
  artifactFiles(randomEnsemble(createRandom(1), { trees: 3, depth: 2, features: 3 })),
  artifactFiles(randomEnsemble(createRandom(2), { trees: 2, depth: 9, features: 3, outputWidth: 2 })),
  artifactFiles(randomChain(createRandom(3), [3, 4, 2], 'tanh')),
  // so wide that like features and check rows are written in short
  artifactFiles(randomChain(createRandom(4), [300, 2], 'identity'), {
    checkRows: [new Float64Array(300).fill(1, 290)],
  }),
]

/** Everything that a loader does with bytes it does not trust, short of running them. */
function useArtifact(files: Record<string, Uint8Array>): void {
  // The hash is what it should be, so that mutations reach the code behind it.
  const artifact = readArtifact(files, { hash: () => hashOf(files) })
  const weights = decodeWeights(artifact)
  const graph = restoreRegions(artifact.metadata.regions, weights)
  verifyRegions(graph)
  const input = graph.regions[0]
  interpret(graph, new Float64Array(input.kind === 'input' ? input.width : 0))
  const specs = new Map(artifact.modelJson.weightsManifest[0].weights.map((spec) => [spec.name, spec]))
  const widths = new Map(artifact.metadata.inputs.map(({ name, width }) => [name, width]))
  inferShapes(readGraphNodes(artifact.modelJson.modelTopology), { specs, values: weights }, widths)
}

function hashOf(files: Record<string, Uint8Array>): string {
  return /"sha256":"([0-9a-f]{64})"/.exec(new TextDecoder().decode(files['model.json']))?.[1] ?? ''
}

function survives(files: Record<string, Uint8Array>): void {
  try {
    useArtifact(files)
  } catch (error) {
    if (!isMLError(error)) throw error
  }
}

test('starts from artifacts that are right', () => {
  for (const files of sources) useArtifact(files)
})

test('survives any changed bytes of weights', () => {
  fc.assert(
    fc.property(
      fc.nat(sources.length - 1),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      (source, changes) => {
        const files = sources[source]
        const bytes = files['group1-shard1of1.bin'].slice()
        for (const [at, value] of changes) bytes[at % bytes.length] = value
        survives({ ...files, 'group1-shard1of1.bin': bytes })
      },
    ),
    { numRuns: 400 },
  )
})

const replacements = [0, -1, 1.5, 1e9, 2 ** 53, null, true, '', 'NaN', 'x', [], {}, [[]], [0, 0, 1e9]]

test('survives any replaced value of model.json', () => {
  fc.assert(
    fc.property(fc.nat(sources.length - 1), fc.nat(), fc.constantFrom(...replacements), (source, at, value) => {
      const files = sources[source]
      const json: unknown = JSON.parse(new TextDecoder().decode(files['model.json']))
      const places = placesOf(json)
      const [holder, key] = places[at % places.length]
      holder[key] = value
      survives({ ...files, 'model.json': new TextEncoder().encode(JSON.stringify(json)) })
    }),
    { numRuns: 1500 },
  )
})

/** Every holder and key in a JSON value. */
function placesOf(json: unknown): [Record<string, unknown>, string][] {
  const places: [Record<string, unknown>, string][] = []
  const waiting = [json]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null) continue
    for (const [key, value] of Object.entries(next)) {
      places.push([next as Record<string, unknown>, key])
      if (value !== undefined) waiting.push(value)
    }
  }
  return places
}

test('refuses a list of a few bytes that asks for gigabytes', () => {
  const stored = { regions: [{ kind: 'input', width: 1 }], output: [0, 0, 2 ** 40] }
  expect(() => restoreRegions(stored, new Map())).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
})
