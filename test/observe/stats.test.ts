import { describe, expect, it } from 'vitest'
import { createModelStats, noVersion, olderVersions } from '../../src/observe/stats.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'

const nobody = (): boolean => false

function withManyVersions(count: number) {
  const stats = createModelStats({ clock: createFakeClock() })
  for (let i = 1; i <= count; i++) stats.of(`${i}.0.0`).recordAnswer('model', i)
  return stats
}

function namesOf(stats: ReturnType<typeof createModelStats>): string[] {
  return stats.versions().map(([version]) => version)
}

describe('createModelStats', () => {
  it('counts for each version, and for all', () => {
    const stats = withManyVersions(2)
    stats.of('2.0.0').recordError('EXECUTION_FAILED')
    stats.of(noVersion).recordAnswer('fallback', 1)
    expect(stats.of('1.0.0').snapshot()).toMatchObject({ requests: 1, errors: 0 })
    expect(stats.of('2.0.0').snapshot()).toMatchObject({ requests: 2, errors: 1 })
    expect(stats.snapshot()).toMatchObject({ requests: 4, errors: 1, fallbacks: 1, recent: { requests: 4 } })
  })

  it('gives a version that comes back the counters that it had', () => {
    const stats = withManyVersions(1)
    stats.forgetUnused(nobody)
    expect(stats.of('1.0.0').snapshot().requests).toBe(1)
  })

  it('sums the oldest versions up that nobody uses, so that memory is bounded and no sum goes back', () => {
    const stats = withManyVersions(40)
    stats.forgetUnused((version) => version === '2.0.0')
    expect(stats.versions()).toHaveLength(16)
    expect(namesOf(stats)).toContain('2.0.0')
    expect(namesOf(stats)).toContain('40.0.0')
    expect(namesOf(stats)).not.toContain('1.0.0')
    expect(stats.of(olderVersions).snapshot().requests).toBe(25)
    expect(stats.snapshot().requests).toBe(40)
  })

  it('keeps as many as are in use', () => {
    const stats = withManyVersions(40)
    stats.forgetUnused(() => true)
    expect(stats.versions()).toHaveLength(40)
  })

  it('remembers longest what was asked for last', () => {
    const stats = withManyVersions(17)
    stats.of('1.0.0')
    stats.forgetUnused(nobody)
    expect(namesOf(stats)).toContain('1.0.0')
    expect(namesOf(stats)).not.toContain('2.0.0')
  })
})
