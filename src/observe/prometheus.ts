// Counters and histograms of models in; the text that Prometheus scrapes, under Triton's names where one exists, out.

import { type ErrorCode, errorTable } from '../errors.ts'
import type { HealthStatus } from './health.ts'
import type { HistogramSummary } from './histogram.ts'
import type { BatchStage, ModelStatsSnapshot } from './version-stats.ts'

export type VersionMetrics = {
  /** Empty for rows that found no version loaded. */
  readonly version: string
  /** Absent while it is not loaded. */
  readonly breaker?: string
  /** Rows that wait now; absent while it is not loaded. */
  readonly queuedRows?: number
  readonly stats: ModelStatsSnapshot
}

export type ModelMetrics = {
  readonly model: string
  readonly status: HealthStatus
  readonly versions: readonly VersionMetrics[]
}

type Labels = Readonly<Record<string, string>>
type Sample = { readonly labels: Labels; readonly value: number; readonly suffix?: string }
type Head = { readonly name: string; readonly type: 'counter' | 'gauge' | 'summary'; readonly help: string }
type Family = Head & { readonly samplesOf: (metrics: VersionMetrics) => readonly Sample[] }

const quantiles = { '0.5': 'p50', '0.95': 'p95', '0.99': 'p99' } as const

/**
 * Triton: docs/user_guide/metrics.md. A row is its request and its inference; its counters of durations are microseconds
 * summed over requests, so that each row of a batch counts the whole time of it, and their ratios are means of a row.
 */
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
  rowMicros('nv_inference_request_duration_us', 'Time from predict to its answer, summed over rows', 'request'),
  rowMicros('nv_inference_queue_duration_us', 'Longest wait of a row in each batch, summed over rows', 'queue'),
  rowMicros('nv_inference_compute_input_duration_us', 'Time of encoding their batch, summed over rows', 'encode'),
  rowMicros('nv_inference_compute_infer_duration_us', 'Time of their batch in the backend, summed over rows', 'run'),
  rowMicros('nv_inference_compute_output_duration_us', 'Time of decoding their batch, summed over rows', 'decode'),
  {
    name: 'nv_inference_pending_request_count',
    type: 'gauge',
    help: 'Rows that wait for a batch now',
    samplesOf: ({ queuedRows }) => (queuedRows === undefined ? [] : [{ labels: {}, value: queuedRows }]),
  },
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
  summary('tfjs_serving_request_duration_seconds', 'Time from predict to its answer', (s) => {
    return { ...s.latencyMs, sum: s.rowMs.request }
  }),
  summary('tfjs_serving_queue_duration_seconds', 'Longest wait of a row in each batch', (s) => s.queueMs),
  summary('tfjs_serving_encode_duration_seconds', 'Time of encoding a batch', (s) => s.encodeMs),
  summary('tfjs_serving_run_duration_seconds', 'Time of a batch in the backend', (s) => s.runMs),
  summary('tfjs_serving_decode_duration_seconds', 'Time of decoding a batch', (s) => s.decodeMs),
  {
    name: 'tfjs_serving_breaker_state',
    type: 'gauge',
    help: '1 for the state that the circuit breaker of the version is in',
    samplesOf: ({ breaker }) =>
      breaker === undefined ? [] : oneOf('state', ['closed', 'open', 'half-open'] as const, breaker),
  },
]

const statusHead: Head = {
  name: 'tfjs_serving_model_status',
  type: 'gauge',
  help: '1 for the status that the model has',
}

/** Text exposition format 0.0.4; serve it as `text/plain; version=0.0.4`. */
export function prometheusText(models: readonly ModelMetrics[]): string {
  const lines: string[] = []
  for (const { samplesOf, ...head } of families) {
    const before = lines.length
    for (const { model, versions } of models)
      for (const metrics of versions) {
        const shared = labelsText({ model, version: metrics.version })
        for (const sample of samplesOf(metrics)) lines.push(sampleLine(head.name, shared, sample))
      }
    if (lines.length > before) lines.splice(before, 0, ...headLines(head))
  }
  if (models.length > 0) lines.push(...headLines(statusHead))
  for (const { model, status } of models)
    for (const sample of oneOf('status', ['healthy', 'degraded', 'unhealthy'] as const, status))
      lines.push(sampleLine(statusHead.name, labelsText({ model }), sample))
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

function headLines({ name, type, help }: Head): readonly string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]
}

function sampleLine(name: string, shared: string, { labels, value, suffix = '' }: Sample): string {
  const own = labelsText(labels)
  return `${name}${suffix}{${shared}${own === '' ? '' : `,${own}`}} ${numberText(value)}`
}

function counter(name: string, help: string, read: (stats: ModelStatsSnapshot) => number): Family {
  return { name, type: 'counter', help, samplesOf: ({ stats }) => [{ labels: {}, value: read(stats) }] }
}

function rowMicros(name: string, help: string, part: BatchStage | 'request'): Family {
  return counter(name, help, ({ rowMs }) => Math.round(rowMs[part] * 1000))
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
        { labels: {}, suffix: '_sum', value: found.sum / 1000 },
        { labels: {}, suffix: '_count', value: found.count },
      ]
    },
  }
}

function oneOf(label: string, values: readonly string[], holds: string): readonly Sample[] {
  return values.map((value) => ({ labels: { [label]: value }, value: value === holds ? 1 : 0 }))
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

function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`)
    .join(',')
}

function numberText(value: number): string {
  return Number.isNaN(value) ? 'NaN' : String(value)
}
