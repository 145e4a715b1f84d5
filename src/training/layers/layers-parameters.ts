// The `parameters` of a layers trainer as training.json has them in, every one settled and checked, out.

import { z } from 'zod'
import { createError } from '../../errors.ts'

const parametersShape = z.strictObject({
  /** Units of each hidden layer; [] is logistic regression. */
  hidden: z.array(z.int().min(1).max(1024)).max(8).default([16, 8]),
  /** Of the hidden layers. */
  activation: z.enum(['relu', 'tanh', 'sigmoid']).default('relu'),
  /** Times the sum of squared kernel weights, added to the loss of a batch. */
  l2: z.number().min(0).default(1e-4),
  /** Passes over the rows at most. */
  epochs: z.int().min(1).max(10_000).default(60),
  batchSize: z.int().min(1).max(65_536).default(128),
  /** Of Adam (Kingma and Ba 2015) with its usual decay rates. */
  learningRate: z.number().positive().default(0.005),
  /** Passes without a lower validation loss after which fitting ends. */
  patience: z.int().min(1).default(8),
  /** Share of the rows that are fitted on which is set aside to see when to end; never a held-out row. */
  validationShare: z.number().gt(0).max(0.5).default(0.15),
})

export type LayersParameters = z.output<typeof parametersShape>

/** @throws INPUT_INVALID where a parameter is unknown or out of its range */
export function resolveLayersParameters(parameters: Readonly<Record<string, unknown>>): LayersParameters {
  const found = parametersShape.safeParse(parameters)
  if (found.success) return found.data
  const [{ path, message }] = found.error.issues
  const where = ['trainer.parameters', ...path].join('.')
  throw createError(
    'INPUT_INVALID',
    `${where} of training.json: ${message}; known are ${Object.keys(parametersShape.shape).join(', ')}`,
    {
      details: { parameter: path.join('.') },
    },
  )
}
