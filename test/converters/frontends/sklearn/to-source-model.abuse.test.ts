import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { foldRegions } from '../../../../converters/fold/fold-regions.ts'
import { readPickle } from '../../../../converters/formats/pickle/read-pickle.ts'
import { NdArray, PyDict, PyObject, type PyValue } from '../../../../converters/formats/pickle/values.ts'
import { sklearnToSourceModel } from '../../../../converters/frontends/sklearn/to-source-model.ts'
import { isMLError } from '../../../../src/errors.ts'
import { Random } from '../../fold/random-graph.ts'
import { goldenNames, readGoldenCase } from '../golden-case.ts'
import { corruptNumber, junk, slotsOf } from './mutated-document.ts'

/** One case of each kind is enough: the readers are the same for all. */
const cases = [
  'churn_gradient_boosting_classifier',
  'churn_mlp_classifier',
  'churn_logistic_regression',
  'ames_random_forest_regressor',
  'ames_ridge',
  'decision_tree_classifier_ties',
  'hist_gradient_boosting_classifier_category_mask',
  'hist_gradient_boosting_regressor_from_dtype',
  'column_transformer_nested',
  'feature_union_words',
  'ordinal_missing_none',
  'one_hot_warn',
  'spline_linear',
  'k_bins_onehot_quantile',
  'select_from_ada_boost',
  'target_encoder_multiclass',
  'incremental_pca_white',
  'label_encoder',
  'function_columns',
]

const names = goldenNames().filter((name) => cases.includes(name.split('/')[1]))

describe('a mutated document', () => {
  it('has cases of every kind to mutate', () => {
    expect(new Set(names.map((name) => name.split('/')[1]))).toEqual(new Set(cases))
  })

  it.each(names)('of %s ends in a named error or a model', (name) => {
    const document = readPickle(readFileSync(readGoldenCase(name).file))
    const slots = slotsOf(document)
    const random = new Random(7)
    for (let i = 0; i < 250; i++) {
      const slot = random.pick(slots)
      const before = slot.get()
      const value = random.pick(junk)
      slot.set(value)
      expectNamed(document, `${slot.path} = ${String(value)}`)
      slot.set(before)
    }
  })

  it.each(names.filter((name) => /mlp|logistic|ridge/.test(name)))('of %s refuses a weight beyond float32', (name) => {
    const document = readPickle(readFileSync(readGoldenCase(name).file))
    const slot = slotsOf(document).find(({ path, get }) => /\.coefs?_(\[0\])?$/.test(path) && get() instanceof NdArray)
    corruptNumber(slot?.get() as NdArray, 0, 1e39)
    expect(() => sklearnToSourceModel(document)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringMatching(/weight of 1e\+39.*float32/) }),
    )
  })

  it.each(names)('of %s with one number changed ends in a named error or a model', (name) => {
    const document = readPickle(readFileSync(readGoldenCase(name).file))
    const arrays = slotsOf(document).filter(({ get }) => get() instanceof NdArray)
    const random = new Random(11)
    for (let i = 0; i < 250 && arrays.length > 0; i++) {
      const slot = random.pick(arrays)
      const value = random.pick([Number.NaN, -1, 0, 1, 3, 255, 1e9, Number.POSITIVE_INFINITY])
      const undo = corruptNumber(slot.get() as NdArray, random.nat(8), value)
      expectNamed(document, `${slot.path} has ${value}`)
      undo?.()
    }
  })
})

describe('documents that are no model', () => {
  it.each<[string, PyValue]>(junk.map((value, i) => [`junk ${i}`, value]))(
    '%s is refused by a named error',
    (_, value) => {
      expect(() => sklearnToSourceModel(value)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^(UNSUPPORTED|FILE_CORRUPT)$/) }),
      )
    },
  )
})

function expectNamed(document: PyValue, what: string): void {
  try {
    const model = sklearnToSourceModel(document)
    foldRegions(model.graph, model.schema)
  } catch (error) {
    if (isMLError(error) && ['UNSUPPORTED', 'FILE_CORRUPT', 'LIMIT_EXCEEDED'].includes(error.code)) return
    throw new Error(`${what}: ${error instanceof Error ? error.stack : String(error)}`, { cause: error })
  }
}

describe('a pickle that names one object many times', () => {
  it('cannot nest a pipeline in itself without end', () => {
    const steps: PyValue[] = []
    const pipeline = estimator('Pipeline', { steps, n_features_in_: 1 })
    steps.push(['first', 'passthrough'], ['again', pipeline])
    expectLimit(pipeline)
  })

  it('cannot double its columns without end', () => {
    let union: PyValue = 'passthrough'
    for (let level = 0; level < 40; level++) {
      const attributes = {
        transformer_list: [
          ['a', union],
          ['b', union],
        ],
        transformer_weights: null,
        n_features_in_: 1,
      }
      union = estimator('FeatureUnion', attributes)
    }
    expectLimit(union)
  })
})

function expectLimit(document: PyValue): void {
  expect(() => sklearnToSourceModel(document)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
}

function estimator(name: string, attributes: Readonly<Record<string, PyValue>>): PyObject {
  const object = new PyObject('sklearn.pipeline', name)
  const state = new PyDict()
  state.entries.push(...Object.entries(attributes), ['_sklearn_version', '1.9.1'])
  object.state = state
  return object
}
