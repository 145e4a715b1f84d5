import { describe, expect, it } from 'vitest'
import { createError } from '../../src/errors.ts'
import type { Logger } from '../../src/observe/logger.ts'
import { silentLogger } from '../../src/observe/logger.ts'
import { createRequestLog, type LoggedRequest, type RequestLog } from '../../src/observe/request-log.ts'
import { createFakeClock, type FakeClock } from '../helpers/fake-clock.ts'

type Line = { readonly level: string; readonly message: string } & Readonly<Record<string, unknown>>

function createSubject(logRows = false): [RequestLog, Line[], FakeClock] {
  const lines: Line[] = []
  const note = (level: string) => (facts: object, message: string) => void lines.push({ ...facts, level, message })
  const logger: Logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }
  const clock = createFakeClock()
  const log = createRequestLog({ model: 'churn', logger, clock, logRows })
  if (log === undefined) throw new Error('this logger is read')
  return [log, lines, clock]
}

const request: LoggedRequest = {
  requestId: 'r-7',
  version: '1.0.0',
  rowIndex: 3,
  row: { email: 'alice@example.org', age: 41 },
  featureNames: ['age'],
}

const badRow = createError('INPUT_INVALID', 'row 3: feature age must be a number, got string "forty-one"', {
  details: { row: 3, feature: 'age' },
})

describe('createRequestLog', () => {
  it('tells who failed, of which version and why', () => {
    const [log, lines] = createSubject()
    log.failed(request, createError('EXECUTION_FAILED', 'the backend answered NaN'))
    expect(lines).toEqual([
      {
        level: 'error',
        message: 'prediction failed',
        requestId: 'r-7',
        model: 'churn',
        version: '1.0.0',
        code: 'EXECUTION_FAILED',
        row: 3,
        reason: 'the backend answered NaN',
      },
    ])
  })

  const levels = [
    ['INPUT_INVALID', 'info'],
    ['QUEUE_FULL', 'warn'],
    ['DEADLINE_EXCEEDED', 'warn'],
    ['BREAKER_OPEN', 'warn'],
    ['EXECUTION_FAILED', 'error'],
    ['OUT_OF_MEMORY', 'error'],
    ['MODEL_LOAD_FAILED', 'error'],
  ] as const
  it.each(levels)('writes %s as %s', (code, level) => {
    const [log, lines] = createSubject()
    log.failed(request, createError(code, 'it failed'))
    expect(lines.map((line) => line.level)).toEqual([level])
  })

  it('holds no value of a row, although the error quotes it', () => {
    const [log, lines] = createSubject()
    log.failed(request, badRow)
    expect(lines).toMatchObject([{ code: 'INPUT_INVALID', feature: 'age', row: 3 }])
    expect(JSON.stringify(lines)).not.toMatch(/forty|alice|41/)
  })

  it('names no feature but the model’s own: other names are whatever a caller wrote', () => {
    const [log, lines] = createSubject()
    const text = 'alice@example.org is no feature of the model'
    log.failed(request, createError('INPUT_INVALID', text, { details: { feature: 'alice@example.org' } }))
    expect(JSON.stringify(lines)).not.toContain('alice')
  })

  it('tells what the model failed with, and not what its rule said of the row', () => {
    const [log, lines] = createSubject()
    const failure = createError('BREAKER_OPEN', 'the breaker of churn is open')
    const both = new AggregateError([failure, new Error('cannot divide forty-one')], 'both failed')
    log.failed(request, createError('BREAKER_OPEN', 'open; and its rule cannot divide forty-one', { cause: both }))
    expect(lines[0]['reason']).toBe('the breaker of churn is open; and its fallback rule failed')
    expect(JSON.stringify(lines)).not.toContain('forty')
  })

  it('tells no more than the kind of what should never be thrown', () => {
    const [log, lines] = createSubject()
    log.failed(request, new TypeError('cannot read forty-one'))
    log.failed({ ...request, requestId: undefined, version: null }, 'forty-one')
    expect(lines).toMatchObject([{ code: 'EXECUTION_FAILED', level: 'error', reason: 'unexpected TypeError' }])
    expect(JSON.stringify(lines)).not.toContain('forty')
  })

  it('holds row and error where that was asked for', () => {
    const [log, lines] = createSubject(true)
    log.failed(request, badRow)
    expect(lines).toMatchObject([{ values: request.row, err: badRow }])
  })

  it('tells which rule answered, and instead of what', () => {
    const [log, lines] = createSubject()
    const prediction = { model: 'churn', version: '1.0.0', source: 'fallback', rule: 'by_hand', reason: 'QUEUE_FULL' }
    log.fellBack(request, { ...prediction, source: 'fallback' })
    expect(lines).toMatchObject([{ level: 'warn', code: 'QUEUE_FULL', rule: 'by_hand', requestId: 'r-7' }])
  })

  it('writes one line a second for each code, and counts those between', () => {
    const [log, lines, clock] = createSubject()
    const full = createError('QUEUE_FULL', 'the queue is full')
    for (let i = 0; i < 1000; i++) log.failed(request, full)
    log.failed(request, badRow)
    expect(lines.map(({ code }) => code)).toEqual(['QUEUE_FULL', 'INPUT_INVALID'])
    clock.advance(1000)
    log.failed(request, full)
    log.failed(request, full)
    expect(lines).toHaveLength(3)
    expect(lines[2]).toMatchObject({ code: 'QUEUE_FULL', suppressed: 999 })
    clock.advance(5000)
    log.failed(request, full)
    expect(lines[3]).toMatchObject({ suppressed: 1 })
    expect(lines[0]).not.toHaveProperty('suppressed')
  })

  it('is not there for a logger that says nothing', () => {
    expect(createRequestLog({ model: 'churn', logger: silentLogger, clock: createFakeClock() })).toBeUndefined()
  })
})
