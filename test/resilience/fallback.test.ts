import { describe, expect, it } from 'vitest'
import type { ModelSchema } from '../../src/artifact/schema.ts'
import { createError, errorTable, isMLError, MLError } from '../../src/errors.ts'
import type { ErrorCode } from '../../src/errors.ts'
import { canFallBack, createFallback } from '../../src/resilience/fallback.ts'
import type { FallbackRule } from '../../src/resilience/rules.ts'

const classifier: ModelSchema = { features: [], classes: ['no', 'yes'], outputs: ['label', 'probabilities'] }
const failure = createError('BREAKER_OPEN', 'churn is not asked', { retryAfterMs: 700 })
const row = { plan: 'gold' }

function fallbackOf(rule: unknown, schema?: ModelSchema) {
  return createFallback({ model: 'churn', version: null, ruleName: 'churn_rule', rule: rule as FallbackRule, schema })
}

describe('createFallback', () => {
  it('marks the answer with the rule and the reason', () => {
    const fallback = fallbackOf(() => ({ label: 'yes', probabilities: [0.25, 0.75] }), classifier)
    expect(fallback.answer(row, failure)).toEqual({
      model: 'churn',
      version: null,
      source: 'fallback',
      rule: 'churn_rule',
      reason: 'BREAKER_OPEN',
      label: 'yes',
      probabilities: [0.25, 0.75],
    })
  })

  it('gives the rule the caller’s own row', () => {
    let given: unknown
    const fallback = fallbackOf((received: unknown) => {
      given = received
      return { label: 'no' }
    }, classifier)
    void fallback.answer(row, failure)
    expect(given).toBe(row)
  })

  it('waits for an asynchronous rule', async () => {
    const fallback = fallbackOf(() => Promise.resolve({ label: 'no' }), classifier)
    expect(await fallback.answer(row, failure)).toMatchObject({ label: 'no', source: 'fallback' })
  })

  const broken: readonly [string, unknown][] = [
    [
      'throws',
      () => {
        throw new Error('rule is broken')
      },
    ], // prettier-ignore
    ['rejects', () => Promise.reject(new Error('rule is broken'))],
  ]
  it.each(broken)('tells both failures when the rule %s', async (_title, rule) => {
    const error: unknown = await (async () => fallbackOf(rule).answer(row, failure))().catch(
      (reason: unknown) => reason,
    )
    expect(error).toMatchObject({ code: 'BREAKER_OPEN', retryAfterMs: 700, fallbackAvailable: false })
    if (!isMLError(error) || !(error.cause instanceof AggregateError)) throw new Error('expected both causes')
    expect(error.cause.errors).toEqual([failure, new Error('rule is broken')])
    expect(error.message).toContain('rule is broken')
  })

  it('refuses an asynchronous answer that the model could not give', async () => {
    const fallback = fallbackOf(() => Promise.resolve({ label: 'maybe' }), classifier)
    await expect(fallback.answer(row, failure)).rejects.toThrow('expected one of ["no","yes"], got "maybe"')
  })

  it('answers for the model’s faults and never for the caller’s', () => {
    const answered = (Object.keys(errorTable) as ErrorCode[]).filter((code) => canFallBack(new MLError(code, '')))
    expect(answered).toContain('BREAKER_OPEN')
    expect(answered).toContain('MODEL_LOAD_FAILED')
    expect(answered).not.toContain('INPUT_INVALID')
    expect(answered).not.toContain('DEADLINE_EXCEEDED')
    expect(answered).not.toContain('CLOSED')
    for (const code of Object.keys(errorTable) as ErrorCode[])
      if (errorTable[code].countsAsModelFailure) expect(answered).toContain(code)
  })

  it.each([new DOMException('left', 'AbortError'), 'a reason', undefined, new Error('bug')])(
    'never answers after an abort or a stranger’s error (%s)',
    (error) => {
      expect(canFallBack(error)).toBe(false)
    },
  )
})
