// Whole artifacts read back, and each way in which files can be wrong.
import { beforeAll, expect, test } from 'vitest'
import { decodeWeights } from '../../src/artifact/decode-tensor.ts'
import { readArtifact } from '../../src/artifact/read-artifact.ts'
import { sha256Hex } from '../../src/artifact/sha256.ts'
import { interpret } from '../../src/regions/interpret.ts'
import { artifactFiles, createRandom, randomEnsemble, randomRows, storedGraph } from '../helpers/random-regions.ts'

type Files = Record<string, Uint8Array>

const shard = 'group1-shard1of1.bin'
const graph = randomEnsemble(createRandom(3), { trees: 5, depth: 3, features: 4 })
const checkRows = randomRows(createRandom(4), graph, 3)
let files: Files

beforeAll(() => {
  files = artifactFiles(graph, { checkRows })
})

/** The files with model.json changed. */
function withJson(change: (json: JsonObject) => void): Files {
  const json = JSON.parse(new TextDecoder().decode(files['model.json'])) as JsonObject
  change(json)
  return { ...files, 'model.json': new TextEncoder().encode(JSON.stringify(json)) }
}

type JsonObject = { [key: string]: unknown } & {
  userDefinedMetadata: Record<string, Record<string, never>>
  weightsManifest: { paths: string[]; weights: Record<string, unknown>[] }[]
}
const ours = (json: JsonObject) => json.userDefinedMetadata['tfjs-serving'] as Record<string, unknown>

test('freezes the metadata, which predictors hand out and share', () => {
  const { metadata } = readArtifact(files)
  expect(Object.isFrozen(metadata.schema.features[0])).toBe(true)
  expect(() => Object.assign(metadata.schema.features[0], { name: 'other' })).toThrow(TypeError)
})

test('reads what was written: metadata, tensors and regions', () => {
  const artifact = readArtifact(files)
  expect(artifact.metadata.name).toBe('synthetic')
  expect(artifact.sha256).toBe(sha256Hex(files['model.json']))
  expect(artifact.weightData.byteLength).toBe(files[shard].length)
  expect(decodeWeights(artifact).size).toBe(artifact.modelJson.weightsManifest[0].weights.length)
  const restored = storedGraph(artifact)
  artifact.metadata.check.quantized.forEach((answer, i) =>
    expect([...interpret(restored, checkRows[i])]).toEqual(answer),
  )
})

test('takes files that are views into a larger buffer', () => {
  const large = new Uint8Array(files[shard].length + 7)
  large.set(files[shard], 3)
  const view = large.subarray(3, 3 + files[shard].length)
  expect(readArtifact({ ...files, [shard]: view }).weightData).toEqual(readArtifact(files).weightData)
})

test('asks the given hash for every file', () => {
  const lengths: number[] = []
  const hash = (bytes: Uint8Array) => {
    lengths.push(bytes.length)
    return sha256Hex(bytes)
  }
  readArtifact(files, { hash })
  expect(lengths).toEqual([files[shard].length, files['model.json'].length])
})

const wrongFiles: readonly (readonly [string, string, () => Files])[] = [
  ['no files', 'MODEL_LOAD_FAILED', () => ({})],
  ['no model.json', 'MODEL_LOAD_FAILED', () => ({ [shard]: files[shard] })],
  ['a cut model.json', 'MODEL_LOAD_FAILED', () => ({ ...files, 'model.json': files['model.json'].slice(0, -9) })],
  ['bytes that are no UTF-8', 'MODEL_LOAD_FAILED', () => ({ ...files, 'model.json': Uint8Array.of(0xff, 0xfe) })],
  ['no weight file', 'MODEL_LOAD_FAILED', () => ({ 'model.json': files['model.json'] })],
  ['a cut weight file', 'MODEL_LOAD_FAILED', () => ({ ...files, [shard]: files[shard].slice(1) })],
  [
    'a changed byte',
    'CHECKSUM_MISMATCH',
    () => ({ ...files, [shard]: files[shard].map((byte, i) => (i === 7 ? byte ^ 1 : byte)) }),
  ],
  ['a newer artifact', 'VERSION_INCOMPATIBLE', () => withJson((json) => (ours(json)['schemaVersion'] = 99))],
  ['a foreign model', 'VALIDATION_FAILED', () => withJson((json) => (json.userDefinedMetadata = {}))],
  ['a layers model', 'VALIDATION_FAILED', () => withJson((json) => (json['format'] = 'layers-model'))],
  ['no name', 'VALIDATION_FAILED', () => withJson((json) => delete ours(json)['name'])],
  ['check rows of another width', 'VALIDATION_FAILED', () => withJson((json) => setRows(json, [[1]]))],
  [
    'a head that reads columns of the next row',
    'VALIDATION_FAILED',
    () =>
      withJson((json) => {
        const range = { start: 0, width: 1000 }
        ours(json)['head'] = { kind: 'labels', targets: [{ classes: ['a'], label: range }] }
      }),
  ],
  ['a path out of the folder', 'VALIDATION_FAILED', () => withJson((json) => rename(json, '../secret.bin'))],
  ['an absolute path', 'VALIDATION_FAILED', () => withJson((json) => rename(json, '/etc/passwd'))],
  ['an address', 'VALIDATION_FAILED', () => withJson((json) => rename(json, 'https://host/x.bin'))],
  ['a name from Object', 'MODEL_LOAD_FAILED', () => withJson((json) => rename(json, '__proto__'))],
  ['a weight beyond the file', 'VALIDATION_FAILED', () => withJson((json) => setShape(json, [4000]))],
  ['a weight of a googol', 'VALIDATION_FAILED', () => withJson((json) => setShape(json, [2 ** 30, 2 ** 30]))],
  ['a weight of negative size', 'VALIDATION_FAILED', () => withJson((json) => setShape(json, [-1]))],
  ['a weight twice', 'VALIDATION_FAILED', () => withJson((json) => weights(json).push(weights(json)[0]))],
  ['a string tensor', 'VALIDATION_FAILED', () => withJson((json) => (weights(json)[0]['dtype'] = 'string'))],
]

const weights = (json: JsonObject) => json.weightsManifest[0].weights
const setShape = (json: JsonObject, shape: number[]) => (weights(json)[0]['shape'] = shape)
function setRows(json: JsonObject, rows: number[][]): void {
  ;(ours(json)['check'] as Record<string, unknown>)['rows'] = rows
}
function rename(json: JsonObject, path: string): void {
  json.weightsManifest[0].paths[0] = path
  ;(ours(json)['shards'] as { path: string }[])[0].path = path
}

test.each(wrongFiles)('refuses %s with %s', (_, code, make) => {
  expect(() => readArtifact(make())).toThrow(expect.objectContaining({ code }))
})

test('says where the metadata is wrong', () => {
  const wrong = withJson((json) => ((ours(json)['head'] as Record<string, unknown>)['targetCount'] = 'two'))
  expect(() => readArtifact(wrong)).toThrow(/head\.targetCount/)
})
