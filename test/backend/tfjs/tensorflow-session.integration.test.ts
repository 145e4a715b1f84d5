// One call of TensorFlow a batch against the same graph operation by operation, for every stored model, with the real add-on.
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { convertModel } from '../../../converters/index.ts'
import type { Artifact } from '../../../src/artifact/artifact.ts'
import { decodeWeights } from '../../../src/artifact/decode-tensor.ts'
import { readArtifact } from '../../../src/artifact/read-artifact.ts'
import { sha256Hex } from '../../../src/artifact/sha256.ts'
import { createProbe } from '../../../src/backend/choice/probe.ts'
import { selfCheck } from '../../../src/backend/choice/self-check.ts'
import type { Backend } from '../../../src/backend/port.ts'
import { addonTraits, createNativeBackend, libraryText } from '../../../src/backend/tfjs/native.ts'
import { saveSavedModel } from '../../../src/backend/tfjs/saved-model-file.ts'
import { findSessionForm } from '../../../src/backend/tfjs/session-form.ts'
import { loadTensorflowAddon, type TensorflowAddon } from '../../../src/backend/tfjs/tensorflow-addon.ts'
import { createTfjsBackend } from '../../../src/backend/tfjs/tfjs-backend.ts'
import type { StartedEngine } from '../../../src/backend/tfjs/tfjs-engine.ts'
import { restoreRegions } from '../../../src/regions/store.ts'
import { createEncoder } from '../../../src/rows/encode.ts'
import { artifactFiles } from '../../helpers/artifacts.ts'
import { useNativeCache } from '../../helpers/native-cache.ts'
import { artifactOf, createRandom, randomChain, randomEnsemble } from '../../helpers/random-regions.ts'

// as in a host process; read once, when the library starts
Object.assign(process.env, {
  TF_CPP_MIN_LOG_LEVEL: '2',
  TF_NUM_INTRAOP_THREADS: '1',
  TF_NUM_INTEROP_THREADS: '-1',
  TF_ENABLE_ONEDNN_OPTS: '0',
})

const reason = await useNativeCache()
beforeEach(({ skip }) => skip(reason !== undefined, reason))

/** With a clock that stands still both forms take as long, and which of them serves does not hang on the machine. */
const oneCall = 'one call of TensorFlow a batch, 1.0 times as fast as operation by operation'

/** The cache of one test: the install of all tests, and models of its own. */
const shared = process.env['TFJS_SERVING_CACHE'] ?? ''
let cache: string
let native: Backend
/** Its sessions have the operations that one on a card has. */
let single: Backend
let eager: Backend
let addon: TensorflowAddon

function backendWith(findForm?: StartedEngine['findForm']): Backend {
  return createTfjsBackend({
    name: 'native',
    description: 'the real add-on',
    registeredName: 'tensorflow',
    reading: 'sync',
    async register(tf) {
      addon = await loadTensorflowAddon(tf, ['cpu'])
    },
    describe: (tf) => ({
      ...addonTraits(tf, addon),
      findForm,
      facts: { library: libraryText(addon), device: { kind: 'cpu', name: 'the CPU' } },
      memoryBudgetBytes: 2 ** 33,
    }),
  })
}

beforeAll(async () => {
  cache = mkdtempSync(join(tmpdir(), 'tfjs-serving-sessions-'))
  if (reason !== undefined) return
  symlinkSync(join(shared, 'native'), join(cache, 'native'))
  process.env['TFJS_SERVING_CACHE'] = cache
  const ports = { save: saveSavedModel, now: () => 0 } as const
  const session = (operations: 'fused' | 'single') =>
    backendWith((form) => findSessionForm(form, { ...ports, binding: addon.sessions, operations }))
  native = session('fused')
  single = session('single')
  eager = backendWith()
  await native.open()
  await eager.open()
})
afterEach(async () => {
  if (reason === undefined) expect(await native.tensorCount()).toBe(0)
})
afterAll(() => {
  process.env['TFJS_SERVING_CACHE'] = shared
  rmSync(cache, { recursive: true, force: true })
})

const models = () => join(cache, 'saved-models')

function checkedOf(artifact: Artifact) {
  const graph = restoreRegions(artifact.metadata.regions, decodeWeights(artifact))
  return createProbe({ artifact, graph, encoder: createEncoder(graph, artifact.metadata.inputs) })
}

/** Both answer the check rows as the oracle does, and each other within what rounding explains of both. */
async function expectAlike(artifact: Artifact, backend = native): Promise<void> {
  const probe = checkedOf(artifact)
  const model = await backend.load(artifact)
  const known = await eager.load(artifact)
  try {
    expect(model.form).toBe(oneCall)
    expect(known.form).toBeUndefined()
    const { worst } = await selfCheck(model, probe)
    expect(worst).toBeUndefined()
    const batch = probe.batch(model, 33, (i) => i % probe.rowCount)
    const answers: Float32Array[] = []
    for (const one of [model, known]) {
      batch.raw.values.fill(-77)
      await one.run(batch.inputs, 33, [batch.raw])
      answers.push(batch.raw.values.slice())
    }
    const differences = answers[0].map((value, i) =>
      Object.is(value, answers[1][i]) ? 0 : Math.abs(value - answers[1][i]),
    )
    differences.forEach((difference, i) => {
      const row = Math.floor(i / probe.rawWidth) % probe.rowCount
      if (difference !== 0 && !(difference <= 2 * probe.bounds[row][i % probe.rawWidth]))
        throw new RangeError(`row ${row}: ${answers[0][i]} in one call, ${answers[1][i]} operation by operation`)
    })
  } finally {
    model.dispose()
    known.dispose()
  }
}

describe('answers in one call as operation by operation', () => {
  const read = (files: Readonly<Record<string, Uint8Array>>) => readArtifact(files, { hash: sha256Hex })
  test.each(['telco_churn', 'credit_risk'] as const)('%s', async (name) => {
    await expectAlike(read(await artifactFiles(name)))
  })

  const root = new URL('../../golden/sklearn/1.9/', import.meta.url)
  const names = readdirSync(root).filter((name) => existsSync(new URL(`${name}/model.joblib`, root)))
  const refused =
    /^gradient_boosting_(classifier_init_logistic|classifier_init_logistic_multiclass|regressor_init_linear)$/
  test.each(names.filter((name) => !refused.test(name)))('%s', async (name) => {
    const bytes = new Uint8Array(readFileSync(new URL(`${name}/model.joblib`, root)))
    const { files } = await convertModel({ 'model.joblib': bytes }, { quantize: 'uint8' })
    await expectAlike(read(files))
  })
})

const chain = artifactOf(randomChain(createRandom(5), [6, 8, 2], 'relu'))
const trees = artifactOf(randomEnsemble(createRandom(6), { trees: 7, depth: 11, features: 5, leafChance: 0.25 }))

test.each(['chain', 'trees'] as const)('answers in one call of single operations: %s', async (name) => {
  await expectAlike(name === 'chain' ? chain : trees, single)
})

/** Files of the SavedModels that are there now. */
function savedFiles(): string[] {
  return readdirSync(models()).map((name) => join(models(), name, 'saved_model.pb'))
}

test('keeps one file a model, and makes one that is damaged anew', async () => {
  rmSync(models(), { recursive: true, force: true })
  ;(await native.load(chain)).dispose()
  const [file, ...others] = savedFiles()
  expect(others).toEqual([])
  const whole = readFileSync(file)
  const { mtimeMs } = statSync(file)
  ;(await native.load(chain)).dispose()
  expect(statSync(file).mtimeMs).toBe(mtimeMs)
  writeFileSync(file, whole.subarray(0, whole.length / 2))
  const model = await native.load(chain)
  expect(model.form).toBe(oneCall)
  model.dispose()
  expect(readFileSync(file).equals(whole)).toBe(true)
})

test('loads without a cache that it can write', async () => {
  const file = join(cache, 'file')
  writeFileSync(file, '')
  process.env['TFJS_SERVING_CACHE'] = join(file, 'cache')
  try {
    const model = await native.load(chain)
    expect(model.form).toBe(oneCall)
    model.dispose()
  } finally {
    process.env['TFJS_SERVING_CACHE'] = cache
  }
})

test('runs operation by operation where nothing can be written, and says why', async () => {
  const file = join(cache, 'file')
  writeFileSync(file, '')
  const before = process.env['TMPDIR']
  Object.assign(process.env, { TFJS_SERVING_CACHE: join(file, 'cache'), TMPDIR: join(file, 'tmp') })
  try {
    const model = await native.load(chain)
    expect(model.form).toMatch(/^operation by operation: no session: ENOTDIR/)
    const { worst } = await selfCheck(model, checkedOf(chain))
    expect(worst).toBeUndefined()
    model.dispose()
  } finally {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
    process.env['TFJS_SERVING_CACHE'] = cache
  }
})

test('loads models at once, the same one and another, and disposes of each by itself', async () => {
  rmSync(models(), { recursive: true, force: true })
  const loaded = await Promise.all([chain, trees, chain].map((artifact) => native.load(artifact)))
  expect(addon.sessions?.getNumOfSavedModels()).toBe(3)
  expect(savedFiles()).toHaveLength(2)
  const probes = [chain, trees, chain].map(checkedOf)
  for (const [i, model] of loaded.entries()) {
    expect((await selfCheck(model, probes[i])).worst).toBeUndefined()
    model.dispose()
    model.dispose()
    expect(addon.sessions?.getNumOfSavedModels()).toBe(2 - i)
  }
})

test('holds nothing but its session, however often it runs', async () => {
  const model = await native.load(trees)
  const probe = checkedOf(trees)
  for (let run = 0; run < 50; run++) {
    const { inputs, raw } = probe.batch(model, 9, (i) => i % probe.rowCount)
    await model.run(inputs, 9, [raw])
  }
  expect(await native.tensorCount()).toBe(1)
  model.dispose()
})

test('says of a model of the native backend how it is computed', async () => {
  const model = await createNativeBackend().load(trees)
  expect(model.form).toMatch(/^(one call of TensorFlow a batch, |operation by operation: a session is slower, )\d/)
  model.dispose()
})
