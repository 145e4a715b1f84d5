// The demo from end to end: its numbers are checked, not its words.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { DemoResult } from '../../src/cli/demo/demo-result.ts'
import { runDemo, type DemoListener } from '../../src/cli/demo/run-demo.ts'
import { driveTraffic } from '../../src/cli/demo/traffic.ts'
import { runCommand } from './run-command.ts'

const ownTemporaryFolder = mkdtempSync(join(tmpdir(), 'tfjs-serving-demo-test-'))
const steps: string[] = []
let result: DemoResult

const listener: DemoListener = {
  onProgress: () => {},
  onConverted: () => void steps.push('converted'),
  onServing: () => void steps.push('serving'),
  onTraffic: () => void steps.push('traffic'),
  onFallback: () => void steps.push('fallback'),
}

beforeAll(async () => {
  vi.stubEnv('TMPDIR', ownTemporaryFolder)
  expect(tmpdir()).toBe(ownTemporaryFolder)
  result = await runDemo(listener, new AbortController().signal)
}, 60_000)

afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(ownTemporaryFolder, { recursive: true, force: true })
})

test('tells its four steps in order, in less than a minute', () => {
  expect(steps).toEqual(['converted', 'serving', 'traffic', 'fallback'])
  expect(result.totalMs).toBeLessThan(60_000)
})

test('converts to fewer bytes, with the labels of scikit-learn', () => {
  const { bytes, parity, tensors } = result.conversion
  expect(bytes.artifact).toBeLessThan(bytes.source)
  expect(bytes.weights).toBeLessThan(bytes.float32)
  expect(parity).toMatchObject({ isPassed: true, rowCount: 1000, labelFlips: 0 })
  expect(parity?.largest.probability).toBeLessThan(0.01)
  expect(tensors.length).toBeGreaterThan(0)
})

test('says which backend it picked among which', () => {
  const { picked, candidates } = result.backend
  expect(candidates.find(({ name }) => name === picked)).toMatchObject({ available: true, right: true })
  expect(candidates).toHaveLength(6)
})

test('gives every pass the accuracy that scikit-learn has on these customers', () => {
  const card = readFileSync(new URL('../../models/telco_churn/card.md', import.meta.url), 'utf8')
  const accuracy = Number(/\| accuracy \| ([\d.]+) \|/.exec(card)?.[1])
  for (const pass of Object.values(result.passes)) expect(pass.accuracy).toBeCloseTo(accuracy, 4)
})

test('batches callers that ask at once, and answers the second time from the cache', () => {
  const { oneByOne, concurrent, again } = result.passes
  expect(oneByOne).toMatchObject({ callerCount: 1, meanBatchRows: 1, cacheHitRate: 0 })
  expect(concurrent.cacheHitRate).toBe(0)
  expect(concurrent.meanBatchRows).toBeGreaterThan(10)
  expect(again).toMatchObject({ cacheHitRate: 1, meanBatchRows: 0 })
  for (const { latencyMs, rowsPerSecond, rowCount } of [oneByOne, concurrent, again]) {
    expect(latencyMs.p50).toBeGreaterThan(0)
    expect(latencyMs.p95).toBeGreaterThanOrEqual(latencyMs.p50)
    expect(latencyMs.p99).toBeGreaterThanOrEqual(latencyMs.p95)
    expect(rowsPerSecond).toBeGreaterThan(0)
    expect(rowCount).toBe(3000)
  }
})

test('answers by the rule of service.json, marked as such, once the model is gone', () => {
  const card = readFileSync(new URL('../../models/telco_churn/card.md', import.meta.url), 'utf8')
  const ofRule = card.slice(card.indexOf('## The fallback rule'))
  expect(result.fallback).toEqual({
    rule: 'telco_churn_rule',
    reason: 'MODEL_LOAD_FAILED',
    version: null,
    markedCount: 1000,
    accuracy: Number(/\| accuracy \| ([\d.]+) \|/.exec(ofRule)?.[1]),
  })
})

test('leaves nothing behind, whether it ends or is interrupted', async () => {
  const interruption = new AbortController()
  const reason = new Error('enough')
  const interrupted = runDemo({ ...listener, onConverted: () => interruption.abort(reason) }, interruption.signal)
  await expect(interrupted).rejects.toBe(reason)
  expect(readdirSync(ownTemporaryFolder)).toEqual([])
})

test('the command tells the story on stdout, its progress on stderr, and ends with what to do next', async () => {
  const { exitCode, stdout, stderr } = await runCommand(['demo'])
  expect(exitCode).toBe(0)
  for (const part of [1, 2, 3, 4]) expect(stdout).toMatch(new RegExp(`^${part}\\. `, 'm'))
  expect(stdout.match(/^ {2}npx tfjs-serving .*/gm)).toEqual([
    '  npx tfjs-serving convert models/telco_churn/model.joblib --out churn',
    '  npx tfjs-serving predict churn --input models/telco_churn/heldout.json',
  ])
  expect(stderr).toMatch(/^asking one by one$/m)
}, 60_000)

test('traffic keeps the order of the rows and never has more calls open than callers', async () => {
  let open = 0
  let most = 0
  const { predictions } = await driveTraffic({
    rows: Array.from({ length: 50 }, (_, value) => [value]),
    callerCount: 7,
    signal: new AbortController().signal,
    async predict(row) {
      most = Math.max(most, ++open)
      await new Promise((resolve) => setImmediate(resolve))
      open--
      return { model: 'a', version: null, source: 'model', value: (row as number[])[0] }
    },
  })
  expect(predictions.map(({ value }) => value)).toEqual(Array.from({ length: 50 }, (_, value) => value))
  expect(most).toBe(7)
})
