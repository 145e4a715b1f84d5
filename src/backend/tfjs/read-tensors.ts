// Synchronous work that gives tensors in, what is made of their values out; the tensors are gone then, whatever happens.

import type { Tensor } from '@tensorflow/tfjs-core'
import { isOutOfMemory } from './out-of-memory.ts'
import type { TfjsLibrary } from './tfjs-library.ts'

type Values = Float32Array | Int32Array | Uint8Array

type Started = { readonly tensors: readonly Tensor[]; readonly readings: readonly Promise<Values>[] }

/**
 * Computes in one synchronous step and awaits the values. What the device reports about the step, and what computing and
 * reading throw, rejects.
 */
export async function readTensors<Result>(
  { within, started }: TfjsLibrary,
  compute: () => readonly Tensor[],
  make: (tensor: Tensor, values: Values, index: number) => Result,
): Promise<Result[]> {
  const settle = started.watch?.()
  let step: Started
  try {
    step = within(() => {
      const tensors = compute()
      return { tensors, readings: tensors.map((tensor) => tensor.data() as Promise<Values>) }
    })
  } catch (cause) {
    // What was thrown says more than what the device makes of it, unless there was no memory: work fails anyhow then.
    const reported = await settle?.().then(
      () => undefined,
      (error: unknown) => error,
    )
    throw isOutOfMemory(reported) ? reported : cause
  }
  try {
    // all of them, so that nothing is still being read when the tensors go; the device knows best what went wrong
    const [device, ...read] = await Promise.allSettled([settle?.(), ...step.readings])
    const failed = [device, ...read].find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
    return step.tensors.map((tensor, i) => make(tensor, (read[i] as PromiseFulfilledResult<Values>).value, i))
  } finally {
    for (const tensor of step.tensors) tensor.dispose()
  }
}
