// Explanations as callers ask for them: by whatever serves, with the errors of predict, of models that sleep or are gone.
import { describe, expect, it } from 'vitest'
import type { Row } from '../../src/rows/prediction.ts'
import { loadModel } from '../../src/runtime/load-model.ts'
import { artifactFiles, heldOut, temporaryModelsDir } from '../helpers/artifacts.ts'
import { createHandDrivenModel } from '../helpers/hand-driven-model.ts'
import {
  artifactFiles as madeFiles,
  createRandom,
  randomChain,
  randomEnsemble,
  randomRows,
} from '../helpers/random-regions.ts'
import { createRegistry, telcoDir } from '../helpers/registries.ts'
import { tinyFiles } from '../helpers/tiny-models.ts'

const { rows } = heldOut('telco_churn')

describe('explain', () => {
  it('tells why, in the order of the schema, and adds up to the score that predict gives', async () => {
    const model = await loadModel(await artifactFiles('telco_churn'), { caching: false })
    for (const row of rows.slice(0, 20)) {
      const { scores } = await model.predict(row)
      const { contributions, base, margin, ...rest } = await model.explain(row)
      expect(rest).toEqual({ model: 'telco_churn', version: '1.0.0', method: 'tree-shap', output: 0 })
      expect(contributions.map(({ feature }) => feature)).toEqual(model.schema?.features.map(({ name }) => name))
      expect(contributions.reduce((sum, { contribution }) => sum + contribution, base)).toBeCloseTo(margin, 12)
      expect(Math.abs(margin - (scores?.[0] ?? NaN))).toBeLessThan(1e-5)
    }
    await model.close()
  })

  it('is the same whatever backend serves', async () => {
    const files = await artifactFiles('telco_churn')
    const [kernel, cpu] = await Promise.all([
      loadModel(files, { backend: 'kernel', caching: false }),
      loadModel(files, { backend: 'cpu', caching: false }),
    ])
    expect(await cpu.explain(rows[0])).toEqual(await kernel.explain(rows[0]))
    await Promise.all([kernel.close(), cpu.close()])
  })

  it('runs nothing, caches nothing and counts no answer', async () => {
    const { predictor, calls } = await createHandDrivenModel()
    await predictor.explain(rows[0])
    await predictor.explain(rows[0])
    expect(calls).toEqual([])
    expect(predictor.getHealth().stats).toMatchObject({ requests: 0, batches: 0 })
  })

  it('answers many at once as one by one', async () => {
    // a forest that takes several turns of the event loop
    const forest = randomEnsemble(createRandom(3), { trees: 60, depth: 9, features: 12 })
    const model = await loadModel(madeFiles(forest), { caching: false })
    const few = randomRows(createRandom(4), forest, 6)
    const together = await Promise.all(few.map((row) => model.explain(row)))
    for (let i = 0; i < few.length; i++) expect(await model.explain(few[i])).toEqual(together[i])
    await model.close()
  })

  it('refuses a row as predict refuses it', async () => {
    const model = await loadModel(await artifactFiles('telco_churn'), { caching: false })
    const bad: unknown[] = [{ ...rows[0], total_day_minutes: 'many' }, {}, null, 'row', new Map(), [1, 2]]
    for (const row of bad) {
      const predicted: unknown = await model.predict(row as Row).catch((error: unknown) => error)
      await expect(model.explain(row as Row)).rejects.toMatchObject({
        code: 'INPUT_INVALID',
        message: (predicted as Error).message,
      })
    }
    const extra = { ...rows[0], colour: 'red' }
    await expect(model.explain(extra, { strict: true })).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    expect(await model.explain(extra)).toEqual(await model.explain(rows[0]))
    await model.close()
  })

  it('refuses options that cannot be, and a reference that is no row', async () => {
    const model = await loadModel(madeFiles(randomChain(createRandom(1), [3, 4, 1], 'tanh')), { caching: false })
    const row = [1, 2, 3]
    await expect(model.explain(row, { ouptut: 1 } as never)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('did you mean output?') as unknown,
    })
    for (const options of [{ output: 1 }, { output: '0' }, { strict: 1 }, { signal: {} }, { reference: [1, 'x', 2] }])
      await expect(model.explain(row, options as never)).rejects.toMatchObject({
        code: 'INPUT_INVALID',
        details: { option: Object.keys(options)[0] },
      })
    await expect(model.explain(row, null as never)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    await model.close()
  })

  it('compares a network with the reference that it is given', async () => {
    const model = await loadModel(madeFiles(randomChain(createRandom(1), [3, 4, 1], 'tanh')), { caching: false })
    const [row, reference] = [
      { f0: 1, f1: 2, f2: 3 },
      { f0: 1, f1: -2, f2: null },
    ]
    const found = await model.explain(row, { reference })
    const base = (await model.predict(reference)).value as number
    const value = (await model.predict(row)).value as number
    expect(found.method).toBe('shapley')
    expect(found.contributions[0]).toEqual({ feature: 'f0', contribution: 0 })
    expect(Math.abs(found.base - base)).toBeLessThan(1e-5)
    expect(Math.abs(found.margin - value)).toBeLessThan(1e-5)
    await model.close()
  })

  it('ends with the reason of its signal, before it begins and while it works', async () => {
    const model = await loadModel(madeFiles(randomChain(createRandom(2), [12, 64, 64, 1], 'tanh')), { caching: false })
    const row = new Float64Array(12).fill(2)
    const reason = new Error('enough')
    await expect(model.explain(row, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const controller = new AbortController()
    const explained = model.explain(row, { signal: controller.signal })
    setImmediate(() => controller.abort(reason))
    await expect(explained).rejects.toBe(reason)
    await model.close()
  })

  it('is refused by a predictor that is closed', async () => {
    const model = await loadModel(tinyFiles('1.0.0'), { caching: false })
    await model.close()
    await expect(model.explain([1, 2])).rejects.toMatchObject({ code: 'CLOSED' })
  })
})

describe('explain of a registry', () => {
  it('loads a model again that was unloaded to make room', async () => {
    const dir = temporaryModelsDir()
    for (const name of ['tiny', 'other']) dir.addVersion(name, '1.0.0', tinyFiles('1.0.0', { name, offset: 3 }))
    const registry = createRegistry(dir, { caching: false, memoryBudgetBytes: 1 })
    const [tiny, other] = [await registry.getModelPredictor('tiny'), await registry.getModelPredictor('other')]
    await other.predict([0, 0])
    // check rows of a tiny model have a median first feature of −1
    expect(await tiny.explain([5, 1])).toMatchObject({ method: 'linear', base: 2, margin: 8 })
    expect(await other.explain([5, 1])).toMatchObject({ model: 'other', margin: 8 })
  })

  it('goes to the active version, and takes no turn of a split', async () => {
    const dir = temporaryModelsDir()
    for (const [version, offset] of [
      ['1.0.0', 1],
      ['2.0.0', 2],
    ] as const)
      dir.addVersion('tiny', version, tinyFiles(version, { offset }))
    dir.addFile('tiny', 'service.json', { active: '1.0.0' })
    const registry = createRegistry(dir, { caching: false })
    const model = await registry.getModelPredictor('tiny')
    await registry.route('tiny', { traffic: { '1.0.0': 1, '2.0.0': 1 } })
    const values: unknown[] = []
    for (let i = 0; i < 4; i++) {
      expect(await model.explain([0, 0])).toMatchObject({ version: '1.0.0', margin: 1 })
      values.push((await model.predict([0, 0])).value)
    }
    expect(values.sort()).toEqual([1, 1, 2, 2])
  })

  it('gives the load error where only a rule answers', async () => {
    const dir = await telcoDir()
    dir.addFile('telco_churn', 'versions/1.0.0/model.json', '{')
    const registry = createRegistry(dir, { caching: false })
    const model = await registry.getModelPredictor('telco_churn')
    expect(await model.predict(rows[0])).toMatchObject({ source: 'fallback' })
    await expect(model.explain(rows[0])).rejects.toMatchObject({ name: expect.stringMatching(/Model/) as unknown })
  })
})
