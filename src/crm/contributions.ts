// A row and who answered it in; what each feature adds to the answer out, the weightiest first.

import { isMLError } from '../errors.ts'
import type { Clock } from '../observe/clock.ts'
import type { CrmModelName, CrmModelRow } from '../resilience/crm-rules/model-features.ts'
import { withDeadline } from '../resilience/deadline.ts'
import type { Answered, AskedModel, FoundModel } from './model-answers.ts'

export type Factor = {
  readonly feature: string
  /** The row's value. */
  readonly value: number
  /** What it adds to the answer, signed; on the scale of the answer by a rule, of the model's raw output (margin) else. */
  readonly contribution: number
  /** |contribution| ÷ the sum of them all. */
  readonly weight: number
}

export type Factors = {
  /** How they were found: by the model's own explanation, or, where the rule answered, from the rule. */
  readonly by: 'tree-shap' | 'linear' | 'shapley' | 'rule'
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
    readonly outputs: ExplainedOutputs
    /** An explanation that takes longer is none. */
    readonly timeoutMs: number
    readonly clock: Clock
    readonly signal?: AbortSignal | undefined
  },
): Promise<Factors | undefined> {
  const { found, answered, limit, outputs, timeoutMs, clock, signal } = asked
  if (answered.provenance.source === 'fallback')
    return { by: 'rule', top: topOf(model, row, { contributions: ruleParts(model, row), limit }) }
  const { predictor } = found
  if (predictor === undefined) return undefined
  const deadline = { timeoutMs, clock, model: model.name, ...(signal && { signal }) }
  try {
    const { method, contributions } = await withDeadline(deadline, (joined) =>
      explained(predictor, row, { outputs, signal: joined }),
    )
    return { by: method, top: topOf(model, row, { contributions, limit }) }
  } catch {
    signal?.throwIfAborted()
    return undefined
  }
}

/**
 * Which raw output speaks for class 1, of the versions of a model: one of two raw columns has it in the second, one of
 * a single margin or value has no second and says so, which is asked once.
 */
export type ExplainedOutputs = Map<string, number>

async function explained(
  predictor: NonNullable<FoundModel['predictor']>,
  row: CrmModelRow<CrmModelName>,
  { outputs, signal }: { readonly outputs: ExplainedOutputs; readonly signal: AbortSignal | undefined },
): ReturnType<typeof predictor.explain> {
  const common = signal === undefined ? {} : { signal }
  const version = predictor.version ?? ''
  const output = outputs.get(version) ?? (predictor.schema?.classes?.length === 2 ? 1 : 0)
  try {
    return await predictor.explain(row, { ...common, output })
  } catch (error) {
    if (!isMLError(error) || error.code !== 'INPUT_INVALID' || output === 0) throw error
    outputs.set(version, 0)
    return predictor.explain(row, { ...common, output: 0 })
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
