// Named fallback rules of the library and of the user in; one checked, read-only table of them out.

import { createError } from '../errors.ts'
import type { Answer, Row } from '../rows/prediction.ts'

/**
 * Answers for a model from the caller's own row, as it was given to predict; may be asynchronous.
 * Users may write the type of their own rows: a method's parameter, unlike a function's, may be narrower than declared.
 */
export type FallbackRule = { rule(row: Row | object): Answer | Promise<Answer> }['rule']

/** What users write under `fallbacks`. */
export type FallbackRules = Readonly<Record<string, FallbackRule>>

export type RuleTable = {
  readonly names: readonly string[]
  get(name: string): FallbackRule | undefined
  /** @throws VALIDATION_FAILED naming the rules that there are */
  require(name: string, model: string): FallbackRule
}

/**
 * Joins tables of rules; in later ones a name replaces the same name of earlier ones, so that users may override ours.
 * @throws VALIDATION_FAILED where a rule is no function
 */
export function createRuleTable(...tables: readonly FallbackRules[]): RuleTable {
  const rules = new Map<string, FallbackRule>()
  for (const table of tables)
    for (const [name, rule] of Object.entries(table)) {
      if (typeof rule !== 'function')
        throw createError(
          'VALIDATION_FAILED',
          `fallbacks.${name}: expected a function from a row to an answer, got ${rule === null ? 'null' : typeof rule}`,
          { details: { rule: name } },
        )
      rules.set(name, rule)
    }
  return {
    names: [...rules.keys()],
    get: (name) => rules.get(name),
    require(name, model) {
      const rule = rules.get(name)
      if (rule !== undefined) return rule
      const known = rules.size === 0 ? 'there are none' : `there are ${[...rules.keys()].join(', ')}`
      throw createError(
        'VALIDATION_FAILED',
        `${model} names the fallback rule ${name}, which is unknown (${known}); give it in the rule.json of its folder, or under options.fallbacks`,
        { details: { model, rule: name } },
      )
    },
  }
}
