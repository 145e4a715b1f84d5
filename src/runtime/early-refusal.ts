// A request in overload in; why it would be refused later anyway, before its row is read and a promise made for each stage, out.

import type { MLError } from '../errors.ts'
import type { Fallback } from '../resilience/fallback.ts'
import type { RefusalOf } from './observed.ts'
import { assertPredictOptions } from './predict-options.ts'
import type { EngineState, PredictionRequest } from './request.ts'

export type EarlyRefusalOptions = {
  readonly fallbackFor: (state: EngineState) => Fallback | undefined
  /** Shares of the moment, where another version than the request's may answer. */
  readonly routing?: () => unknown
}

/**
 * What reading a row costs is what the model then lacks for the rows it has taken. Only where nothing but the model
 * could answer; options that cannot be are left to those who say so.
 */
export function earlyRefusal({ fallbackFor, routing }: EarlyRefusalOptions): RefusalOf {
  const refusalOf = (request: PredictionRequest, nowMs: number): MLError | undefined => {
    const { state, rowIndex, options } = request
    if (rowIndex !== undefined || state.kind === 'failed' || options.signal?.aborted === true) return undefined
    if (routing?.() !== undefined || fallbackFor(state) !== undefined) return undefined
    const refusal = state.engine.refusalOf(options, nowMs)
    if (refusal !== undefined) assertPredictOptions(options)
    return refusal
  }
  return (request, nowMs) => {
    try {
      return refusalOf(request, nowMs)
    } catch {
      return undefined
    }
  }
}
