// The bar of an install: it only moves forward, and draws no more often than it moves.
import { expect, test } from 'vitest'
import { createInstallPlan } from '../../../src/cli/native/install-plan.ts'
import { createStepProgress } from '../../../src/cli/native/step-progress.ts'
import { createFakeInstall } from './fake-install.ts'

function createSubject() {
  const { home, wheel } = createFakeInstall()
  const reports: [fraction: number, message: string][] = []
  const progress = { report: (...report: [number, string]) => void reports.push(report), stop: () => {} }
  let nowMs = 0
  const large = { ...wheel, byteLength: 200e6, unpackedByteLength: 900e6 }
  const plan = createInstallPlan('cpu', home, [large], [])
  const subject = createStepProgress(plan, progress, () => (nowMs += 10))
  return { subject, reports, fetch: `fetch ${wheel.fileName}` }
}

test('goes from 0 towards 1 through the steps, each a share of its usual duration', () => {
  const { subject, reports, fetch } = createSubject()
  const advance = subject.step(fetch, 'fetching')
  for (const fraction of [0.5, 1, 1.2]) advance(fraction)
  subject.step('compile', 'compiling')
  subject.step('clean', 'cleaning')
  const fractions = reports.map(([fraction]) => fraction)
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b))
  expect(fractions[0]).toBe(0)
  // 10 seconds to fetch, 6 to unpack, 17 for the rest
  expect(fractions[2]).toBeCloseTo(10 / 33)
  expect(fractions.at(-1)).toBeCloseTo(32 / 33)
})

test('reports once a percent, however small the pieces are', () => {
  const { subject, reports, fetch } = createSubject()
  const advance = subject.step(fetch, 'fetching')
  for (let i = 0; i <= 10_000; i++) advance(i / 10_000)
  expect(reports).toHaveLength(1 + Math.floor((100 * 10) / 33))
})

test('tells how long each step took', () => {
  const { subject, fetch } = createSubject()
  subject.step(fetch, 'fetching')
  subject.step('compile', 'compiling')
  expect(subject.durationsMs()).toEqual({ [fetch]: 10, compile: 10 })
})
