// An artifact and one of its ensembles in, the affine grid that its leaf values, or the book of them, were stored on out.

import type { Artifact } from '../../artifact/artifact.ts'
import { treeTensorName } from '../../regions/stored-trees.ts'
import type { LeafGrid } from './trees/leaf-grid.ts'

/** Undefined where the leaves are float32 or float16. */
export function storedLeafGrid({ modelJson }: Artifact, regionIndex: number): LeafGrid | undefined {
  const weights = modelJson.weightsManifest.flatMap((group) => group.weights)
  const stored = (part: string) => weights.find(({ name }) => name === treeTensorName(regionIndex, part))
  const spec = stored('leaf-book') ?? stored('leaf')
  const { dtype, scale = 1, min = 0 } = spec?.quantization ?? {}
  return dtype === undefined || dtype === 'float16' ? undefined : { scale, min }
}
