// A measured artifact and the version that serves in, by how much one is better on the same rows out.

import { loadModel } from '../../runtime/load-model.ts'
import { pairedAccuracyDifference } from '../metrics/bootstrap.ts'
import type { ScoredRows } from '../metrics/scored-rows.ts'
import type { RunRecord } from '../run-record.ts'
import type { ConvertedModel } from '../source/convert-trained.ts'
import type { TrainingFolder } from '../training-folder.ts'
import type { GateInput } from './gates.ts'
import { modelOutputs } from './outputs.ts'

export type CompareInput = {
  readonly folder: TrainingFolder
  readonly version: string
  readonly converted: ConvertedModel
  /** Files of the production version, where there is one. */
  readonly production: { readonly version: string; readonly files: Readonly<Record<string, Uint8Array>> } | undefined
  readonly signal?: AbortSignal
}

/** Paired: both versions answer the same held-out rows. */
export async function compareProduction(
  { folder, version, converted, production, signal }: CompareInput,
  heldOut: ScoredRows,
): Promise<GateInput['production']> {
  if (production === undefined) return { kind: 'none' }
  if (production.version === version || isSame(production.files, converted.files))
    return { kind: 'same', version: production.version }
  const { config, table, split } = folder
  let output: Float64Array
  try {
    const model = await loadModel(production.files, { caching: false })
    try {
      output = await modelOutputs(model, table, split.heldOutRows, signal)
    } finally {
      await model.close()
    }
  } catch (error) {
    signal?.throwIfAborted()
    return {
      kind: 'unlike',
      version: production.version,
      reason: error instanceof Error ? error.message : String(error),
    }
  }
  const { threshold } = config.decision
  const { order } = heldOut
  const difference = pairedAccuracyDifference(
    heldOut.truth,
    heldOut.decided,
    Uint8Array.from(order, (row) => (output[row] >= threshold ? 1 : 0)),
    { seed: config.split.seed },
  )
  return { kind: 'compared', version: production.version, ...difference }
}

/** Null where nothing could be compared. */
export function productionRecord(compared: GateInput['production']): RunRecord['production'] {
  if (compared.kind !== 'compared') return null
  const { version, difference, interval } = compared
  return { version, difference, interval }
}

function isSame(a: Readonly<Record<string, Uint8Array>>, b: Readonly<Record<string, Uint8Array>>): boolean {
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => b[name]?.length === a[name].length && b[name].every((byte, i) => byte === a[name][i]))
  )
}
