// Nothing in; TensorFlow.js with its layers and a way to work on its cpu backend, which leaves the host's as it was, out.

import type * as tfjsLayers from '@tensorflow/tfjs-layers'
import { cpuEngine } from '../../backend/tfjs/cpu.ts'
import type { Tfjs } from '../../backend/tfjs/tfjs-engine.ts'
import { exportsOf, openTfjs } from '../../backend/tfjs/tfjs-library.ts'
import { createError } from '../../errors.ts'

export type LayersLibrary = {
  readonly tf: Tfjs
  readonly tfl: typeof tfjsLayers
  readonly version: string
  /** Synchronous work on the cpu backend; the backend that was active is active again afterwards. */
  within<Result>(work: () => Result): Result
}

type ImportLayers = () => Promise<typeof tfjsLayers>

/** @throws BACKEND_UNAVAILABLE where a package of TensorFlow.js is not installed */
export async function openLayersLibrary(
  importLayers: ImportLayers = () => import('@tensorflow/tfjs-layers'),
): Promise<LayersLibrary> {
  const { tf, within } = await openTfjs(cpuEngine)
  try {
    const tfl = exportsOf(await importLayers())
    return { tf, tfl, version: tfl.version_layers, within }
  } catch (cause) {
    throw createError(
      'BACKEND_UNAVAILABLE',
      `training layers needs @tensorflow/tfjs-layers, which could not be imported: ${cause instanceof Error ? cause.message : String(cause)}; run npm install @tensorflow/tfjs-layers@4.22.0`,
      { cause },
    )
  }
}
