// Decoded tensors by name in; the values of one of them, as many as there must be, out.

import { createError } from '../errors.ts'

export type TensorValues = ReadonlyMap<string, Float64Array>

/** @throws VALIDATION_FAILED where a tensor is not there or has another length */
export function tensorValues(tensors: TensorValues, name: string, length: number): Float64Array {
  const values = tensors.get(name)
  if (values === undefined || values.length !== length)
    throw createError(
      'VALIDATION_FAILED',
      `tensor ${name} must hold ${length} values, got ${values === undefined ? 'no such tensor' : values.length}; convert the model again`,
      { details: { tensor: name } },
    )
  return values
}
