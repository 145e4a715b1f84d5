import { describe, expect, it } from 'vitest'
import { NdArray, PyDict, PyGlobal, PyObject, type PyValue } from '../../../../converters/formats/pickle/values.ts'
import { sklearnToSourceModel } from '../../../../converters/frontends/sklearn/to-source-model.ts'
import { surviveChanges, withAttribute } from './golden-documents.ts'

/** One of each reader. */
const names = [
  'svc_break_ties',
  'svc_sparse',
  'svc_probability_linear',
  'svr_sparse',
  'one_class_svm',
  'ridge_classifier_multilabel',
  'sgd_classifier_modified_huber_multiclass',
  'sgd_one_class_svm',
  'tweedie_regressor_compound',
  'ransac_regressor',
].map((name) => `1.0/${name}`)

describe('a mutated linear model or support vector machine', () => {
  it.each(names)('%s ends in a named error or a model', (name) => {
    surviveChanges(name, { seed: 5, count: 200 })
  })
})

describe('what is refused by name', () => {
  it.each<[string, string, PyValue, RegExp]>([
    [
      '1.0/svc_break_ties',
      'kernel',
      'precomputed',
      /SVC .*kernel=precomputed is not supported\. Supported are linear, poly/,
    ],
    [
      '1.0/svc_break_ties',
      'kernel',
      new PyGlobal('sklearn.metrics.pairwise', 'chi2_kernel'),
      /a kernel that is a function/,
    ],
    ['1.0/svc_break_ties', 'decision_function_shape', 'ovo', /break_ties with decision_function_shape=ovo/],
    ['1.0/svr_sparse', 'degree', 2.5, /degree=2\.5 .*whole numbers/],
    ['1.0/tweedie_regressor_compound', 'link', 'cauchit', /link=cauchit .*auto, identity and log/],
  ])('%s with %s', (name, attribute, value, message) => {
    expect(() => sklearnToSourceModel(withAttribute(name, attribute, value))).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringMatching(message) }),
    )
  })

  it('support vectors whose shape alone would fill the memory', () => {
    const floats = (...values: number[]) => new NdArray('f', 8, [values.length], Float64Array.from(values))
    const vectors = new PyObject('scipy.sparse._csr', 'csr_matrix')
    const state = new PyDict()
    state.entries.push(['_shape', [1, 1e12]], ['data', floats()], ['indices', floats()], ['indptr', floats(0, 0)])
    vectors.state = state
    expect(() => sklearnToSourceModel(withAttribute('1.0/svc_sparse', 'support_vectors_', vectors))).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    )
  })
})
