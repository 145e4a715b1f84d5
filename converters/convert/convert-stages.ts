// The stages of a conversion: each entry tells the caller, lets other work of this thread run, and heeds an abort.

import type { ConvertOptions, ConvertStage } from './convert-options.ts'

export type Stages = { enter(stage: ConvertStage, message: string): Promise<void> }

/** Where each stage begins; quantizing networks and checking take most of the time. */
const fractions = { read: 0, parse: 0.05, quantize: 0.2, write: 0.6, check: 0.7, done: 1 } as const satisfies Record<
  ConvertStage,
  number
>

export function createStages({ signal, onProgress }: Pick<ConvertOptions, 'signal' | 'onProgress'>): Stages {
  return {
    async enter(stage, message) {
      signal?.throwIfAborted()
      onProgress?.({ stage, fraction: fractions[stage], message })
      // Parsing and quantizing never wait: without this an abort of the caller would not be heard until the end.
      await new Promise((resolve) => setTimeout(resolve, 0))
      signal?.throwIfAborted()
    },
  }
}
