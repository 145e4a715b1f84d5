// Boosters in pickles that were broken, or are used for what they cannot, in; errors that say so out. FUZZ_RUNS raises the number.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldRegions } from '../../../../converters/fold/fold-regions.ts'
import { readPickle } from '../../../../converters/formats/pickle/read-pickle.ts'
import { PyDict, PyObject, type PyValue } from '../../../../converters/formats/pickle/values.ts'
import { sklearnToSourceModel } from '../../../../converters/frontends/sklearn/to-source-model.ts'
import { isMLError } from '../../../../src/errors.ts'
import { verifyRegions } from '../../../../src/regions/verify.ts'
import { readPipelineCase } from '../../golden/pipelines-cases.ts'
import { junk, slotsOf } from './mutated-document.ts'

function documentOf(name: string): PyObject {
  const document = readPickle(readPipelineCase(name).bytes)
  if (document instanceof PyObject) return document
  throw new Error(`${name} holds no object`)
}

function stateOf(object: PyValue | undefined): PyDict {
  if (object instanceof PyObject && object.state instanceof PyDict) return object.state
  throw new Error('no state')
}

function set(state: PyDict, name: string, value: PyValue | undefined): void {
  const at = state.entries.findIndex(([key]) => key === name)
  if (at >= 0) state.entries.splice(at, 1)
  if (value !== undefined) state.entries.push([name, value])
}

/** The last step of a pipeline, or the document itself. */
function wrapperOf(document: PyObject): PyObject {
  const steps = stateOf(document).get('steps')
  return Array.isArray(steps) ? ((steps.at(-1) as PyValue[])[1] as PyObject) : document
}

type Change = (state: PyDict, booster: PyDict) => void

const refusals: readonly (readonly [what: string, name: string, code: string, words: RegExp, change: Change])[] = [
  ['an unfitted estimator', 'xgboost-3.4.1/early', 'FILE_CORRUPT', /_Booster/, (s) => set(s, '_Booster', undefined)],
  ['an unfitted one of LightGBM', 'lightgbm-4.6.0/early', 'FILE_CORRUPT', /_Booster/, (s) => set(s, '_Booster', null)],
  [
    'a booster in the binary form of old versions',
    'xgboost-3.4.1/early',
    'UNSUPPORTED',
    /binary form.*save_model/,
    (_, booster) => set(booster, 'handle', new TextEncoder().encode('binf....')),
  ],
  ['a booster without bytes', 'xgboost-1.7.6/pipeline_dense', 'FILE_CORRUPT', /bytes/, (_, b) => set(b, 'handle', 1)],
  ['a booster without text', 'lightgbm-3.3.5/early', 'FILE_CORRUPT', /text/, (_, b) => set(b, 'handle', null)],
  ['a missing that is a text', 'xgboost-3.4.1/early', 'FILE_CORRUPT', /missing/, (s) => set(s, 'missing', 'none')],
  [
    'labels of margins',
    'xgboost-3.4.1/early',
    'UNSUPPORTED',
    /binary:logistic/,
    (s) => set(s, 'objective', 'binary:logitraw'),
  ],
  [
    'rounds that are left out',
    'lightgbm-4.6.0/early',
    'UNSUPPORTED',
    /pred_early_stop/,
    (s) => set(s, 'pred_early_stop', true),
  ],
  [
    'more labels than the booster has classes',
    'lightgbm-4.6.0/early',
    'UNSUPPORTED',
    /2 classes under 3 labels/,
    (s) => set(s, '_classes', stateOf(documentOf('lightgbm-4.6.0/ova')).get('_classes')),
  ],
  [
    'a booster of other columns',
    'xgboost-3.4.1/pipeline_dense',
    'UNSUPPORTED',
    /4 features where \d+ columns/,
    (_, booster) =>
      set(booster, 'handle', stateOf(stateOf(documentOf('xgboost-3.4.1/early')).get('_Booster')).get('handle')),
  ],
  [
    'values in a classifier',
    'xgboost-3.4.1/hinge',
    'UNSUPPORTED',
    /without classes/,
    (_, booster) =>
      set(booster, 'handle', stateOf(stateOf(documentOf('xgboost-3.4.1/poisson')).get('_Booster')).get('handle')),
  ],
  [
    'classes in a regressor',
    'lightgbm-4.6.0/tweedie',
    'UNSUPPORTED',
    /classifier of the same package/,
    (_, booster) =>
      set(booster, '_handle', stateOf(stateOf(documentOf('lightgbm-4.6.0/ova')).get('_Booster')).get('_handle')),
  ],
]

it.each(refusals)('refuses %s', (_, name, code, words, change) => {
  const document = documentOf(name)
  const state = stateOf(wrapperOf(document))
  change(state, stateOf(state.get('_Booster')))
  expect(() => sklearnToSourceModel(document)).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(words) }),
  )
})

it('refuses a class of another package under a known name', () => {
  const { state, args } = documentOf('xgboost-3.4.1/early')
  const stranger = new PyObject('sklearn.ensemble', 'XGBClassifier', args)
  stranger.state = state
  expect(() => sklearnToSourceModel(stranger)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }))
})

it('names the way out for a model of CatBoost', () => {
  const catboost = new PyObject('catboost.core', 'CatBoostClassifier')
  catboost.state = new PyDict()
  expect(() => sklearnToSourceModel(catboost)).toThrow(/catboost.core.CatBoostClassifier.*format='json'/)
  const document = documentOf('xgboost-3.4.1/pipeline_dense')
  const steps = stateOf(document).get('steps')
  if (Array.isArray(steps)) steps[steps.length - 1] = ['model', catboost]
  expect(() => sklearnToSourceModel(document)).toThrow(
    expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringContaining("format='json'") }),
  )
})

it('takes all rounds of a best iteration that is none', () => {
  const document = documentOf('lightgbm-4.6.0/early')
  const booster = stateOf(stateOf(document).get('_Booster'))
  const treesFor = (best: PyValue): number => {
    set(booster, 'best_iteration', best)
    const copy = new PyObject(document.module, document.name)
    copy.state = document.state
    const trees = sklearnToSourceModel(copy).graph.regions.find((region) => region.kind === 'split-trees')
    return trees?.treeStart.length ?? 0
  }
  const all = treesFor(-1)
  expect([0.5, Number.NaN, 1e9, null, 'x'].map(treesFor)).toEqual([all, all, all, all, all])
  expect(treesFor(2)).toBe(3)
})

describe('a mutated document', () => {
  const names = [
    'xgboost-3.4.1/pipeline_zero_missing',
    'xgboost-1.7.6/categories',
    'lightgbm-4.6.0/pipeline_ordinal',
    'lightgbm-3.3.5/early_three_classes',
  ]
  const runCount = Number(process.env.FUZZ_RUNS ?? 150)

  it.each(names)('ends in an MLError or a valid model: %s', (name) => {
    const { bytes } = readPipelineCase(name)
    const inner = (document: PyValue) => slotsOf(document).filter(({ path }) => !path.includes('evals_result'))
    const count = inner(readPickle(bytes)).length
    let refused = 0
    fc.assert(
      fc.property(fc.nat(count - 1), fc.constantFrom(...junk), (at, value) => {
        const document = readPickle(bytes)
        inner(document)[at].set(value)
        try {
          const { graph, schema } = sklearnToSourceModel(document)
          verifyRegions(graph)
          verifyRegions(foldRegions(graph, schema))
        } catch (error) {
          if (!isMLError(error)) throw error
          refused++
        }
      }),
      { numRuns: runCount, seed: 20261123 },
    )
    expect(refused).toBeGreaterThan(0)
  })
})
