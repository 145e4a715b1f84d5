// Every key of training.json in; that docs/training.md has each, and that its example of a rule is one.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseDecisionList } from '../../src/resilience/parse-decision-list.ts'
import { resolveLayersParameters } from '../../src/training/layers/layers-parameters.ts'
import { parseTrainingConfig } from '../../src/training/table/parse-config.ts'
import type {
  DataConfig,
  Decision,
  GateConfig,
  SplitConfig,
  TrainingConfig,
} from '../../src/training/training-config.ts'

const page = readFileSync(new URL('../../docs/training.md', import.meta.url), 'utf8')

const data: Required<DataConfig> = {
  ...{ file: 'rows.csv', origin: 'real', description: 'rows', target: 'y', features: ['a'] },
  ...{ trueProbability: 'p', group: 'lead', evaluateWhere: { days: 14 } },
}
const split: Required<SplitConfig> = { kind: 'time', column: 'day', heldOutShare: 0.25, seed: 1 }
const decision: Required<Decision> = { threshold: 50, positive: 'yes', negative: 'no', scale: 100 }
const gates: Required<GateConfig> = {
  ...{ accuracyFloor: 0.8, maxCalibrationError: 0.1, latencyTargetMs: 50, maxBytes: 1e6, maxQuantizationLoss: 0.02 },
}
const trainer = { kind: 'python', script: 'train.py', requirements: 'requirements.txt', parameters: {} } as const
const full: Required<TrainingConfig> = {
  ...{ name: 'my_model', version: '1.0.0', data, split, folds: 5, trainer },
  ...{ source: 'model.joblib', decision, fallback: 'my_rule', gates },
}

test('every key of training.json is on the page', () => {
  expect(parseTrainingConfig(JSON.stringify(full), 'training.json')).toEqual(full)
  const parts = Object.entries({ data, split, trainer, decision, gates })
  const nested = parts.flatMap(([part, keys]) => Object.keys(keys).map((key) => `${part}.${key}`))
  const plain = Object.keys(full).filter((key) => !parts.some(([part]) => part === key))
  for (const key of [...plain, ...nested]) expect(page).toContain(`\`${key}\``)
})

test('every parameter of layers is on the page', () => {
  for (const key of Object.keys(resolveLayersParameters({}))) expect(page).toContain(`\`${key}\``)
})

test('the rule of the page is one', () => {
  const [, rule = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? []
  expect(parseDecisionList(JSON.parse(rule), 'rule.json').buckets).toHaveLength(2)
})
