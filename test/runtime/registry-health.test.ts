import { describe, expect, it } from 'vitest'
import type { HealthStatus } from '../../src/observe/health.ts'
import type { ModelHealth } from '../../src/runtime/model-health.ts'
import { describeRegistry, metricsText } from '../../src/runtime/registry-health.ts'

/** Of a model, all that the registry's own status is judged by. */
function modelOf(status: HealthStatus): ModelHealth {
  return { status, reasons: [], versions: [] } as unknown as ModelHealth
}

const cases: readonly (readonly [why: string, statuses: readonly HealthStatus[], expected: HealthStatus])[] = [
  ['no model at all', [], 'unhealthy'],
  ['no usable model', ['unhealthy', 'unhealthy'], 'unhealthy'],
  ['one of two usable', ['healthy', 'unhealthy'], 'degraded'],
  ['one that is degraded', ['degraded'], 'degraded'],
  ['all well', ['healthy', 'healthy'], 'healthy'],
]

describe('describeRegistry', () => {
  it.each(cases)('%s', (_why, statuses, expected) => {
    const health = describeRegistry(statuses.map((status, i) => [`model_${i}`, modelOf(status)]))
    expect(health).toMatchObject({ status: expected, modelCount: statuses.length })
  })

  it('has a status to scrape for a model of which no version was ever loaded', () => {
    const health = describeRegistry([['lost', { ...modelOf('unhealthy'), model: 'lost' }]])
    expect(metricsText(health)).toContain('tfjs_serving_model_status{model="lost",status="unhealthy"} 1\n')
  })
})
