import { describe, expect, it } from 'vitest'
import { type Health, judgeHealth, withVersions } from '../../src/observe/health.ts'
import type { HealthInput } from '../../src/observe/health.ts'
import type { OutcomeCounts } from '../../src/observe/outcomes.ts'
import { VersionStats } from '../../src/observe/version-stats.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'

function outcomes(record: (stats: VersionStats) => void): OutcomeCounts {
  const stats = new VersionStats({ clock: createFakeClock() })
  record(stats)
  return stats.snapshot().recent
}

function repeat(count: number, action: () => void): void {
  for (let i = 0; i < count; i++) action()
}

const calm: HealthInput = { recent: outcomes(() => {}), breaker: 'closed', isLoaded: true, hasFallback: false }

const cases: readonly [string, Partial<HealthInput>, string, readonly string[]][] = [
  ['no traffic', {}, 'healthy', []],
  ['4 % errors', { recent: outcomes((s) => mix(s, 96, 4)) }, 'healthy', []],
  ['5 % errors', { recent: outcomes((s) => mix(s, 95, 5)) }, 'degraded', ['error-rate']],
  ['only errors', { recent: outcomes((s) => mix(s, 0, 3)) }, 'unhealthy', ['all-failing']],
  ['only bad rows', { recent: outcomes((s) => s.recordError('INPUT_INVALID')) }, 'healthy', []],
  ['slow', { recent: outcomes((s) => s.recordAnswer('model', 80)), latencyTargetMs: 50 }, 'degraded', ['latency']],
  ['fast enough', { recent: outcomes((s) => s.recordAnswer('model', 40)), latencyTargetMs: 50 }, 'healthy', []],
  ['slow without a target', { recent: outcomes((s) => s.recordAnswer('model', 9000)) }, 'healthy', []],
  ['breaker open', { breaker: 'open' }, 'degraded', ['breaker']],
  ['breaker half-open', { breaker: 'half-open' }, 'degraded', ['breaker']],
  ['fallback answers', { recent: outcomes((s) => s.recordAnswer('fallback', 1)) }, 'degraded', ['fallback']],
  ['on another backend', { movedBackend: 'moved from cuda to wasm: OUT_OF_MEMORY' }, 'degraded', ['backend']],
  ['not loaded, with a fallback', { isLoaded: false, hasFallback: true }, 'degraded', ['not-loaded']],
  ['not loaded, without', { isLoaded: false }, 'unhealthy', ['not-loaded']],
]

function mix(stats: VersionStats, successes: number, errors: number): void {
  repeat(successes, () => stats.recordAnswer('model', 1))
  repeat(errors, () => stats.recordError('EXECUTION_FAILED'))
}

describe('judgeHealth', () => {
  it.each(cases)('%s', (_title, input, status, kinds) => {
    const health = judgeHealth({ ...calm, ...input })
    expect(health.status).toBe(status)
    expect(health.reasons.map((reason) => reason.kind)).toEqual(kinds)
  })

  it('says what was measured and what was expected', () => {
    const recent = outcomes((stats) => mix(stats, 90, 10))
    expect(judgeHealth({ ...calm, recent }).reasons[0].text).toBe('10 % of rows failed, expected less than 5.0 %')
  })
})

describe('withVersions', () => {
  const well: Health = { status: 'healthy', reasons: [] }
  const failing: Health = { status: 'unhealthy', reasons: [{ kind: 'all-failing', text: 'all of 9 rows failed' }] }
  const active = { ...well, version: '1.0.0', isActive: true }
  const canary = { ...well, version: '2.0.0', isActive: false }

  it('says what the sum hides of a version in a small share of the traffic', () => {
    expect(withVersions(well, [active, { ...canary, ...failing }])).toEqual({
      status: 'degraded',
      reasons: [{ kind: 'version', text: 'version 2.0.0: all of 9 rows failed' }],
    })
  })

  it('is unhealthy with the active version, whoever else answers', () => {
    const degraded: Health = { status: 'degraded', reasons: [{ kind: 'error-rate', text: '50 % of rows failed' }] }
    expect(withVersions(degraded, [{ ...active, ...failing }, canary])).toMatchObject({
      status: 'unhealthy',
      reasons: [{ kind: 'error-rate' }, { kind: 'version' }],
    })
  })

  it('adds nothing where all do well, or there is one', () => {
    expect(withVersions(well, [active, canary])).toBe(well)
    expect(withVersions(failing, [{ ...active, ...failing }])).toBe(failing)
  })
})
