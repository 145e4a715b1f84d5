// The reporter of `npm run test:integration`: what is skipped is named, and fails the run where nothing may be skipped.
import { expect, test } from 'vitest'
import { SkipReporter, type RunModule } from './helpers/skip-reporter.ts'

type Skipped = { readonly fullName: string; readonly note?: string; readonly mode: 'run' | 'skip' }

function createReporter(isAllRequired: boolean): [SkipReporter, { lines: string[]; failures: number }] {
  const calls = { lines: [] as string[], failures: 0 }
  const print = (line: string) => void calls.lines.push(line)
  return [new SkipReporter({ isAllRequired, print, fail: () => (calls.failures += 1) }), calls]
}

function moduleOf(skipped: readonly Skipped[]): RunModule {
  const tests = skipped.map(({ fullName, note, mode }) => ({
    fullName,
    options: { mode },
    result: () => ({ state: 'skipped' as const, errors: undefined, note }),
  }))
  return { relativeModuleId: 'test/a.integration.test.ts', children: { allTests: () => tests } }
}

const skipped = [
  { fullName: 'stores > in Redis', note: 'no redis-server on the PATH', mode: 'run' },
  { fullName: 'on CUDA', mode: 'skip' },
  { fullName: 'after a failed hook', mode: 'run' },
] as const

test('names each skipped test with its reason', () => {
  const [reporter, calls] = createReporter(false)
  reporter.onTestRunEnd([moduleOf(skipped)])
  expect(calls).toEqual({
    lines: [
      'Skipped:',
      '  test/a.integration.test.ts > stores > in Redis: no redis-server on the PATH',
      '  test/a.integration.test.ts > on CUDA: marked as skip',
      '  test/a.integration.test.ts > after a failed hook: what comes before it failed',
    ],
    failures: 0,
  })
})

test('fails the run for a skipped test where all are required', () => {
  const [reporter, calls] = createReporter(true)
  reporter.onTestRunEnd([moduleOf(skipped)])
  expect(calls.failures).toBe(1)
})

test('says so where nothing was skipped, and lets the run pass', () => {
  const [reporter, calls] = createReporter(true)
  reporter.onTestRunEnd([moduleOf([])])
  expect(calls).toEqual({ lines: ['Skipped: nothing'], failures: 0 })
})
