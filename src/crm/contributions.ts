// A row and who answered it in; what each feature adds to the answer out, the weightiest first.

import type { CrmModelName, CrmModelRow } from '../resilience/crm-rules/model-features.ts'
import type { Explanation } from '../explain/explanation.ts'
import type { Explanations } from './explanations.ts'
import type { Answered, AskedModel, FoundModel } from './model-answers.ts'

/** What one feature has to do with an answer. */
export type Factor = {
  readonly feature: string
  /** The row's value. */
  readonly value: number
  /** What it adds to the answer, signed; on the scale of the answer by a rule, of the model's raw output (margin) else. */
  readonly contribution: number
  /** |contribution| ÷ the sum of them all. */
  readonly weight: number
}

/** Why an answer is what it is; frozen, as it is remembered: copy `top` to sort it. */
export type Factors = {
  /** How they were found: by the model's own explanation, or, where the rule answered, from the rule. */
  readonly by: Explanation['method'] | 'rule'
  /** Those that add anything, the weightiest first. */
  readonly top: readonly Factor[]
}

export type ExplainedModel<TName extends CrmModelName> = AskedModel<TName> & {
  /** Features that say what is asked, and nothing of the lead: they are no factors. */
  readonly asked: readonly (keyof CrmModelRow<TName>)[]
  /** The features that the rule reads, each with the value at which it takes nothing from the lead and adds nothing. */
  readonly neutral: Readonly<Partial<Record<keyof CrmModelRow<TName>, number>>>
}

/**
 * By the model's explanation where the model answered and can explain itself, else from the rule: how far its answer would
 * move if that one feature were neutral. A model that answered and cannot explain itself has no factors: those of the rule
 * would tell of another answer.
 * @throws signal.reason
 */
export async function factorsOf<TName extends CrmModelName>(
  model: ExplainedModel<TName>,
  row: CrmModelRow<TName>,
  asked: {
    readonly found: FoundModel
    readonly answered: Answered
    readonly limit: number
    readonly explanations: Explanations
    readonly signal?: AbortSignal | undefined
  },
): Promise<Factors | undefined> {
  const { found, answered, limit, explanations, signal } = asked
  if (answered.provenance.source === 'fallback')
    return { by: 'rule', top: topOf(model, row, { contributions: ruleParts(model, row), limit }) }
  if (found.predictor === undefined) return undefined
  try {
    const { method, contributions } = await explanations.explain(found.predictor, row, signal)
    return { by: method, top: topOf(model, row, { contributions, limit }) }
  } catch {
    signal?.throwIfAborted()
    return undefined
  }
}

function ruleParts<TName extends CrmModelName>(
  { rule, read, neutral }: ExplainedModel<TName>,
  row: CrmModelRow<TName>,
): { readonly feature: string; readonly contribution: number }[] {
  const answer = (asked: object): number => read(rule(asked) as Parameters<typeof read>[0]) ?? 0
  const whole = answer(row)
  return Object.entries(neutral).map(([feature, value]) => ({
    feature,
    contribution: whole - answer({ ...row, [feature]: value }),
  }))
}

function topOf<TName extends CrmModelName>(
  { asked }: ExplainedModel<TName>,
  row: Readonly<Record<string, number>>,
  given: {
    readonly contributions: readonly { readonly feature: string; readonly contribution: number }[]
    readonly limit: number
  },
): Factor[] {
  const contributions = given.contributions.filter(
    ({ feature, contribution }) => contribution !== 0 && !(asked as readonly string[]).includes(feature),
  )
  const total = contributions.reduce((sum, { contribution }) => sum + Math.abs(contribution), 0)
  return contributions
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution))
    .slice(0, given.limit)
    .map(({ feature, contribution }) => ({
      feature,
      value: row[feature],
      contribution,
      weight: Math.abs(contribution) / total,
    }))
}
