// Finished files and a backend in, a function from canonical rows to raw columns out: what a service would compute.

import type { Artifact } from '../../src/artifact/artifact.ts'
import { decodeWeights } from '../../src/artifact/decode-tensor.ts'
import type { ArtifactLoader } from '../../src/backend/port.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import { restoreRegions } from '../../src/regions/store.ts'
import { createEncoder } from '../../src/rows/encode.ts'

export type ArtifactRunner = {
  readonly backend: string
  /** The tables as a reader of the files restores them. */
  readonly graph: RegionGraph
  /** Raw columns of each row, in order. */
  run(rows: readonly Float64Array[]): Promise<Float64Array[]>
  dispose(): void
}

/** Rows of one run: enough to be quick, few enough for wide models. */
const batchRows = 64

export async function createArtifactRunner(artifact: Artifact, backend: ArtifactLoader): Promise<ArtifactRunner> {
  const { metadata } = artifact
  const graph = restoreRegions(metadata.regions, decodeWeights(artifact))
  const encoder = createEncoder(graph, metadata.inputs)
  const model = await backend.load(artifact)
  const width = metadata.schema.features.length

  async function runBatch(rows: readonly Float64Array[]): Promise<Float64Array[]> {
    const canonical = new Float64Array(rows.length * width)
    rows.forEach((row, index) => canonical.set(row, index * width))
    const inputs = metadata.inputs.map(({ name, width: columns }) => ({
      name,
      width: columns,
      values: new Float32Array(rows.length * columns),
    }))
    encoder.encode(
      canonical,
      rows.length,
      inputs.map(({ values }) => values),
    )
    const raw = { name: 'raw', width: metadata.rawWidth, values: new Float32Array(rows.length * metadata.rawWidth) }
    await model.run(inputs, rows.length, [raw])
    return rows.map((_, index) => Float64Array.from(raw.values.subarray(index * raw.width, (index + 1) * raw.width)))
  }

  return {
    backend: backend.name,
    graph,
    async run(rows) {
      const results: Float64Array[] = []
      for (let start = 0; start < rows.length; start += batchRows)
        results.push(...(await runBatch(rows.slice(start, start + batchRows))))
      return results
    },
    dispose: () => model.dispose(),
  }
}
