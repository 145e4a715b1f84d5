// What answers for a model now in; its engine where a kernel computes in this thread, or an error that says why none does, out.

import { createError } from '../errors.ts'
import type { DirectEngine } from './direct-predict.ts'
import type { SlotState } from './model-slot.ts'

/** An engine with a kernel in this thread. */
export function directEngineOf(name: string, state: SlotState): DirectEngine {
  if (state.kind === 'failed') throw state.error
  if (state.kind === 'loaded' && state.engine.direct !== undefined) return state.engine as DirectEngine
  throw createError('NOT_SYNCHRONOUS', `${name} cannot answer synchronously: ${reasonOf(state)}`, {
    details: { model: name },
  })
}

function reasonOf(state: Exclude<SlotState, { kind: 'failed' }>): string {
  if (state.kind === 'asleep') return 'it was unloaded to make room; await predict, which loads it again'
  const { picked, candidates } = state.engine.choice
  const kernel = candidates.find(({ name }) => name === 'kernel')
  const why =
    kernel === undefined
      ? `it was asked for on ${picked}, and only backend 'kernel' or 'auto' computes in this thread by a kernel`
      : picked === 'kernel'
        ? 'its kernel computes in threads of its own'
        : `it runs on ${picked}; the kernel: ${kernel.reason}`
  return `${why}. Await predict or predictBatch`
}
