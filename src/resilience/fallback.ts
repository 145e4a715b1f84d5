// A row that the model could not answer in; a checked answer by a named rule, marked as such, out.

import type { ModelSchema } from '../artifact/schema.ts'
import { createError, isMLError } from '../errors.ts'
import type { ErrorCode, MLError } from '../errors.ts'
import type { Publish } from '../observe/channels.ts'
import { silentPublish } from '../observe/channels.ts'
import type { Prediction, Row } from '../rows/prediction.ts'
import { readRuleAnswer, RuleAnswerFault } from './rule-answer.ts'
import type { FallbackRule } from './rules.ts'

/**
 * Which failures a rule answers in the model's place: those in which the model, not the caller, is at fault.
 * A bad row has no right answer; a deadline is the caller's, whose answer would come late, and says nothing about the model.
 */
const answersInstead = {
  MODEL_NOT_FOUND: false,
  MODEL_LOAD_FAILED: true,
  CHECKSUM_MISMATCH: true,
  VERSION_INCOMPATIBLE: true,
  VALIDATION_FAILED: true,
  ACCURACY_BELOW_FLOOR: true,
  INPUT_INVALID: false,
  QUEUE_FULL: true,
  DEADLINE_EXCEEDED: false,
  BREAKER_OPEN: true,
  EXECUTION_FAILED: true,
  BACKEND_UNAVAILABLE: true,
  NOT_SYNCHRONOUS: false,
  OUT_OF_MEMORY: true,
  CLOSED: false,
  ALREADY_INITIALIZED: false,
  FORMAT_UNKNOWN: true,
  FILE_CORRUPT: true,
  LIMIT_EXCEEDED: true,
  UNSAFE_CONTENT: true,
  UNSUPPORTED: true,
  PARITY_FAILED: true,
} as const satisfies Record<ErrorCode, boolean>

/** True where a fallback may answer after `error`; never after an abort, which is no MLError. */
export function canFallBack(error: unknown): error is MLError {
  return isMLError(error) && answersInstead[error.code]
}

export type FallbackOptions = {
  readonly model: string
  /** Version of the artifact; null without one. */
  readonly version: string | null
  readonly ruleName: string
  readonly rule: FallbackRule
  /** The model's, or service.json's where there is no artifact; without either only finiteness and sums are checked. */
  readonly schema?: ModelSchema
  readonly publish?: Publish
}

export type Fallback = {
  readonly ruleName: string
  /**
   * Asks the rule, whose row is exactly the caller's; a promise only where the rule gives one.
   * @throws what the model failed with, its `cause` being both failures, where the rule throws or answers nonsense
   */
  answer(row: Row, failure: MLError): Prediction | Promise<Prediction>
}

export function createFallback(options: FallbackOptions): Fallback {
  const { model, version, ruleName, rule, schema, publish = silentPublish } = options

  function accept(given: unknown, failure: MLError): Prediction {
    const answer = readRuleAnswer(given, schema)
    publish('fallback', { model, rule: ruleName, reason: failure.code })
    return { model, version, source: 'fallback', rule: ruleName, reason: failure.code, ...answer }
  }

  function refuse(ruleError: unknown, failure: MLError): never {
    publish('fallback', { model, rule: ruleName, reason: failure.code, error: ruleError })
    const what =
      ruleError instanceof RuleAnswerFault
        ? `answered what ${model} cannot: ${ruleError.message}`
        : `failed: ${ruleError instanceof Error ? ruleError.message : String(ruleError)}`
    throw createError(failure.code, `${failure.message}; and its fallback rule ${ruleName} ${what}`, {
      cause: new AggregateError([failure, ruleError], `${model} and its fallback rule ${ruleName} both failed`),
      details: { ...failure.details, model, rule: ruleName },
      retryAfterMs: failure.retryAfterMs,
    })
  }

  return {
    ruleName,
    answer(row, failure) {
      let given: unknown
      try {
        given = rule(row)
        if (!isThenable(given)) return accept(given, failure)
      } catch (ruleError) {
        return refuse(ruleError, failure)
      }
      return Promise.resolve(given).then(
        (answer) => {
          try {
            return accept(answer, failure)
          } catch (ruleError) {
            return refuse(ruleError, failure)
          }
        },
        (ruleError: unknown) => refuse(ruleError, failure),
      )
    },
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
