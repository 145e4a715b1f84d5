import { describe, expect, it } from 'vitest'
import { createRuleTable } from '../../src/resilience/rules.ts'
import type { FallbackRule, FallbackRules } from '../../src/resilience/rules.ts'

const first = (): { label: string } => ({ label: 'first' })
const second = (): { label: string } => ({ label: 'second' })

describe('createRuleTable', () => {
  it('lets a later table override a name of an earlier one', () => {
    const table = createRuleTable({ churn_rule: first, other: first }, { churn_rule: second })
    expect(table.get('churn_rule')).toBe(second)
    expect(table.names).toEqual(['churn_rule', 'other'])
  })

  it('lists the known rules when one is asked for that is not there', () => {
    const table = createRuleTable({ churn_rule: first })
    expect(() => table.require('churn_rul', 'churn')).toThrow('there are churn_rule')
    expect(() => createRuleTable().require('x', 'churn')).toThrow('there are none')
  })

  it('does not take names of every object for rules', () => {
    expect(createRuleTable({}).get('toString')).toBeUndefined()
  })

  it('takes rules written for rows of any type', () => {
    interface Lead {
      readonly idleDays: number
    }
    const rules: FallbackRules = {
      ofObject: (row: Lead) => ({ value: row.idleDays }),
      ofArray: (row: readonly number[]) => ({ value: row[0] }),
      ofAnything: (row) => ({ label: Array.isArray(row) }),
    }
    const table = createRuleTable(rules)
    expect(table.get('ofObject')?.({ idleDays: 3 })).toEqual({ value: 3 })
    expect(table.get('ofArray')?.([4])).toEqual({ value: 4 })
    expect(table.get('ofAnything')?.([])).toEqual({ label: true })
  })

  it.each([null, 'rule', { answer: first }])('refuses %s as a rule', (rule) => {
    expect(() => createRuleTable({ churn_rule: rule as unknown as FallbackRule })).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED' }),
    )
  })
})
