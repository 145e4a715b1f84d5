// A converted artifact in, what its kernels answer wrongly out: check rows in batches of many sizes, and outputs by the decoder.

import type { Artifact } from '../../src/artifact/artifact.ts'
import { decodeWeights } from '../../src/artifact/decode-tensor.ts'
import { readArtifact } from '../../src/artifact/read-artifact.ts'
import { createProbe } from '../../src/backend/choice/probe.ts'
import { createKernelBackend, type KernelModel } from '../../src/backend/kernel/kernel-backend.ts'
import { restoreRegions } from '../../src/regions/store.ts'
import { createEncoder } from '../../src/rows/encode.ts'
import { differencesFromDecoder } from '../backend/kernel/decoder-differences.ts'
import { type Asked, servedOn } from './golden-artifacts.ts'

/** Less, all and more than a step of vectors, a block and two blocks; the largest first. */
const sizes = [600, 0, 1, 2, 5, 15, 16, 17, 255, 256, 257]

const plainJavaScript = 'plain JavaScript'

const ways = [
  { title: 'in WebAssembly', backend: createKernelBackend() },
  { title: 'in plain JavaScript', backend: createKernelBackend({ simd: false, relaxedSimd: false }) },
]

/** Asks as `asked` does, and kernels beside it, which costs less than to convert all models once more. */
export function andOnKernels(asked: Asked, models: 'all' | 'one in five' = 'all'): Asked {
  return {
    name: `${asked.name}, and ${models} on kernels`,
    async ask(files, rows) {
      const artifact = readArtifact(files)
      const isDrawn = models === 'all' || isDrawnOf(artifact, 5)
      const found = isDrawn ? await kernelFaults(artifact) : []
      if (found.length > 0) throw new Error(found.join('\n'))
      // a graph that passes ready columns on is asked for some models alone
      const passesOn = artifact.metadata.inputs.every(({ region }) => region === -1)
      return passesOn && !isDrawnOf(artifact, 5) ? kernel.ask(files, rows) : asked.ask(files, rows)
    },
  }
}

const kernel = servedOn('kernel')

/** One model in `count`, always the same ones. */
function isDrawnOf({ metadata }: Artifact, count: number): boolean {
  return parseInt(metadata.source.sha256.slice(0, 8), 16) % count === 0
}

export async function kernelFaults(artifact: Artifact): Promise<string[]> {
  const found: string[] = []
  for (const { title, backend } of ways) {
    const model = await backend.load(artifact)
    const wrong = [...wrongAnswers(model, artifact), ...differencesFromDecoder(model.program, artifact.metadata.head)]
    found.push(...wrong.slice(0, 5).map((fault) => `${title}: ${fault}`))
    model.dispose()
    // what no WebAssembly is written for is the same JavaScript both times
    if (model.form === plainJavaScript) break
  }
  return found
}

/** Ensembles add up in another order for few rows; all other models give a row the same bits in any batch. */
function wrongAnswers(model: KernelModel, artifact: Artifact): string[] {
  const { check, inputs, rawWidth } = artifact.metadata
  const graph = restoreRegions(artifact.metadata.regions, decodeWeights(artifact))
  const probe = createProbe({ artifact, graph, encoder: createEncoder(graph, inputs) })
  const hasTrees = graph.regions.some(({ kind }) => kind === 'tree-ensemble')
  const expected = check.quantized.map((row) => row.map((value) => value ?? NaN))
  if (expected.length === 0) return ['no check rows']
  const found: string[] = []
  let first: Float32Array | undefined
  for (const rowCount of sizes) {
    const batch = probe.batch(model, rowCount, (i) => i % probe.rowCount)
    const got = batch.raw.values.fill(-77)
    void model.run(batch.inputs, rowCount, [batch.raw])
    first ??= got
    for (let i = 0; i < rowCount * rawWidth; i++) {
      const [row, column] = [Math.floor(i / rawWidth), i % rawWidth]
      const wanted = expected[row % probe.rowCount][column]
      const bound = probe.bounds[row % probe.rowCount][column]
      const place = `${rowCount} rows, row ${row}, raw ${column}: ${got[i]}`
      if (!Object.is(got[i], wanted) && !(Math.abs(got[i] - wanted) <= bound) && got[i] !== wanted)
        found.push(`${place} for ${wanted}, bound ${bound}`)
      if (!hasTrees && !Object.is(got[i], first[i])) found.push(`${place}, and ${first[i]} in a batch of ${sizes[0]}`)
    }
  }
  return found
}
