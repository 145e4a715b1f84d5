// Counters and histograms of models in; the text that Prometheus scrapes, under Triton's names where one exists, out.

import { type ErrorCode, errorTable } from '../errors.ts'
import type { HealthStatus } from './health.ts'
import type { HistogramSummary } from './histogram.ts'
import type { ModelStatsSnapshot } from './stats.ts'

export type ModelMetrics = {
  readonly model: string
  /** Empty where no version is loaded. */
  readonly version: string
  readonly status: HealthStatus
  readonly breaker: string
  readonly stats: ModelStatsSnapshot
}

type Labels = Readonly<Record<string, string>>
type Sample = { readonly labels: Labels; readonly value: number; readonly suffix?: string }
type Family = {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'summary'
  readonly help: string
  readonly samplesOf: (metrics: ModelMetrics) => readonly Sample[]
}

const quantiles = { '0.5': 'p50', '0.95': 'p95', '0.99': 'p99' } as const

/** Triton: docs/user_guide/metrics.md; counters of durations are microseconds there, and rows are its inferences. */
const families: readonly Family[] = [
  counter('nv_inference_request_success', 'Rows that were answered, whatever answered them', (s) => s.successes),
  {
    name: 'nv_inference_request_failure',
    type: 'counter',
    help: 'Rows that got no answer, by reason',
    samplesOf: ({ stats }) => failuresByReason(stats).map(([reason, value]) => ({ labels: { reason }, value })),
  },
  counter('nv_inference_count', 'Rows that the model ran', (s) => s.rowsInBatches),
  counter('nv_inference_exec_count', 'Batches that the model ran', (s) => s.batches),
  counter('nv_inference_request_duration_us', 'Time from predict to its answer, summed over rows', (s) =>
    sumMicros(s.latencyMs),
  ),
  counter('nv_inference_queue_duration_us', 'Longest wait of a row in each batch, summed over batches', (s) =>
    sumMicros(s.queueMs),
  ),
  counter('nv_inference_compute_infer_duration_us', 'Time in the model, summed over batches', (s) =>
    sumMicros(s.runMs),
  ),
  counter('nv_cache_num_hits_per_model', 'Rows that were answered from the cache', (s) => s.cache.hits),
  counter('nv_cache_num_misses_per_model', 'Rows that the cache did not have', (s) => s.cache.misses),
  counter(
    'tfjs_serving_coalesced_total',
    'Rows that waited for the same row of another caller',
    (s) => s.cache.coalesced,
  ),
  {
    name: 'tfjs_serving_errors_total',
    type: 'counter',
    help: 'Rows that got no answer, by error code',
    samplesOf: ({ stats }) => byCode(stats.errorsByCode),
  },
  {
    name: 'tfjs_serving_fallbacks_total',
    type: 'counter',
    help: 'Rows that a rule answered, by the error code of the model',
    samplesOf: ({ stats }) => byCode(stats.fallbacksByCode),
  },
  summary('tfjs_serving_request_duration_seconds', 'Time from predict to its answer', (s) => s.latencyMs),
  summary('tfjs_serving_queue_duration_seconds', 'Longest wait of a row in each batch', (s) => s.queueMs),
  summary('tfjs_serving_run_duration_seconds', 'Time of a batch in the model', (s) => s.runMs),
  {
    name: 'tfjs_serving_model_status',
    type: 'gauge',
    help: '1 for the status that the model has',
    samplesOf: ({ status }) =>
      (['healthy', 'degraded', 'unhealthy'] as const).map((one) => ({
        labels: { status: one },
        value: one === status ? 1 : 0,
      })),
  },
  {
    name: 'tfjs_serving_breaker_state',
    type: 'gauge',
    help: '1 for the state that the circuit breaker of the model is in',
    samplesOf: ({ breaker }) =>
      ['closed', 'open', 'half-open'].map((state) => ({ labels: { state }, value: state === breaker ? 1 : 0 })),
  },
]

/** Text exposition format 0.0.4; serve it as `text/plain; version=0.0.4`. */
export function prometheusText(models: readonly ModelMetrics[]): string {
  const lines: string[] = []
  for (const { name, type, help, samplesOf } of families) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
    for (const metrics of models)
      for (const { labels, value, suffix = '' } of samplesOf(metrics)) {
        const all = { model: metrics.model, version: metrics.version, ...labels }
        lines.push(`${name}${suffix}{${labelsText(all)}} ${numberText(value)}`)
      }
  }
  return `${lines.join('\n')}\n`
}

function counter(name: string, help: string, read: (stats: ModelStatsSnapshot) => number): Family {
  return { name, type: 'counter', help, samplesOf: ({ stats }) => [{ labels: {}, value: read(stats) }] }
}

function summary(name: string, help: string, read: (stats: ModelStatsSnapshot) => HistogramSummary): Family {
  return {
    name,
    type: 'summary',
    help,
    samplesOf({ stats }) {
      const found = read(stats)
      const samples = Object.entries(quantiles).map(([quantile, key]) => ({
        labels: { quantile },
        // no value yet is not a fast one
        value: found.count === 0 ? NaN : found[key] / 1000,
      }))
      return [
        ...samples,
        { labels: {}, suffix: '_sum', value: (found.mean * found.count) / 1000 },
        { labels: {}, suffix: '_count', value: found.count },
      ]
    },
  }
}

/** Triton's four reasons. */
function failuresByReason({ errorsByCode, aborted }: ModelStatsSnapshot): readonly (readonly [string, number])[] {
  const counts = { REJECTED: 0, CANCELED: aborted, BACKEND: 0, OTHER: 0 }
  for (const [code, count] of Object.entries(errorsByCode)) {
    const { countsAsModelFailure, retryable } = errorTable[code as ErrorCode]
    counts[countsAsModelFailure ? 'BACKEND' : retryable ? 'REJECTED' : 'OTHER'] += count
  }
  return Object.entries(counts)
}

function byCode(counts: Readonly<Partial<Record<ErrorCode, number>>>): Sample[] {
  return Object.entries(counts).map(([code, value]) => ({ labels: { code }, value }))
}

function sumMicros({ mean, count }: HistogramSummary): number {
  return Math.round(mean * count * 1000)
}

function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`)
    .join(',')
}

function numberText(value: number): string {
  return Number.isNaN(value) ? 'NaN' : String(value)
}
