import { describe, expect, it } from 'vitest'
import type { ModelSchema } from '../../src/artifact/schema.ts'
import { readRuleAnswer, RuleAnswerFault } from '../../src/resilience/rule-answer.ts'

const classifier: ModelSchema = { features: [], classes: ['no', 'yes'], outputs: ['label', 'probabilities'] }
const twoTargets: ModelSchema = {
  features: [],
  classes: [
    ['a', 'b'],
    [0, 1, 2],
  ],
  outputs: ['label', 'probabilities'],
} // prettier-ignore
const regressor: ModelSchema = { features: [], outputs: ['value'] }
const transformer: ModelSchema = { features: [], outputs: ['vector'], vectorNames: ['x', 'y'] }

const good: readonly [string, ModelSchema | undefined, object, object][] = [
  ['a label', classifier, { label: 'no' }, { label: 'no' }],
  [
    'probabilities without a label',
    classifier,
    { probabilities: [0.2, 0.8] },
    { label: 'yes', probabilities: [0.2, 0.8] },
  ], // prettier-ignore
  [
    'a sum of 1 but for rounding',
    classifier,
    { probabilities: [0.1 + 0.2, 0.7] },
    { label: 'yes', probabilities: [0.1 + 0.2, 0.7] },
  ], // prettier-ignore
  ['a value', regressor, { value: -3 }, { value: -3 }],
  ['values of several targets', regressor, { value: [1, 2] }, { value: [1, 2] }],
  ['a vector', transformer, { vector: [1, 2] }, { vector: [1, 2] }],
  [
    'several targets',
    twoTargets,
    {
      probabilities: [
        [1, 0],
        [0.2, 0.2, 0.6],
      ],
    },
    {
      label: ['a', 2],
      probabilities: [
        [1, 0],
        [0.2, 0.2, 0.6],
      ],
    },
  ], // prettier-ignore
  [
    'independent labels',
    classifier,
    { label: [1, 1], probabilities: [0.9, 0.8] },
    { label: [1, 1], probabilities: [0.9, 0.8] },
  ], // prettier-ignore
  ['any field without a schema', undefined, { scores: [2], label: true }, { label: true, scores: [2] }],
  ['extra fields', classifier, { label: 'no', note: 'hi', source: 'model' }, { label: 'no' }],
]

const bad: readonly [string, ModelSchema | undefined, unknown][] = [
  ['undefined', classifier, undefined],
  ['null', classifier, null],
  ['a bare label', classifier, 'yes'],
  ['an array', classifier, ['yes']],
  ['nothing in it', classifier, {}],
  ['a class that the model has not', classifier, { label: 'maybe' }],
  ['a label of another type', classifier, { label: 1 }],
  ['a value of a classifier', classifier, { value: 0.3 }],
  ['a sum of 1.1', classifier, { probabilities: [0.5, 0.6] }],
  ['a sum of 0', classifier, { probabilities: [0, 0] }],
  ['percentages', classifier, { probabilities: [20, 80] }],
  ['a negative probability', classifier, { probabilities: [-0.5, 1.5] }],
  ['a NaN probability', classifier, { probabilities: [NaN, 1] }],
  ['one probability of two', classifier, { probabilities: [1] }],
  ['a sparse list', classifier, { probabilities: new Array(2) }],
  ['a number in place of probabilities', classifier, { probabilities: 0.7 }],
  ['a NaN value', regressor, { value: NaN }],
  ['an infinite value', regressor, { value: Infinity }],
  ['a numeric string', regressor, { value: '3' }],
  ['a label of a regressor', regressor, { label: 'no' }],
  ['a vector of another width', transformer, { vector: [1, 2, 3] }],
  ['one label of two targets', twoTargets, { label: 'a' }],
  ['probabilities of one target of two', twoTargets, { probabilities: [[1, 0]] }],
  ['a label of the other target', twoTargets, { label: [0, 'a'] }],
  ['a label of 2 for a multilabel class', classifier, { label: [2, 0] }],
  ['a NaN label', undefined, { label: NaN }],
  ['no probabilities without a schema', undefined, { probabilities: [] }],
]

describe('readRuleAnswer', () => {
  it.each(good)('takes %s', (_title, schema, given, expected) => {
    expect(readRuleAnswer(given, schema)).toEqual(expected)
  })

  it.each(bad)('refuses %s', (_title, schema, given) => {
    expect(() => readRuleAnswer(given, schema)).toThrow(RuleAnswerFault)
  })
})
