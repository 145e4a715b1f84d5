// The stages of a conversion: each entry tells the caller, lets other work of this thread run, and heeds an abort.

import type { ConvertOptions, ConvertStage } from './convert-options.ts'

export type Stages = {
  /** @param fraction of the whole that lies behind, for a later part of a long stage. @default where the stage begins */
  enter(stage: ConvertStage, message: string, fraction?: number): Promise<void>
  /** Nothing is left to abort. */
  finish(message: string): void
}

/** Where each stage begins; quantizing networks and checking take most of the time. */
const fractions = { read: 0, parse: 0.05, quantize: 0.2, write: 0.6, check: 0.7, done: 1 } as const satisfies Record<
  ConvertStage,
  number
>

export function createStages({ signal, onProgress }: Pick<ConvertOptions, 'signal' | 'onProgress'>): Stages {
  let reached = 0
  return {
    async enter(stage, message, fraction = fractions[stage]) {
      signal?.throwIfAborted()
      // weights that are stored wider go through stages again; a bar that goes back tells less than one that waits
      reached = Math.max(reached, fraction)
      onProgress?.({ stage, fraction: reached, message })
      // Parsing and quantizing never wait: without this an abort of the caller would not be heard until the end.
      await new Promise((resolve) => setTimeout(resolve, 0))
      signal?.throwIfAborted()
    },
    finish(message) {
      onProgress?.({ stage: 'done', fraction: fractions.done, message })
    },
  }
}
