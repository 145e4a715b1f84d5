// A seed in, the text of a CSV with a known generating process and its configuration out.
import { createSeededRandom } from '../../src/rows/seeded-random.ts'
import type { TrainingConfig } from '../../src/training/training-config.ts'

export const sampleConfig: TrainingConfig = {
  name: 'sample',
  version: '1.0.0',
  data: {
    file: 'data/rows.csv',
    origin: 'synthetic',
    description: 'Rows drawn from a logistic law.',
    target: 'hot',
    features: ['a', 'b', 'c'],
    trueProbability: 'p',
  },
  split: { kind: 'stratified', heldOutShare: 0.25, seed: 7 },
  trainer: { kind: 'layers', parameters: { rounds: 60 } },
  source: 'model.joblib',
  decision: { threshold: 0.5, positive: 'hot', negative: 'cold' },
  fallback: 'sample_rule',
  gates: { accuracyFloor: 0.75, maxCalibrationError: 0.08, latencyTargetMs: 50, maxBytes: 1_000_000 },
}

/** What rule.json says: a rule that is known everywhere takes other features. */
export const sampleRule = {
  name: 'sample_rule',
  positive: 1,
  negative: 0,
  buckets: [
    { when: [{ feature: 'a', op: '>', value: 0 }], probability: 0.7 },
    { when: [], probability: 0.3 },
  ],
}

/** Columns a, b, c, p (true probability), hot, lead (three rows each), day. */
export function sampleCsv(rowCount = 1500, seed = 1): string {
  const random = createSeededRandom(seed)
  const { normal } = random
  const lines = Array.from({ length: rowCount }, (_, row) => {
    const [a, b, c] = [normal(), normal(), normal()].map((value) => Number(value.toPrecision(4)))
    const p = 1 / (1 + Math.exp(-(2.2 * a + 2.2 * b - 1.6 * c)))
    return [a, b, c, p.toPrecision(4), random.uniform() < p ? 1 : 0, Math.floor(row / 3), row % 100].join()
  })
  return `a,b,c,p,hot,lead,day\n${lines.join('\n')}\n`
}
