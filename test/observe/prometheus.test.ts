import { describe, expect, it } from 'vitest'
import { type ModelMetrics, prometheusText } from '../../src/observe/prometheus.ts'
import { createModelStats } from '../../src/observe/stats.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'

function metricsOf(model: string): ModelMetrics {
  const stats = createModelStats({ clock: createFakeClock() })
  stats.recordAnswer('model', 2)
  stats.recordAnswer('cache', 4)
  stats.recordCacheMiss()
  stats.recordError('QUEUE_FULL')
  stats.recordError('EXECUTION_FAILED')
  stats.recordError('INPUT_INVALID')
  stats.recordAbort()
  stats.recordBatch(8, 1, 3)
  return { model, version: '1.0.0', status: 'degraded', breaker: 'open', stats: stats.snapshot() }
}

/** The sample lines of one family, without the labels that all share. */
function samples(text: string, name: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith(name) && !line.startsWith(`${name}_d`))
    .map((line) => line.slice(name.length).replace('model="churn",version="1.0.0"', ''))
}

describe('prometheusText', () => {
  const text = prometheusText([metricsOf('churn')])

  it('says help and type of each family once, and every line is one of the format', () => {
    const names = [...text.matchAll(/^# TYPE (\S+) (counter|gauge|summary)$/gm)].map(([, name]) => name)
    expect(new Set(names).size).toBe(names.length)
    expect([...text.matchAll(/^# HELP \S+ \S.*$/gm)]).toHaveLength(names.length)
    for (const line of text.trimEnd().split('\n'))
      expect(line).toMatch(/^(# (HELP|TYPE) .+|[a-z_]+\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\} (NaN|-?[\d.e+-]+))$/)
  })

  it('counts under the names that Triton has', () => {
    expect(samples(text, 'nv_inference_request_success')).toEqual(['{} 2'])
    expect(samples(text, 'nv_inference_request_failure')).toEqual([
      '{,reason="REJECTED"} 1',
      '{,reason="CANCELED"} 1',
      '{,reason="BACKEND"} 1',
      '{,reason="OTHER"} 1',
    ])
    expect(samples(text, 'nv_inference_count')).toEqual(['{} 8'])
    expect(samples(text, 'nv_inference_exec_count')).toEqual(['{} 1'])
    expect(samples(text, 'nv_inference_request_duration_us')).toEqual(['{} 6000'])
    expect(samples(text, 'nv_cache_num_hits_per_model')).toEqual(['{} 1'])
  })

  it('gives quantiles in seconds, and NaN where nothing was measured', () => {
    const lines = samples(text, 'tfjs_serving_run_duration_seconds')
    expect(lines).toEqual([
      '{,quantile="0.5"} 0.003',
      '{,quantile="0.95"} 0.003',
      '{,quantile="0.99"} 0.003',
      '_sum{} 0.003',
      '_count{} 1',
    ])
    const stats = createModelStats({ clock: createFakeClock() }).snapshot()
    const idle = prometheusText([{ model: 'churn', version: '1.0.0', status: 'healthy', breaker: 'closed', stats }])
    expect(samples(idle, 'tfjs_serving_run_duration_seconds')[0]).toBe('{,quantile="0.5"} NaN')
  })

  it('escapes what a name may hold', () => {
    expect(prometheusText([metricsOf('a"b\\c\nd')])).toContain('model="a\\"b\\\\c\\nd"')
  })
})
