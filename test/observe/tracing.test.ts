import { describe, expect, it } from 'vitest'
import { createError } from '../../src/errors.ts'
import { BatchSpans } from '../../src/observe/batch-spans.ts'
import { createTracing, endFailed, type Span } from '../../src/observe/tracing.ts'
import { createStandInTracing } from '../helpers/stand-in-tracing.ts'

describe('createTracing', () => {
  it('makes no span before the application registers a provider, and then does', () => {
    const { api, register, ended } = createStandInTracing()
    const tracing = createTracing({ api })
    expect(tracing.startRequest('churn', 1, undefined)).toBeUndefined()
    register()
    tracing.startRequest('churn', 1, 'r-1')?.end()
    expect(ended).toMatchObject([{ name: 'predict churn', attributes: { 'tfjs_serving.request_id': 'r-1' } }])
  })

  it('takes a provider that it is given, with and without the API', () => {
    const { api, provider, ended } = createStandInTracing()
    for (const options of [{ provider }, { provider, api }])
      createTracing(options).startRequest('churn', 2, undefined)?.end()
    expect(ended).toMatchObject([{ name: 'predict churn' }, { name: 'predict churn' }])
  })

  it('makes what starts within a span a part of it', () => {
    const { api, register, startSpan, ended } = createStandInTracing()
    register()
    const tracing = createTracing({ api })
    const span = tracing.startRequest('churn', 1, undefined) as Span
    tracing.within(span, () => startSpan('redis GET').end())
    span.end()
    const [inner, outer] = ended
    expect(inner).toMatchObject({ name: 'redis GET', parent: outer.id })
  })

  it('makes a batch of one request a part of it, and links others to each of theirs', () => {
    const { api, register, ended } = createStandInTracing()
    register()
    const tracing = createTracing({ api })
    const [a, b] = [1, 2].map(() => tracing.startRequest('churn', 1, undefined) as Span)
    tracing.startBatch('churn', [a], {})?.end()
    tracing.startBatch('churn', [a, b], {})?.end()
    for (const span of [a, b]) span.end()
    const [alone, together, first, second] = ended
    expect(alone).toMatchObject({ name: 'run churn', parent: first.id, links: [] })
    expect(together).toMatchObject({ name: 'run churn', parent: undefined, links: [first.id, second.id] })
  })

  it('links to no more requests than a span keeps', () => {
    const { provider, ended } = createStandInTracing()
    const tracing = createTracing({ provider })
    const many = Array.from({ length: 300 }, () => tracing.startRequest('churn', 1, undefined) as Span)
    tracing.startBatch('churn', many, {})?.end()
    expect(ended[0].links).toHaveLength(128)
  })
})

const endings = [
  ['a fault of the model', createError('EXECUTION_FAILED', 'got 41'), false, 'EXECUTION_FAILED', 2],
  ['a refusal', createError('QUEUE_FULL', 'full'), false, 'QUEUE_FULL', 2],
  ['a bad row', createError('INPUT_INVALID', 'got 41'), false, 'INPUT_INVALID', 0],
  ['a caller who left', new Error('41'), true, 'aborted', 0],
  ['what should not be thrown', new TypeError('41'), false, 'EXECUTION_FAILED', 2],
] as const

describe('endFailed', () => {
  it.each(endings)('ends a span by %s with its code alone', (_, error, isAborted, type, statusCode) => {
    const { startSpan, ended } = createStandInTracing()
    endFailed(startSpan('predict churn'), error, isAborted)
    expect(ended).toMatchObject([{ attributes: { 'error.type': type }, statusCode }])
    expect(JSON.stringify(ended)).not.toContain('41')
  })
})

describe('BatchSpans', () => {
  it('tells each request how long it waited, and none where nobody records', () => {
    const { provider, ended } = createStandInTracing()
    const tracing = createTracing({ provider })
    const spans = new BatchSpans(tracing, 'churn')
    const [a, b] = [1, 2].map(() => tracing.startRequest('churn', 1, undefined) as Span)
    const rows = [{}, {}, {}]
    expect(spans.start(rows, 0, {})).toBeUndefined()
    spans.add(rows[0], a, 10)
    spans.add(rows[1], b, 12)
    spans.add(rows[2], b, 14)
    spans.start(rows, 20, { 'tfjs_serving.backend': 'wasm' })?.end()
    for (const span of [a, b]) span.end()
    expect(ended.map(({ attributes }) => attributes['tfjs_serving.queue_ms'])).toEqual([undefined, 10, 8])
    expect(ended[0].attributes).toMatchObject({ 'tfjs_serving.rows': 3, 'tfjs_serving.backend': 'wasm' })
  })

  it('costs a request that was not sampled nothing', () => {
    const { provider, spanCount } = createStandInTracing({ isSampled: false })
    const tracing = createTracing({ provider })
    const spans = new BatchSpans(tracing, 'churn')
    const row = {}
    spans.add(row, tracing.startRequest('churn', 1, undefined) as Span, 0)
    expect(spans.start([row], 1, {})).toBeUndefined()
    expect(spanCount()).toBe(1)
  })
})
