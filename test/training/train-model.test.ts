// From data to a promoted version, by a trainer that is fitted by hand: what is written, judged, refused and undone.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { evaluateModel } from '../../src/training/evaluate-model.ts'
import { rebuildArtifact } from '../../src/training/rebuild-artifact.ts'
import { openModelStore } from '../../src/training/store/model-store.ts'
import { trainModel, type TrainOptions } from '../../src/training/train-model.ts'
import { MLServiceRegistry } from '../../src/runtime/registry.ts'
import { sampleFolder, sampleRules } from './sample-folder.ts'
import { sampleConfig, sampleCsv } from './sample-table.ts'
import { createSampleTrainer } from './sample-trainer.ts'

const clock = () => new Date('2026-03-01T12:00:00Z')
const train = (folder: string, options: TrainOptions = {}) =>
  trainModel(folder, { trainer: createSampleTrainer(), fallbacks: sampleRules, clock, report: false, ...options })
const text = (...path: string[]) => readFileSync(join(...path), 'utf8')

describe('a run that passes every gate', () => {
  test('registers the version as staging, with lineage, and leaves source, held-out rows, card and report', async () => {
    const folder = await sampleFolder()
    const { passed, state, record } = await train(folder, { report: true })
    expect({ passed, state }).toEqual({ passed: true, state: 'staging' })
    expect(readdirSync(folder).sort()).toEqual([
      'calibration.svg',
      'card.md',
      'data',
      'heldout.json',
      'history.jsonl',
      'report.html',
      'service.json',
      'source',
      'training.json',
      'versions',
    ])
    const [version] = await (await openModelStore(folder)).versions()
    expect(version.lineage).toMatchObject({
      dataSha256: record.data.sha256,
      codeCommit: null,
      parameters: sampleConfig.trainer.parameters,
      framework: 'by hand 1.0.0',
      seed: 7,
      trainedAt: '2026-03-01T12:00:00.000Z',
      metrics: { name: 'sample', version: '1.0.0' },
    })
    expect(version.lineage?.gates.map(({ name }) => name)).toEqual([
      'accuracy',
      'calibration',
      'quantization',
      'parity',
      'latency',
      'bytes',
      'production',
    ])
  })

  test('measures the artifact near the best that can be reached, and the rule, the commoner class and any one feature below', async () => {
    const { record } = await train(await sampleFolder())
    const { accuracy } = record.artifact.measures
    expect(accuracy.value).toBeGreaterThan((record.bestReachable?.accuracy ?? 1) - 0.04)
    expect(accuracy.value).toBe(record.source.measures.accuracy.value)
    expect(record.rule?.measures.measures.accuracy.value).toBeLessThan(accuracy.interval[0])
    expect(record.thresholds[0].accuracy).toBeLessThan(accuracy.interval[0])
    expect(record.majorityAccuracy).toBeLessThan(0.6)
    expect(record.folds).toHaveLength(5)
    expect(record.outOfFold.measures.accuracy.value).toBeCloseTo(accuracy.value, 1)
    expect(record.data.trainRowCount + record.data.heldOutRowCount).toBe(1500)
  })

  test('keeps what was measured, and the features’ units, in the artifact', async () => {
    const folder = await sampleFolder()
    const { record } = await train(folder)
    const { userDefinedMetadata } = JSON.parse(text(folder, 'versions', '1.0.0', 'model.json')) as {
      userDefinedMetadata: { 'tfjs-serving': Record<string, unknown> }
    }
    const metadata = userDefinedMetadata['tfjs-serving']
    expect(metadata).toMatchObject({
      name: 'sample',
      evaluation: { rowCount: record.artifact.rowCount, accuracy: record.artifact.measures.accuracy.value },
      training: { data: { origin: 'synthetic', rowCount: 1500, sha256: record.data.sha256 }, seed: 7 },
      schema: { features: [{ name: 'a', units: 'as', range: [-9, 9] }, { name: 'b' }, { name: 'c' }] },
    })
  })

  test('with promote serves at once from a folder of its own, and the model’s folder stays as it was', async () => {
    const folder = await sampleFolder()
    const out = join(folder, '..', 'out')
    const { state, outDir } = await train(folder, { out, promote: true })
    expect(state).toBe('production')
    expect(outDir).toBe(join(out, 'sample'))
    expect(readdirSync(folder).sort()).toEqual(['data', 'service.json', 'training.json'])
    const registry = new MLServiceRegistry({ modelsDir: out, fallbacks: sampleRules })
    await registry.initialize()
    try {
      const model = await registry.getModelPredictor('sample')
      expect(await model.predict({ a: 2, b: 2, c: -1 })).toMatchObject({ source: 'model', version: '1.0.0', label: 1 })
    } finally {
      await registry.close()
    }
  })

  test('again is the same: same bytes, same card, same history', async () => {
    const folder = await sampleFolder()
    await train(folder, { promote: true })
    const before = ['card.md', 'history.jsonl', 'calibration.svg', 'heldout.json', 'service.json'].map((file) =>
      text(folder, file),
    )
    const { state } = await train(folder, { promote: true })
    expect(state).toBe('production')
    expect(
      ['card.md', 'history.jsonl', 'calibration.svg', 'heldout.json', 'service.json'].map((file) => text(folder, file)),
    ).toEqual(before)
  })

  test('says how far it is, from 0 to 1', async () => {
    const fractions: number[] = []
    await train(await sampleFolder(), { onProgress: ({ fraction }) => fractions.push(fraction) })
    expect(fractions[0]).toBe(0)
    expect(fractions.at(-1)).toBe(1)
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b))
  })

  test('can be made again from its source, byte for byte', async () => {
    const folder = await sampleFolder()
    await train(folder)
    const { files } = await rebuildArtifact(folder)
    for (const [name, bytes] of Object.entries(files))
      expect(Buffer.compare(readFileSync(join(folder, 'versions', '1.0.0', name)), bytes)).toBe(0)
  })
})

describe('a missed gate', () => {
  const { gates } = sampleConfig
  test.each([
    ['accuracy', { accuracyFloor: 0.999 }],
    ['calibration', { maxCalibrationError: 0 }],
    ['latency', { latencyTargetMs: 1e-9 }],
    ['bytes', { maxBytes: 100 }],
  ] as const)('of %s leaves the version in development, and it is not promoted', async (name, change) => {
    const folder = await sampleFolder({ config: { gates: { ...gates, ...change } }, service: { accuracyFloor: 0.5 } })
    const { passed, state, record } = await train(folder, { promote: true })
    expect({ passed, state }).toEqual({ passed: false, state: 'development' })
    expect(record.gates.filter((gate) => !gate.passed).map((gate) => gate.name)).toEqual([name])
    expect(await (await openModelStore(folder)).production()).toBeUndefined()
  })

  test('of production: what is worse beyond noise stays in development, what is as good replaces it', async () => {
    const lenient = { ...gates, accuracyFloor: 0.5, maxCalibrationError: 1 }
    const folder = await sampleFolder({ config: { gates: lenient }, service: { accuracyFloor: 0.5 } })
    await train(folder, { promote: true })
    const kept = ['card.md', 'heldout.json', 'calibration.svg'].map((name) => text(folder, name))
    const worse = await train(folder, { version: '1.1.0', promote: true, trainer: createSampleTrainer({ ignored: 0 }) })
    expect(worse.state).toBe('development')
    expect(worse.record.gates.filter((gate) => !gate.passed).map((gate) => gate.name)).toEqual(['production'])
    expect(['card.md', 'heldout.json', 'calibration.svg'].map((name) => text(folder, name))).toEqual(kept)
    expect((await rebuildArtifact(folder, { version: '1.0.0' })).files['model.json']).toEqual(
      new Uint8Array(readFileSync(join(folder, 'versions', '1.0.0', 'model.json'))),
    )
    expect(worse.record.production?.interval[1]).toBeLessThan(0)
    const alike = await train(folder, { version: '1.2.0', promote: true, trainer: createSampleTrainer({ rounds: 50 }) })
    expect(alike).toMatchObject({ state: 'production', record: { production: { version: '1.0.0' } } })
  })
})

describe('a run that cannot go on', () => {
  const untouched = ['data', 'service.json', 'training.json']

  test.each([
    ['aborted before it trains', { signal: AbortSignal.abort(new Error('stop')) }, 'stop'],
    [
      'whose trainer fails',
      { trainer: { train: () => Promise.reject(new Error('no convergence')) } },
      'no convergence',
    ],
    [
      'whose golden answers are not the model’s',
      { trainer: createSampleTrainer({ goldenShift: -0.2 }) },
      'within the tolerance',
    ],
    ['whose rule nobody knows', { fallbacks: {} }, 'sample_rule'],
  ] as const)('%s writes nothing', async (_name, options, reason) => {
    const folder = await sampleFolder()
    await expect(train(folder, options)).rejects.toThrow(reason)
    expect(readdirSync(folder).sort()).toEqual(untouched)
  })

  test('aborted while it trains rejects with the reason', async () => {
    const folder = await sampleFolder()
    const abort = new AbortController()
    const trainer = createSampleTrainer({ onTrain: () => abort.abort(new Error('enough')) })
    await expect(train(folder, { trainer, signal: abort.signal })).rejects.toThrow('enough')
    expect(readdirSync(folder).sort()).toEqual(untouched)
  })

  test('on a feature that is the answer names it, and never starts the trainer', async () => {
    const leaking = sampleCsv()
      .trim()
      .split('\n')
      .map((line, i) =>
        i === 0
          ? line
          : line.replace(
              /^([^,]*),[^,]*,(.*)$/,
              (_, a: string, rest: string) => `${a},${Number(rest.split(',')[2]) + i / 1e5},${rest}`,
            ),
      )
      .join('\n')
    const folder = await sampleFolder({ csv: leaking })
    const trainer = createSampleTrainer({ onTrain: () => expect.unreachable() })
    await expect(train(folder, { trainer })).rejects.toThrow('feature b alone tells the classes apart')
  })

  test('on a service.json of other features says so', async () => {
    const folder = await sampleFolder()
    const service = JSON.parse(text(folder, 'service.json')) as { schema: { features: unknown[] } }
    service.schema.features.reverse()
    writeFileSync(join(folder, 'service.json'), JSON.stringify(service))
    await expect(train(folder)).rejects.toThrow('must have the features of training.json in their order')
  })

  test('on other bytes under a known version is refused, and what is there stays', async () => {
    const folder = await sampleFolder()
    await train(folder)
    const before = [text(folder, 'card.md'), text(folder, 'versions', '1.0.0', 'lineage.json')]
    await expect(train(folder, { trainer: createSampleTrainer({ rounds: 30 }) })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    })
    expect([text(folder, 'card.md'), text(folder, 'versions', '1.0.0', 'lineage.json')]).toEqual(before)
  })
})

test('a misspelt option is named, with the nearest that there is', async () => {
  const options = { promot: true } as TrainOptions
  await expect(trainModel('anywhere', options)).rejects.toThrow(
    'option promot: there is no such option; did you mean promote?',
  )
  await expect(evaluateModel('anywhere', { dat: '' } as { data?: string })).rejects.toThrow('did you mean data?')
})

describe('evaluate', () => {
  test('gives of the production version what training measured', async () => {
    const folder = await sampleFolder()
    const { record } = await train(folder, { promote: true })
    const result = await evaluateModel(folder, { fallbacks: sampleRules, report: join(folder, 'held-out.html') })
    expect(result).toMatchObject({ version: '1.0.0', passed: true, rule: { name: 'sample_rule' } })
    expect(result.measures).toEqual(record.artifact)
    expect(result.drift.map(({ feature }) => feature)).toEqual(['a', 'b', 'c'])
    for (const { p } of result.drift) expect(p).toBeGreaterThan(0.01)
    expect(text(folder, 'held-out.html')).toContain('<svg')
  })

  test('on another file finds the feature that has moved', async () => {
    const folder = await sampleFolder()
    await train(folder, { promote: true })
    const data = join(folder, 'other.csv')
    const moved = sampleCsv(600, 9).replace(/^(-?[\d.]+),/gm, (_, a: string) => `${Number(a) + 3},`)
    writeFileSync(data, moved)
    const { measures, passed, drift } = await evaluateModel(folder, { data, fallbacks: sampleRules })
    expect(measures.rowCount).toBe(600)
    expect(passed).toBe(false)
    const [a, b, c] = drift
    expect(a.psi).toBeGreaterThan(0.25)
    expect(a.p).toBeLessThan(1e-6)
    for (const { psi } of [b, c]) expect(psi).toBeLessThan(0.1)
  })

  test.each([
    [{}, 'has no production version'],
    [{ version: '1.0.1' }, 'did you mean 1.0.0?'],
    [{ version: 'prodution' }, 'there'],
  ])('%j: %s', async (options, reason) => {
    const folder = await sampleFolder()
    await train(folder)
    await expect(evaluateModel(folder, { ...options, fallbacks: sampleRules })).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining(reason) as string,
    })
  })
})
