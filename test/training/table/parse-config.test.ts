// What training.json may say, and how what it may not is named.
import { expect, test } from 'vitest'
import { parseTrainingConfig } from '../../../src/training/table/parse-config.ts'
import { sampleConfig } from '../sample-table.ts'

const parse = (config: unknown) => parseTrainingConfig(JSON.stringify(config), 'training.json')
const python = { kind: 'python', script: 'train.py', requirements: '../requirements.txt', parameters: {} }
const { data, gates } = sampleConfig

test.each([
  ['the layers trainer', sampleConfig],
  ['the python trainer', { ...sampleConfig, trainer: python }],
  ['every optional key', { ...sampleConfig, folds: 3, data: { ...data, group: 'lead', evaluateWhere: { day: 14 } } }],
])('%s is taken as it stands', (_name, config) => {
  expect(parse(config)).toEqual(config)
})

test.each([
  ['a misspelt key', { ...sampleConfig, fallbak: 'x' }, 'fallbak: there is no such key; did you mean fallback?'],
  [
    'one of the data',
    { ...sampleConfig, data: { ...data, origine: 'real' } },
    'data.origine: there is no such key; did you mean origin?',
  ],
  [
    'one of the gates',
    { ...sampleConfig, gates: { ...gates, maxByte: 1 } },
    'gates.maxByte: there is no such key; did you mean maxBytes?',
  ],
  ['one of the trainer', { ...sampleConfig, trainer: { ...python, scripts: '' } }, 'did you mean script?'],
  ['an absent key', { ...sampleConfig, decision: undefined }, 'decision: '],
  ['a share of 1', { ...sampleConfig, split: { ...sampleConfig.split, heldOutShare: 1 } }, 'split.heldOutShare: '],
  ['a version that is none', { ...sampleConfig, version: '2' }, 'version: expected a semantic version'],
  ['an absolute path', { ...sampleConfig, source: '/model.joblib' }, 'source: expected a path relative'],
  [
    'a source outside of the folder',
    { ...sampleConfig, source: 'x/../../model.joblib' },
    'source: expected a path inside',
  ],
  [
    'a source over the configuration',
    { ...sampleConfig, source: './service.json' },
    'source: expected a name of its own',
  ],
  ['a source over the data', { ...sampleConfig, source: data.file }, 'source is data/rows.csv, which training reads'],
  [
    'a threshold beyond the scale',
    { ...sampleConfig, decision: { ...sampleConfig.decision, threshold: 50 } },
    'decision.threshold must be over 0 and at most decision.scale, which is 1, got 50',
  ],
  [
    'the target as a feature',
    { ...sampleConfig, data: { ...data, features: ['a', 'hot'] } },
    'data.target is hot, which is also a feature',
  ],
  [
    'the true probability as one',
    { ...sampleConfig, data: { ...data, features: ['a', 'p'] } },
    'data.trueProbability is p',
  ],
  ['a feature twice', { ...sampleConfig, data: { ...data, features: ['a', 'a'] } }, 'got a twice'],
])('%s is refused by name', (_name, config, reason) => {
  expect(() => parse(config)).toThrow(
    expect.objectContaining({ code: 'VALIDATION_FAILED', message: expect.stringContaining(reason) as string }),
  )
})

test('text that is no JSON is refused with its place', () => {
  expect(() => parseTrainingConfig('{ "name": }', 'x/training.json')).toThrow('x/training.json must be JSON')
})
