import { describe, expect, it } from 'vitest'
import { type ModelMetrics, prometheusText } from '../../src/observe/prometheus.ts'
import { VersionStats } from '../../src/observe/version-stats.ts'
import { parseExpositionText } from '../helpers/exposition-text.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'

function busyStats(): VersionStats {
  const stats = new VersionStats({ clock: createFakeClock() })
  stats.recordAnswer('model', 2)
  stats.recordAnswer('cache', 4)
  stats.recordCacheMiss()
  stats.recordError('QUEUE_FULL')
  stats.recordError('EXECUTION_FAILED')
  stats.recordError('INPUT_INVALID')
  stats.recordFallbackCause('OUT_OF_MEMORY')
  stats.recordAbort()
  stats.recordBatch({ rowCount: 8, queueMs: 1, encodeMs: 0.5, runMs: 3, decodeMs: 0.25 })
  return stats
}

function metricsOf(model: string, versions: readonly string[] = ['1.0.0']): ModelMetrics {
  return {
    model,
    status: 'degraded',
    versions: versions.map((version) => {
      return { version, breaker: 'open', queuedRows: 3, stats: busyStats().snapshot() }
    }),
  }
}

/** Each sample of a family as its own labels and value. */
function samples(text: string, name: string): string[] {
  return (parseExpositionText(text).get(name)?.samples ?? []).map(({ name: sample, labels, value }) => {
    const { model: _model, version: _version, ...own } = labels
    return `${sample.slice(name.length)}${JSON.stringify(own)} ${value}`
  })
}

describe('prometheusText', () => {
  const text = prometheusText([metricsOf('churn')])

  it('is the text format: names, HELP and TYPE once before their samples, no sample twice', () => {
    const families = parseExpositionText(prometheusText([metricsOf('churn', ['1.0.0', '2.0.0']), metricsOf('risk')]))
    expect(families.size).toBeGreaterThan(20)
    for (const { samples } of families.values())
      for (const { labels } of samples) expect(['churn', 'risk']).toContain(labels['model'])
  })

  it('names own counters as Prometheus does, and those of Triton as Triton does', () => {
    const triton = /^nv_(inference|cache)_\w+(?<!_total)$/
    const own = { counter: /^tfjs_serving_\w+_total$/, summary: /_seconds$/, gauge: /^tfjs_serving_\w+$/ }
    for (const [name, { type }] of parseExpositionText(text))
      expect(name).toMatch(name.startsWith('nv_') ? triton : own[type as keyof typeof own])
  })

  it('counts under the names that Triton has', () => {
    expect(samples(text, 'nv_inference_request_success')).toEqual(['{} 2'])
    expect(samples(text, 'nv_inference_request_failure')).toEqual([
      '{"reason":"REJECTED"} 1',
      '{"reason":"CANCELED"} 1',
      '{"reason":"BACKEND"} 1',
      '{"reason":"OTHER"} 1',
    ])
    expect(samples(text, 'nv_inference_count')).toEqual(['{} 8'])
    expect(samples(text, 'nv_inference_exec_count')).toEqual(['{} 1'])
    expect(samples(text, 'nv_inference_pending_request_count')).toEqual(['{} 3'])
    expect(samples(text, 'nv_cache_num_hits_per_model')).toEqual(['{} 1'])
  })

  const durations = [
    ['request', 6_000],
    ['queue', 8_000],
    ['compute_input', 4_000],
    ['compute_infer', 24_000],
    ['compute_output', 2_000],
  ] as const
  it.each(durations)('sums %s time over rows, in microseconds, as Triton does over requests', (part, micros) => {
    expect(samples(text, `nv_inference_${part}_duration_us`)).toEqual([`{} ${micros}`])
  })

  it('gives quantiles in seconds, and NaN where nothing was measured', () => {
    expect(samples(text, 'tfjs_serving_run_duration_seconds')).toEqual([
      '{"quantile":"0.5"} 0.003',
      '{"quantile":"0.95"} 0.003',
      '{"quantile":"0.99"} 0.003',
      '_sum{} 0.003',
      '_count{} 1',
    ])
    expect(samples(text, 'tfjs_serving_encode_duration_seconds')[3]).toBe('_sum{} 0.0005')
    expect(samples(text, 'tfjs_serving_decode_duration_seconds')[3]).toBe('_sum{} 0.00025')
    const stats = new VersionStats({ clock: createFakeClock() }).snapshot()
    const idle = prometheusText([{ model: 'churn', status: 'healthy', versions: [{ version: '1.0.0', stats }] }])
    expect(samples(idle, 'tfjs_serving_run_duration_seconds')[0]).toBe('{"quantile":"0.5"} NaN')
  })

  it('tells versions apart, and says once how the model does', () => {
    const two = parseExpositionText(prometheusText([metricsOf('churn', ['1.0.0', '2.0.0'])]))
    const labels = two.get('nv_inference_count')?.samples.map((sample) => sample.labels)
    expect(labels).toEqual([
      { model: 'churn', version: '1.0.0' },
      { model: 'churn', version: '2.0.0' },
    ])
    expect(two.get('tfjs_serving_model_status')?.samples.map((sample) => [sample.labels, sample.value])).toEqual([
      [{ model: 'churn', status: 'healthy' }, 0],
      [{ model: 'churn', status: 'degraded' }, 1],
      [{ model: 'churn', status: 'unhealthy' }, 0],
    ])
  })

  it('gives no state of a version that is not loaded, and nothing at all without models', () => {
    const stats = busyStats().snapshot()
    const text = prometheusText([{ model: 'churn', status: 'healthy', versions: [{ version: '1.0.0', stats }] }])
    const families = parseExpositionText(text)
    expect(families.has('tfjs_serving_breaker_state')).toBe(false)
    expect(families.has('nv_inference_pending_request_count')).toBe(false)
    expect(families.get('nv_inference_count')?.samples).toHaveLength(1)
    expect(prometheusText([])).toBe('')
  })

  it('escapes what a name may hold', () => {
    const name = 'a"b\\c\nd\\n'
    const families = parseExpositionText(prometheusText([metricsOf(name)]))
    expect(families.get('nv_inference_count')?.samples[0].labels['model']).toBe(name)
  })
})

const refused: readonly (readonly [why: string, text: string])[] = [
  ['a sample without its TYPE', 'a 1\n'],
  ['two TYPE lines', '# HELP a b\n# TYPE a counter\n# TYPE a counter\na 1\n'],
  ['a sample twice', '# HELP a b\n# TYPE a counter\na{b="c"} 1\na{b="c"} 2\n'],
  ['a family in two places', '# HELP a b\n# TYPE a counter\na 1\n# HELP b b\n# TYPE b gauge\nb 1\n# TYPE a counter\n'],
  ['an open quote', '# HELP a b\n# TYPE a counter\na{b="c"d"} 1\n'],
  ['a negative counter', '# HELP a b\n# TYPE a counter\na -1\n'],
  ['no value', '# HELP a b\n# TYPE a counter\na{b="c"} one\n'],
  ['an open line', '# HELP a b\n# TYPE a counter\na 1'],
]

describe('the parser of these tests', () => {
  it.each(refused)('refuses %s', (_why, text) => {
    expect(() => parseExpositionText(text)).toThrow()
  })
})
