// Rows of a CRM model in; a number for each out, by the model where it can, else by its rule, and who gave it.

import { createError, isMLError, type MLError } from '../errors.ts'
import type { Clock } from '../observe/clock.ts'
import type { Logger } from '../observe/logger.ts'
import type { CrmModelName, CrmModelRow } from '../resilience/crm-rules/model-features.ts'
import { withDeadline } from '../resilience/deadline.ts'
import type { FallbackRule } from '../resilience/rules.ts'
import type { Answer, Prediction } from '../rows/prediction.ts'
import type { ModelPredictor } from '../runtime/predictor.ts'
import type { CrmCallOptions } from './crm-options.ts'
import { createModelPatience } from './model-patience.ts'
import type { ModelSource, Provenance } from './model-source.ts'

/** A model, its rule, and the one number of their answers that a service works with. */
export type AskedModel<TName extends CrmModelName> = {
  readonly name: TName
  readonly ruleName: string
  readonly rule: FallbackRule
  /** Undefined where the answer has no such number. */
  readonly read: (answer: Answer) => number | undefined
}

export type Answered = { readonly value: number; readonly provenance: Provenance }

/** A predictor, or why there is none; good for one call. */
export type FoundModel =
  | { readonly predictor: ModelPredictor; readonly version: string | null; readonly deadlineAtMs: number }
  | { readonly predictor: undefined; readonly version: null; readonly reason: string }

export type ModelAnswers<TName extends CrmModelName> = {
  readonly model: AskedModel<TName>
  /** What the rule says. @throws EXECUTION_FAILED where it gives no number */
  byRule(row: CrmModelRow<TName>, reason: string): Answered
  /** Never fails for the model's sake. @throws signal.reason */
  find(signal: AbortSignal | undefined): Promise<FoundModel>
  /** One answer a row, in their order; the model failing for some rows, the rule answers those. @throws signal.reason */
  ask(
    found: FoundModel,
    rows: readonly CrmModelRow<TName>[],
    options: Pick<CrmCallOptions, 'tenant' | 'requestId'> & { readonly signal?: AbortSignal },
  ): Promise<Answered[]>
}

export type ModelAnswersOptions = {
  readonly models: ModelSource | undefined
  readonly modelTimeoutMs: number
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * A registry makes a new predictor for whoever asks, which costs more than a remembered answer; each of them follows the
 * versions. Other sources are asked again often enough to be heard.
 */
const keptMs = 1000

/** A lead has up to three rows, and the run of as many is over before it could be stopped. */
const fewRows = 8

/**
 * The time that a model may take begins with `find`. Every failure of the model is answered by the rule, a row that it
 * refuses too: the rows are made here and fit the model's features, so that a model that refuses them is another model.
 */
export function createModelAnswers<TName extends CrmModelName>(
  model: AskedModel<TName>,
  { models, modelTimeoutMs, clock, logger }: ModelAnswersOptions,
): ModelAnswers<TName> {
  const { name, ruleName, rule, read } = model
  const patience = createModelPatience(clock, name, modelTimeoutMs)
  let lastReason: string | undefined
  let kept: { readonly predictor: ModelPredictor; readonly untilMs: number } | undefined

  /** Told once until the model answers again, or fails for another reason. */
  function tell(reason: string | undefined, error: unknown): void {
    if (reason === lastReason) return
    lastReason = reason
    if (reason === undefined) logger.info({ model: name }, `${name} answers again`)
    else logger.warn({ model: name, rule: ruleName, reason, err: error }, `${name} cannot answer; ${ruleName} does`)
  }

  function byRule(row: CrmModelRow<TName>, reason: string): Answered {
    const value = read(rule(row) as Answer)
    if (value === undefined) throw createError('EXECUTION_FAILED', `${ruleName} gave no number for ${name}`)
    return { value, provenance: { model: name, version: null, source: 'fallback', rule: ruleName, reason } }
  }

  function accept(row: CrmModelRow<TName>, prediction: Prediction | MLError): Answered {
    if (isMLError(prediction)) {
      tell(prediction.code, prediction)
      return byRule(row, prediction.code)
    }
    const value = read(prediction)
    if (value === undefined) {
      tell('EXECUTION_FAILED', undefined)
      return byRule(row, 'EXECUTION_FAILED')
    }
    if (prediction.source !== 'fallback') tell(undefined, undefined)
    const { version, source, rule: answeredBy, reason } = prediction
    return {
      value,
      provenance: {
        model: name,
        version,
        source,
        ...(answeredBy !== undefined && { rule: answeredBy }),
        ...(reason !== undefined && { reason }),
      },
    }
  }

  /** Few rows are given up when they are late, many are stopped, which takes a signal. */
  function askMany(
    predictor: ModelPredictor,
    rows: readonly CrmModelRow<TName>[],
    {
      deadlineAtMs,
      signal,
      ...options
    }: { readonly tenant: string; readonly deadlineAtMs: number; readonly signal?: AbortSignal },
  ): Promise<(Prediction | MLError)[]> {
    if (rows.length <= fewRows)
      return patience.wait(() => predictor.predictBatch(rows, options), { deadlineAtMs, signal })
    // no time at all would be an error of the caller
    const timeoutMs = Math.max(deadlineAtMs - clock.now(), Number.MIN_VALUE)
    return withDeadline({ timeoutMs, ...(signal && { signal }), clock, model: name }, (joined) =>
      predictor.predictBatch(rows, { ...options, ...(joined && { signal: joined }) }),
    )
  }

  return {
    model,
    byRule,
    async find(signal) {
      if (models === undefined) return { predictor: undefined, version: null, reason: 'MODEL_NOT_FOUND' }
      const deadlineAtMs = patience.deadlineAtMs()
      try {
        if (kept !== undefined && clock.now() < kept.untilMs)
          return { predictor: kept.predictor, version: kept.predictor.version, deadlineAtMs }
        const predictor = await patience.wait(() => models.getModelPredictor(name), { deadlineAtMs, signal })
        // before it is kept: a source may give anything
        const { version } = predictor
        kept = { predictor, untilMs: clock.now() + keptMs }
        return { predictor, version, deadlineAtMs }
      } catch (error) {
        signal?.throwIfAborted()
        kept = undefined
        const reason = isMLError(error) ? error.code : 'MODEL_LOAD_FAILED'
        tell(reason, error)
        return { predictor: undefined, version: null, reason }
      }
    },
    async ask(found, rows, { tenant, requestId, signal }) {
      const { predictor } = found
      if (predictor === undefined) return rows.map((row) => byRule(row, found.reason))
      const { deadlineAtMs } = found
      const options = { tenant, ...(requestId !== undefined && { requestId }) }
      try {
        const predictions =
          rows.length === 1
            ? [await patience.wait(() => predictor.predict(rows[0], options), { deadlineAtMs, signal })]
            : await askMany(predictor, rows, { ...options, deadlineAtMs, ...(signal && { signal }) })
        return rows.map((row, index) => accept(row, predictions[index]))
      } catch (error) {
        signal?.throwIfAborted()
        // it may have been closed, or belong to a source that has others by now
        kept = undefined
        const reason = isMLError(error) ? error.code : 'EXECUTION_FAILED'
        tell(reason, error)
        return rows.map((row) => byRule(row, reason))
      }
    },
  }
}

/** A finite number within the bounds, which rounding may have left; undefined for anything else. */
export function numberWithin(value: unknown, least: number, most: number): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(Math.max(value, least), most) : undefined
}
