import { describe, expect, it } from 'vitest'
import { PyGlobal, PyObject, type PyValue } from '../../../../../converters/formats/pickle/values.ts'
import { sklearnToSourceModel } from '../../../../../converters/frontends/sklearn/to-source-model.ts'
import { documentOf, surviveChanges, withAttribute } from '../golden-documents.ts'

/** One of each reader. */
const names = [
  'voting_soft_weights',
  'voting_hard',
  'voting_regressor_weights',
  'stacking_passthrough',
  'stacking_predict',
  'calibrated_isotonic_multiclass',
  'calibrated_temperature_tree',
  'isotonic_clip',
  'grid_search',
  'self_training',
  'threshold_tuned',
  'bagging_columns',
  'bagging_line',
  'ada_boost_multiclass',
  'ada_boost_regressor',
  'isolation_forest',
  'one_vs_rest_labels',
  'one_vs_one_tree',
  'output_code',
  'multi_output',
  'classifier_chain',
  'regressor_chain',
  'target_power',
  'target_quantile_normal',
  'dummy_classifier_constant',
  'dummy_regressor',
  'boosting_start_tree',
].map((name) => `1.9/${name}`)

describe('a mutated estimator made of estimators', () => {
  it.each(names)('%s ends in a named error or a model', (name) => {
    surviveChanges(name, { seed: 5, count: 120 })
  })
})

describe('an estimator made of estimators that is not supported', () => {
  it.each<[string, string, PyValue, RegExp]>([
    ['voting_soft', 'voting', 'ranked', /voting=ranked is not supported/],
    [
      'ada_boost_regressor_line',
      'estimators_',
      Array.from({ length: 4 }, () => new PyObject('own', 'Model')),
      /estimators_\[0\].*class own\.Model/,
    ],
    ['stacking', 'final_estimator_', new PyObject('own', 'Model'), /final_estimator_.*class own\.Model/],
    ['isotonic_nan', 'out_of_bounds', 'wrap', /out_of_bounds=wrap is not supported/],
    ['target_log1p', 'inverse_func', new PyGlobal('__main__', 'undo'), /__main__\.undo is not supported/],
    ['target_standard', 'transformer_', new PyObject('own', 'Scaler'), /inverse_transform of Scaler is not supported/],
    ['dummy_classifier_prior', '_strategy', 'stratified', /strategy=stratified, which draws labels,/],
    ['one_vs_one', 'pairwise_indices_', [0], /precomputed kernel is not supported/],
    ['threshold_tuned', 'response_method', 'rank', /response_method=rank is not supported/],
  ])('%s with another %s is refused by name', (name, attribute, value, message) => {
    expect(() => sklearnToSourceModel(withAttribute(`1.9/${name}`, attribute, value))).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringMatching(message) }),
    )
  })

  it('a search that was not refitted is refused by name', () => {
    const document = documentOf('1.9/grid_search') as PyObject
    const state = document.state as { entries: [PyValue, PyValue][] }
    state.entries.splice(
      state.entries.findIndex(([name]) => name === 'best_estimator_'),
      1,
    )
    state.entries.push(['n_features_in_', 3])
    expect(() => sklearnToSourceModel(document)).toThrow(/refit=False is not supported/)
  })
})
