// An artifact and one of its ensembles in, the affine grid that its leaf values were stored on out.

import type { Artifact } from '../../artifact/artifact.ts'
import { treeTensorName } from '../../regions/stored-trees.ts'
import type { LeafGrid } from './trees/leaf-grid.ts'

/** Undefined where the leaves are float32 or float16. */
export function storedLeafGrid({ modelJson }: Artifact, regionIndex: number): LeafGrid | undefined {
  const name = treeTensorName(regionIndex, 'leaf')
  const spec = modelJson.weightsManifest.flatMap(({ weights }) => weights).find((weight) => weight.name === name)
  const { dtype, scale = 1, min = 0 } = spec?.quantization ?? {}
  return dtype === undefined || dtype === 'float16' ? undefined : { scale, min }
}
