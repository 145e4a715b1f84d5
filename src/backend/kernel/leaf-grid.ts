// An artifact and one of its ensembles in, the affine grid that its leaf values were stored on out.

import type { Artifact } from '../../artifact/artifact.ts'
import { treeTensorName } from '../../regions/stored-trees.ts'

/** A leaf value is fround(code · scale + min), code an integer from 0 to 2^bits − 1. */
export type LeafGrid = { readonly scale: number; readonly min: number; readonly bits: 8 | 16 }

/** Undefined where the leaves are float32 or float16. */
export function leafGridOf({ modelJson }: Artifact, regionIndex: number): LeafGrid | undefined {
  const name = treeTensorName(regionIndex, 'leaf')
  const spec = modelJson.weightsManifest.flatMap(({ weights }) => weights).find((weight) => weight.name === name)
  const { dtype, scale = 1, min = 0 } = spec?.quantization ?? {}
  if (dtype === undefined || dtype === 'float16') return undefined
  return { scale, min, bits: dtype === 'uint8' ? 8 : 16 }
}
