// A training job in; a network of TensorFlow.js layers, its out-of-fold answers and golden rows out.

import { createError } from '../../errors.ts'
import type { Trainer } from '../trainer.ts'
import { resolveLayersParameters } from './layers-parameters.ts'
import { assertFiniteFeatures } from './standard-columns.ts'

/**
 * Dense layers with a sigmoid at the end, fitted in this process on TensorFlow.js' cpu backend. The model answers
 * `decision.scale` times the probability, or is a classifier of 0 and 1 where the decision has no scale. The same job gives
 * the same bytes.
 * @throws by `train`: INPUT_INVALID for parameters and features; BACKEND_UNAVAILABLE without @tensorflow/tfjs-layers;
 * EXECUTION_FAILED where the loss stops being finite; `signal.reason` when aborted
 * @example
 * const { files, outOfFold } = await createLayersTrainer().train(job)
 */
export function createLayersTrainer(): Trainer {
  return {
    async train(job) {
      job.signal?.throwIfAborted()
      const { trainer } = job.config
      if (trainer.kind !== 'layers')
        throw createError('INPUT_INVALID', `the layers trainer was given a job for the ${trainer.kind} trainer`)
      const parameters = resolveLayersParameters(trainer.parameters)
      assertFiniteFeatures(job)
      if (job.trainRows.length < 2)
        throw createError('INPUT_INVALID', `training needs at least 2 rows, got ${job.trainRows.length}`)
      const { openLayersLibrary } = await import('./layers-library.ts')
      const { trainNetwork } = await import('./train-network.ts')
      return trainNetwork({ job, parameters, library: await openLayersLibrary() })
    },
  }
}
