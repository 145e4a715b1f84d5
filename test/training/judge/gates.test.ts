// What each gate lets pass and what it holds back, and how latency is timed.
import { describe, expect, test } from 'vitest'
import { type GateInput, judge } from '../../../src/training/judge/gates.ts'
import { timeAnswers } from '../../../src/training/judge/latency.ts'
import { outputOf } from '../../../src/training/judge/outputs.ts'
import { measure } from '../../../src/training/metrics/measures.ts'
import { scoredRows } from '../../../src/training/metrics/scored-rows.ts'

/** Nine of ten right, and calibrated as well as ten rows can be. */
const artifact = measure(
  scoredRows(
    Uint8Array.from({ length: 100 }, (_, i) => (i % 10 === 0 ? 1 : 0)),
    new Float64Array(100).fill(0.1),
  ),
  { resamples: 10 },
)
const good: GateInput = {
  config: { accuracyFloor: 0.9, maxCalibrationError: 0.01, latencyTargetMs: 10, maxBytes: 1000 },
  artifact,
  quantizationLoss: 0.02,
  parity: { rowCount: 5, use: 1 },
  p95Ms: 10,
  byteLength: 1000,
  production: { kind: 'none' },
}
const missed = (change: Partial<GateInput>) =>
  judge({ ...good, ...change })
    .filter(({ passed }) => !passed)
    .map(({ name }) => name)

test('a measure at its bound passes', () => {
  expect(missed({})).toEqual([])
})

test.each<[string, Partial<GateInput>]>([
  ['accuracy', { config: { ...good.config, accuracyFloor: 0.901 } }],
  [
    'calibration',
    {
      artifact: measure(scoredRows(Uint8Array.of(0, 0, 0, 1), new Float64Array(4).fill(0.45)), { resamples: 2 }),
      config: { ...good.config, accuracyFloor: 0 },
    },
  ],
  ['quantization', { quantizationLoss: 0.0201 }],
  ['quantization', { quantizationLoss: 0.002, config: { ...good.config, maxQuantizationLoss: 0.001 } }],
  ['quantization', { quantizationLoss: NaN }],
  ['parity', { parity: { rowCount: 5, use: 1.01 } }],
  ['parity', { parity: null }],
  ['latency', { p95Ms: 10.1 }],
  ['bytes', { byteLength: 1001 }],
  ['production', { production: { kind: 'compared', version: '1.0.0', difference: -0.02, interval: [-0.03, -0.01] } }],
])('%s holds back %j', (name, change) => {
  expect(missed(change)).toEqual([name])
})

test.each<GateInput['production']>([
  { kind: 'same', version: '1.0.0' },
  { kind: 'unlike', version: '1.0.0', reason: 'no column d' },
  { kind: 'compared', version: '1.0.0', difference: -0.01, interval: [-0.03, 0] },
])('production lets pass %j, and says why', (production) => {
  const gate = judge({ ...good, production }).find(({ name }) => name === 'production')
  expect(gate?.passed).toBe(true)
  expect(gate?.text).toContain('1.0.0')
})

describe('latency', () => {
  const timed = async (costs: (index: number) => number) => {
    let nowMs = 0
    let asked = 0
    const facts = await timeAnswers(
      (index) => {
        nowMs += costs(index)
        asked += 1
        return Promise.resolve()
      },
      { machine: 'a test', now: () => nowMs },
    )
    return { facts, asked }
  }

  test('is of single answers, warm-up apart', async () => {
    const { facts, asked } = await timed((index) => (index % 10 === 0 ? 1 : 0.5))
    expect(asked).toBe(3300)
    expect(facts).toEqual({ count: 3000, p50Ms: 0.5, p95Ms: 1, machine: 'a test' })
  })

  test('of a slow model is timed for five seconds', async () => {
    const { facts } = await timed(() => 100)
    expect(facts.count).toBe(50)
  })
})

test.each([
  [{ value: 0.3 }, 0.3],
  [{ value: [0.4] }, 0.4],
  [{ label: 1, probabilities: [0.2, 0.8] }, 0.8],
  [{ label: 0 }, 0],
  [{ label: true }, 1],
  [{ label: 'yes' }, NaN],
])('of the answer %j the output is %d', (answer, output) => {
  expect(outputOf(answer)).toBe(output)
})
