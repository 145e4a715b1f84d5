// A model's entry and the rules there are in; the fallback that answers for it out, if it names one.

import type { ModelSchema } from '../artifact/schema.ts'
import type { Publish } from '../observe/channels.ts'
import { crmRules } from '../resilience/crm-rules/crm-rules.ts'
import { decisionListRule } from '../resilience/decision-list.ts'
import { createFallback, type Fallback } from '../resilience/fallback.ts'
import type { FallbackRule, RuleTable } from '../resilience/rules.ts'
import type { Row } from '../rows/prediction.ts'
import type { EngineState } from './request.ts'
import type { ServiceEntry } from './service-entry.ts'

type NamedRule = {
  readonly name: string
  /** A decision list needs the order of the features to read array rows. */
  readonly bind: (schema: ModelSchema | undefined) => FallbackRule
}

const builtIn: Readonly<Record<string, FallbackRule>> = crmRules

/** The user's rule of the name that service.json gives, else the folder's own, else this library's. */
export function findRule({ config, rule: list }: ServiceEntry, rules: RuleTable): NamedRule | undefined {
  const name = config.fallback
  if (name === undefined) return undefined
  const given = rules.get(name)
  const isFolders = list?.name === name
  if (given !== undefined && !(isFolders && given === builtIn[name])) return { name, bind: () => given }
  if (!isFolders) return undefined
  const answer = decisionListRule(list)
  return {
    name,
    bind: (schema) => (row: Row) => answer(row, schema?.features.map((feature) => feature.name) ?? []),
  }
}

/** Made once a version: answers say which version could not. */
export function createFallbacks(
  entry: ServiceEntry,
  rules: RuleTable,
  publish: Publish,
): (state: EngineState) => Fallback | undefined {
  const fallbacks = new Map<string | null, Fallback>()
  const rule = findRule(entry, rules)
  if (rule === undefined) return () => undefined
  return (state) => {
    const version = state.kind === 'loaded' ? state.engine.version : null
    const found = fallbacks.get(version)
    if (found !== undefined) return found
    const schema = state.kind === 'loaded' ? state.engine.schema : entry.config.schema
    const fallback = createFallback({
      model: entry.name,
      version,
      ruleName: rule.name,
      rule: rule.bind(schema),
      ...(schema === undefined ? {} : { schema }),
      publish,
    })
    fallbacks.set(version, fallback)
    return fallback
  }
}
