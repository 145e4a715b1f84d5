import { describe, expect, it } from 'vitest'
import { createError } from '../../src/errors.ts'
import type { Publish } from '../../src/observe/channels.ts'
import { createTracing } from '../../src/observe/tracing.ts'
import { heldOut } from '../helpers/artifacts.ts'
import { createHandDrivenModel, type HandDrivenOptions } from '../helpers/hand-driven-model.ts'
import { createStandInTracing } from '../helpers/stand-in-tracing.ts'

const { rows } = heldOut('telco_churn')

/** A value that nobody but its caller may see again. */
const secret = 'alice@example.org'
const secretRow = { ...rows[0], total_day_minutes: secret }

type Heard = { readonly channel: string; readonly message: Readonly<Record<string, unknown>> }

async function createSubject(options: HandDrivenOptions = {}) {
  const lines: Record<string, unknown>[] = []
  const note = (level: string) => (facts: object, message: string) => void lines.push({ ...facts, level, message })
  const logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }
  const heard: Heard[] = []
  const publish: Publish = (channel, message) => void heard.push({ channel, message: { ...message } })
  const { api, register, ended } = createStandInTracing()
  register()
  const model = await createHandDrivenModel({
    caching: false,
    logger,
    publish,
    spans: createTracing({ api }),
    ...options,
  })
  heard.length = 0
  const of = (channel: string) => heard.filter((one) => one.channel === channel).map(({ message }) => message)
  return { ...model, lines, ended, heard, of }
}

describe('a request that is answered', () => {
  it('is told on the channels with its parts of time, and gives a span with that of its batch within', async () => {
    const { predictor, endTurn, of, ended, lines } = await createSubject()
    const answer = predictor.predict(rows[0], { requestId: 'r-1' })
    await endTurn()
    await answer
    expect(of('prediction')).toMatchObject([
      { model: 'telco_churn', version: '1.0.0', source: 'model', requestId: 'r-1' },
    ])
    const [batch] = of('batch')
    expect(Object.keys(batch)).toEqual(['model', 'version', 'rowCount', 'queueMs', 'encodeMs', 'runMs', 'decodeMs'])
    const [run, predict] = ended
    expect(run).toMatchObject({
      name: 'run telco_churn',
      parent: predict.id,
      attributes: { 'tfjs_serving.backend': 'wasm', 'tfjs_serving.rows': 1, 'tfjs_serving.version': '1.0.0' },
    })
    expect(predict).toMatchObject({
      name: 'predict telco_churn',
      attributes: {
        'tfjs_serving.model': 'telco_churn',
        'tfjs_serving.version': '1.0.0',
        'tfjs_serving.source': 'model',
        'tfjs_serving.rows': 1,
        'tfjs_serving.queue_ms': 0,
        'tfjs_serving.request_id': 'r-1',
      },
    })
    expect(lines).toEqual([])
  })

  it('is one span for a predictBatch, however many rows and batches it has', async () => {
    const { predictor, endTurn, ended } = await createSubject({ batching: { maxRows: 4 } })
    const answers = predictor.predictBatch(rows.slice(0, 8))
    await endTurn()
    await endTurn()
    await answers
    const [first, second, call] = ended
    expect(ended).toHaveLength(3)
    expect([first, second]).toMatchObject([
      { name: 'run telco_churn', parent: call.id, attributes: { 'tfjs_serving.rows': 4 } },
      { name: 'run telco_churn', parent: call.id, attributes: { 'tfjs_serving.rows': 4 } },
    ])
    expect(call.attributes).toMatchObject({ 'tfjs_serving.rows': 8, 'tfjs_serving.failed_rows': 0 })
  })

  it('shares the span of a batch with others by links', async () => {
    const { predictor, endTurn, ended } = await createSubject()
    const answers = Promise.all(rows.slice(0, 3).map((row) => predictor.predict(row)))
    await endTurn()
    await answers
    const [run, ...requests] = ended
    expect(run).toMatchObject({ name: 'run telco_churn', parent: undefined, links: requests.map(({ id }) => id) })
  })

  it('gives a lone run its span where batching is off', async () => {
    const { predictor, ended, of } = await createSubject({ batching: false })
    await predictor.predict(rows[0])
    expect(ended.map(({ name }) => name)).toEqual(['run telco_churn', 'predict telco_churn'])
    expect(of('batch')).toMatchObject([{ rowCount: 1 }])
    expect(predictor.getHealth().stats).toMatchObject({ batches: 1, rowsInBatches: 1 })
  })
})

describe('a request that fails', () => {
  it('is logged once by its id and code, and told everywhere without a value of its row', async () => {
    const { predictor, lines, ended, heard } = await createSubject()
    const failed = predictor.predict(secretRow, { requestId: 'r-2' })
    await expect(failed).rejects.toMatchObject({ message: expect.stringContaining(secret) })
    expect(lines).toMatchObject([
      {
        level: 'info',
        requestId: 'r-2',
        model: 'telco_churn',
        version: '1.0.0',
        code: 'INPUT_INVALID',
        feature: 'total_day_minutes',
      },
    ])
    expect(heard).toMatchObject([
      { channel: 'prediction', message: { code: 'INPUT_INVALID', requestId: 'r-2', version: '1.0.0' } },
    ])
    expect(ended).toMatchObject([{ attributes: { 'error.type': 'INPUT_INVALID' }, statusCode: 0 }])
    expect(JSON.stringify([lines, heard, ended])).not.toContain(secret)
  })

  it('is logged with its row where that was asked for', async () => {
    const { predictor, lines } = await createSubject({ logRows: true })
    await predictor.predict(secretRow).catch(() => undefined)
    expect(lines).toMatchObject([{ values: secretRow, err: { code: 'INPUT_INVALID' } }])
  })

  it('is an error of the model, with that of its batch', async () => {
    const { predictor, script, endTurn, lines, ended } = await createSubject()
    script.fail = createError('EXECUTION_FAILED', 'the backend threw')
    const failed = expect(predictor.predict(rows[0])).rejects.toMatchObject({ code: 'EXECUTION_FAILED' })
    await endTurn()
    await failed
    expect(lines).toMatchObject([{ level: 'error', code: 'EXECUTION_FAILED', reason: 'the backend threw' }])
    expect(ended).toMatchObject([
      { name: 'run telco_churn', attributes: { 'error.type': 'EXECUTION_FAILED' }, statusCode: 2 },
      { name: 'predict telco_churn', attributes: { 'error.type': 'EXECUTION_FAILED' }, statusCode: 2 },
    ])
  })

  it('gives a batch of failures one line', async () => {
    const { predictor, endTurn, lines, ended } = await createSubject()
    const entries = predictor.predictBatch(Array.from({ length: 100 }, () => secretRow))
    await endTurn()
    expect(await entries).toHaveLength(100)
    expect(lines).toHaveLength(1)
    expect(ended).toMatchObject([{ attributes: { 'tfjs_serving.failed_rows': 100 } }])
  })

  it('is neither an error nor a line where its caller left', async () => {
    const { predictor, endTurn, lines, ended, of } = await createSubject()
    const controller = new AbortController()
    const failed = expect(predictor.predict(rows[0], { signal: controller.signal })).rejects.toThrow('bye')
    controller.abort(new Error('bye'))
    await endTurn()
    await failed
    expect(predictor.getHealth().stats).toMatchObject({ aborted: 1, errors: 0 })
    expect(lines).toEqual([])
    expect(of('prediction')).toMatchObject([{ version: '1.0.0' }])
    expect(of('prediction')[0]).not.toHaveProperty('code')
    expect(ended).toMatchObject([{ attributes: { 'error.type': 'aborted' }, statusCode: 0 }])
  })

  it('is logged as an error of the model also where a rule answers for it', async () => {
    const rule = () => ({ label: 'no', probabilities: [0.9, 0.1], scores: [-2] })
    const { predictor, script, endTurn, lines } = await createSubject({ rule })
    script.fail = createError('EXECUTION_FAILED', 'the backend threw')
    const answer = predictor.predict(rows[0], { requestId: 'r-3' })
    await endTurn()
    expect((await answer).source).toBe('fallback')
    expect(lines).toMatchObject([{ level: 'error', code: 'EXECUTION_FAILED', rule: 'rule', requestId: 'r-3' }])
  })
})

describe('health', () => {
  it('tells what waits, what runs cost and whether batches are kept small for it', async () => {
    const { predictor, endTurn, engine } = await createSubject({ batching: { maxRows: 64 } })
    const answers = Promise.all(rows.slice(0, 5).map((row) => predictor.predict(row)))
    await Promise.resolve()
    expect(predictor.getHealth().batching).toMatchObject({ queuedRows: 5, maxRows: 64, isCapped: false })
    await endTurn()
    await answers
    expect(predictor.getHealth().batching).toMatchObject({ queuedRows: 0, maxRows: 64 })
    expect(predictor.getHealth().batching?.cost).toEqual(engine.cost)
  })
})
