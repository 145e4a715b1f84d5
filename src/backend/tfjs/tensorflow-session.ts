// The add-on's binding and a folder with a SavedModel in; a session that computes a slice by one call of TensorFlow out.

import { sessionNames } from '../saved-model/saved-model.ts'
import type { ComputeSlice } from './batch-model.ts'

/** What tfjs-node 4.22 offers of sessions (binding/tfjs_binding.cc). All of it is synchronous, and works on numbers for tensors. */
export type SessionBinding = {
  readonly TF_INT32: number
  createTensor(shape: readonly number[], dtype: number, values: Int32Array): number
  tensorDataSync(tensor: number): ArrayLike<number>
  deleteTensor(tensor: number): void
  loadSavedModel(folder: string, tags: string): number
  /** Names are `node:output`, joined by commas. */
  runSavedModel(
    session: number,
    inputs: readonly number[],
    inputNames: string,
    outputNames: string,
  ): readonly { readonly id: number }[]
  deleteSavedModel(session: number): void
  getNumOfSavedModels(): number
}

export type TensorflowSession = {
  readonly compute: ComputeSlice
  dispose(): void
}

/** Undefined where a binding has no sessions. */
export function sessionBindingOf(binding: Partial<SessionBinding>): SessionBinding | undefined {
  const { loadSavedModel, runSavedModel, deleteSavedModel, getNumOfSavedModels } = binding
  const has = [loadSavedModel, runSavedModel, deleteSavedModel, getNumOfSavedModels].every(
    (method) => typeof method === 'function',
  )
  return has ? (binding as SessionBinding) : undefined
}

/** What lies in the folder is in memory when it returns. @throws what TensorFlow says of the SavedModel */
export function openSession(binding: SessionBinding, folder: string, inputWidth: number): TensorflowSession {
  const session = binding.loadSavedModel(folder, sessionNames.tag)
  return {
    compute({ rows, rowCount }) {
      // Aligned as TensorFlow wants it the memory is shared, else copied once; it is let go before this returns.
      const bits = new Int32Array(rows.buffer, rows.byteOffset, rows.length)
      const input = binding.createTensor([rowCount, inputWidth], binding.TF_INT32, bits)
      try {
        const [output] = binding.runSavedModel(session, [input], sessionNames.input, sessionNames.output)
        try {
          return binding.tensorDataSync(output.id)
        } finally {
          binding.deleteTensor(output.id)
        }
      } finally {
        binding.deleteTensor(input)
      }
    },
    dispose: () => binding.deleteSavedModel(session),
  }
}
