// A predictor's parts and what answers there in; its health out.

import { describeHealth, type ModelHealth } from './model-health.ts'
import type { SlotState } from './model-slot.ts'
import type { ModelPredictorOptions } from './predictor-options.ts'

export function healthOf(predictor: ModelPredictorOptions, state: SlotState): ModelHealth {
  const { name, stats, isPinned = false, engines, cache, latencyTargetMs, fallbackFor, routing, notes } = predictor
  return describeHealth({
    name,
    state,
    stats,
    isPinned,
    engines: engines?.(),
    cache,
    fallbackRule: state.kind === 'asleep' ? undefined : fallbackFor(state)?.ruleName,
    latencyTargetMs,
    routing: routing?.()?.report(),
    notes: notes?.(),
  })
}
