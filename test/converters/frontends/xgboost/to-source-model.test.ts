// Small boosters written by hand in; what they answer, or why they are refused, out.

import { describe, expect, it } from 'vitest'
import { foldRegions } from '../../../../converters/fold/fold-regions.ts'
import { readXgboost } from '../../../../converters/formats/xgboost/read-xgboost.ts'
import { floatBelow } from '../../../../converters/frontends/xgboost/float32-step.ts'
import { xgboostToSourceModel } from '../../../../converters/frontends/xgboost/to-source-model.ts'
import { nextDown, nextUp } from '../../../../converters/fold/flip-point.ts'
import { interpret } from '../../../../src/regions/interpret.ts'

const stump = (condition: number | string, more: object = {}) => ({
  left_children: [1, -1, -1],
  right_children: [2, -1, -1],
  split_indices: [0, 0, 0],
  split_conditions: [condition, -1, 1],
  default_left: [0, 0, 0],
  tree_param: { size_leaf_vector: '0' },
  ...more,
})

type Parts = {
  readonly trees?: readonly object[]
  readonly objective?: string
  readonly params?: object
  readonly attributes?: object
  readonly version?: readonly number[]
  readonly booster?: object
}

function modelOf({
  trees = [stump(0.5)],
  objective = 'reg:squarederror',
  params,
  attributes = {},
  version = [1, 7, 6],
  booster,
}: Parts) {
  const model = { gbtree_model_param: { num_parallel_tree: '1' }, tree_info: trees.map(() => 0), trees }
  const learner = {
    attributes,
    feature_names: [],
    gradient_booster: booster ?? { name: 'gbtree', model },
    learner_model_param: { base_score: '0', num_class: '0', num_feature: '1', ...params },
    objective: { name: objective },
  }
  const written = JSON.stringify({ learner, version }).replaceAll(/"(-?Infinity|NaN)"/g, '$1')
  return xgboostToSourceModel(readXgboost(new TextEncoder().encode(written), 'xgboost-json'))
}

const rawOf = (model: ReturnType<typeof modelOf>, x: number): number =>
  interpret(foldRegions(model.graph, model.schema), Float64Array.of(x))[0]

describe('the test of a node', () => {
  const minimum = 2 ** -149
  it.each([0.5, 0, minimum, -minimum, 1, 2, -2, Math.fround(0.1), 3.4028234663852886e38, Number.POSITIVE_INFINITY])(
    'is float32(x) < %d for every double near it',
    (condition) => {
      const model = modelOf({ trees: [stump(String(condition) === 'Infinity' ? 'Infinity' : condition)] })
      const tie = (condition + floatBelow(condition)) / 2
      const values = [condition, tie, floatBelow(condition), -0, 0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
      for (const x of values.flatMap((value) => [value, nextUp(value), nextDown(value)]))
        expect(rawOf(model, x), String(x)).toBe(Math.fround(x) < condition ? -1 : 1)
    },
  )

  it('sends missing values as default_left says', () => {
    expect(rawOf(modelOf({}), Number.NaN)).toBe(1)
    expect(rawOf(modelOf({ trees: [stump(0.5, { default_left: [true, false, false] })] }), Number.NaN)).toBe(-1)
  })

  it('sends codes of a set right and all others left, but missing ones as default_left says', () => {
    const sets = { categories: [3, 5], categories_nodes: [0], categories_segments: [0], categories_sizes: [2] }
    const model = modelOf({ trees: [stump('NaN', { split_type: [1, 0, 0], ...sets })] })
    expect([3, 5, 4, -1, 1e9, Number.NaN].map((code) => rawOf(model, code))).toEqual([1, 1, -1, -1, -1, 1])
    expect(model.schema.features).toEqual([
      { name: 'f0', dtype: 'number', used: true, missing: 'handled', categories: [3, 5], unknown: 'ignored' },
    ])
  })

  it.each([
    [
      [1, 6, 2],
      [1, -1, 1, 1, 1, 1],
    ],
    [
      [1, 7, 2],
      [1, -1, 1, 1, 1, 1],
    ],
    [
      [1, 7, 3],
      [1, -1, -1, -1, -1, 1],
    ],
  ])('of version %j sends codes beyond the bits of a set where that version does', (version, expected) => {
    const setOf = (code: number) => ({
      categories: [code],
      categories_nodes: [0],
      categories_segments: [0],
      categories_sizes: [1],
    })
    // A second tree knows 64 codes; its answer is taken off.
    const trees = [3, 40].map((code) => stump('NaN', { split_type: [1, 0, 0], ...setOf(code) }))
    const both = modelOf({ version, trees })
    const second = modelOf({ version, trees: trees.slice(1) })
    const codes = [3, 31.9, 32, 50, -0.5, Number.NaN]
    expect(codes.map((code) => rawOf(both, code) - rawOf(second, code))).toEqual(expected)
    expect(rawOf(second, 50)).toBe(-1)
  })

  it('sends all but missing values right where nothing is below its condition', () => {
    const model = modelOf({ trees: [stump('-Infinity', { default_left: [1, 0, 0] })] })
    expect([-3e38, 0, 3e38, Number.NaN].map((x) => rawOf(model, x))).toEqual([1, 1, 1, -1])
  })
})

describe('names of categories', () => {
  const model = (version: readonly number[], values: readonly number[], offsets: readonly number[]) => {
    const cats = { enc: [{ offsets, values }] }
    return modelOf({
      version,
      booster: { name: 'gbtree', model: { gbtree_model_param: {}, tree_info: [0], trees: [stump(0.5)], cats } },
    })
  }
  const bytes = [...new TextEncoder().encode('aé')].map((byte) => (byte > 127 ? byte - 256 : byte))
  it('are read as UTF-8', () => {
    expect(model([3, 4, 1], bytes, [0, 1, 3]).schema.features[0].categories).toEqual(['a', 'é'])
    expect(model([3, 2, 0], [97, 98], [0, 1, 2]).schema.features[0].categories).toEqual(['a', 'b'])
  })

  it('are refused where the version has cut them off', () => {
    expect(() => model([3, 2, 0], bytes.slice(0, 2), [0, 1, 2])).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringContaining('not ASCII') }),
    )
  })
})

it('steps to the float32 below', () => {
  expect([1, 0, -0, 2 ** -149, -1, Number.POSITIVE_INFINITY].map(floatBelow)).toEqual([
    1 - 2 ** -24,
    -(2 ** -149),
    -(2 ** -149),
    0,
    -1 - 2 ** -23,
    3.4028234663852886e38,
  ])
})

describe('the base score', () => {
  it.each([
    ['reg:squarederror', '5E-1', [1, 7, 6], 0.5],
    ['reg:squarederror', '[5E-1]', [3, 4, 1], 0.5],
    ['binary:logistic', '[7.5E-1]', [3, 4, 1], Math.log(3)],
    ['binary:logitraw', '7.5E-1', [1, 7, 6], 0.75],
    ['binary:logitraw', '7.5E-1', [1, 2, 1], Math.log(3)],
    ['binary:hinge', '7.5E-1', [1, 7, 6], 0.75],
    ['count:poisson', '2E0', [1, 7, 6], Math.log(2)],
    ['rank:pairwise', '0.500000', [1, 0, 2], 0.5],
  ])('of %s, %s in version %j, is a margin of %d', (objective, score, version, margin) => {
    expect(rawOf(modelOf({ objective, params: { base_score: score }, version }), 1) - 1).toBeCloseTo(margin, 7)
  })

  it.each([
    ['count:poisson', '0'],
    ['binary:logistic', '1'],
    ['reg:squarederror', 'many'],
    ['reg:squarederror', '[1,2]'],
    ['reg:squarederror', '[]'],
  ])('of %s cannot be %s', (objective, score) => {
    expect(() => modelOf({ objective, params: { base_score: score } })).toThrow(
      expect.objectContaining({ code: 'FILE_CORRUPT', message: expect.stringContaining('base_score') }),
    )
  })
})

describe('early stopping', () => {
  const trees = [stump(0.5), stump(0.5), stump(0.5)]
  it('ends at the best round where the scikit-learn interface saved the file', () => {
    const attributes = { best_iteration: '1', scikit_learn: '{}' }
    expect(rawOf(modelOf({ trees, attributes }), 1)).toBe(2)
  })

  it('is nothing to a Booster, which predicts with all trees', () => {
    expect(rawOf(modelOf({ trees, attributes: { best_iteration: '1' } }), 1)).toBe(3)
  })
})

describe('a file that the scikit-learn interface saved', () => {
  const wrapped = (wrapper: object, more: object = {}) => ({
    ...more,
    scikit_learn: JSON.stringify(wrapper).replaceAll(/"(NaN)"/g, '$1'),
  })

  it('has the number that stands for missing, as versions before 2.0 write it', () => {
    const trees = [stump(0.5, { default_left: [true, false, false] })]
    const model = modelOf({ trees, attributes: wrapped({ missing: 9 }) })
    const near = [nextDown(9), 9, nextUp(9), Math.fround(9) + 2 ** -20, Number.NaN, 0, 10]
    expect(near.map((x) => rawOf(model, x))).toEqual([-1, -1, -1, 1, -1, -1, 1])
    const plain = modelOf({ trees, attributes: wrapped({ missing: 'NaN' }) })
    expect([9, Number.NaN].map((x) => rawOf(plain, x))).toEqual([1, -1])
  })

  it('has the labels of its encoder', () => {
    const attributes = wrapped({ _le: { classes_: ['no', 'yes'] } })
    const model = modelOf({ objective: 'binary:logistic', params: { base_score: '0.5' }, attributes })
    expect(model.schema.classes).toEqual(['no', 'yes'])
    expect(modelOf({ attributes }).schema.classes).toBeUndefined()
  })

  it('has the trees of a round with the best one, before 1.4', () => {
    const attributes = wrapped({ best_ntree_limit: 2 }, { best_iteration: '0' })
    const model = { gbtree_model_param: {}, tree_info: [0, 0, 0], trees: [stump(0.5), stump(0.5), stump(0.5)] }
    expect(rawOf(modelOf({ attributes, booster: { name: 'gbtree', model } }), 1)).toBe(2)
  })
})

describe('what cannot be converted is named', () => {
  it.each<[string, Parts, string]>([
    ['an objective', { objective: 'my:own' }, 'my:own'],
    ['a booster', { booster: { name: 'gbforest', model: {} } }, 'gbforest'],
    ['no trees', { trees: [] }, 'without trees'],
  ])('%s', (_, parts, said) => {
    expect(() => modelOf(parts)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringContaining(said) }),
    )
  })

  it.each<[string, object]>([
    ['a cycle', { left_children: [1, 1, -1], right_children: [2, 2, -1] }],
    ['a child out of range', { right_children: [9, -1, -1] }],
    ['a feature out of range', { split_indices: [7, 0, 0] }],
    ['lists of different lengths', { default_left: [0] }],
    ['a condition that is no number', { split_conditions: ['NaN', -1, 1] }],
    ['a leaf of NaN', { split_conditions: [0.5, 'NaN', 0] }],
    [
      'a categorical node without its set',
      { split_type: [1, 0, 0], categories_nodes: [], categories_segments: [], categories_sizes: [], categories: [] },
    ],
    [
      'a set past the list of codes',
      {
        split_type: [1, 0, 0],
        categories_nodes: [0],
        categories_segments: [0],
        categories_sizes: [3],
        categories: [1],
      },
    ],
  ])('%s', (_, broken) => {
    expect(() => modelOf({ trees: [stump(0.5, broken)] })).toThrow(expect.objectContaining({ code: 'FILE_CORRUPT' }))
  })
})
