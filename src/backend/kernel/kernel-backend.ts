// Kernels as a backend: artifacts in, models out that compute canonical rows in this thread, without a graph.

import { decodeWeights } from '../../artifact/decode-tensor.ts'
import type { Artifact } from '../../artifact/artifact.ts'
import { libraryVersion } from '../../artifact/library-version.ts'
import { createError } from '../../errors.ts'
import type { RegionGraph } from '../../regions/region.ts'
import { restoreRegions } from '../../regions/store.ts'
import { verifyRegions } from '../../regions/verify.ts'
import type { Backend, BackendModel } from '../port.ts'
import { rowSlabName } from '../port.ts'
import { isColumnWise } from '../../rows/column-path.ts'
import { rowSlabOf, slabOf } from '../slab-check.ts'
import { hasNamedColumns } from './head/head-plan.ts'
import { detectKernelFeatures, type KernelFeatures } from './kernel-features.ts'
import { planKernel } from './kernel-plan.ts'
import { compileKernel, type KernelProgram, type KernelSource } from './kernel-program.ts'
import { runBlocks } from './run-blocks.ts'
import { createScriptProgram } from './script/script-program.ts'

/** A model of this backend, which callers in this thread may also run by themselves. */
export type KernelModel = BackendModel & { readonly mode: 'sync'; readonly program: KernelProgram }

export type KernelBackend = Omit<Backend, 'load'> & {
  load(artifact: Artifact, restored?: RegionGraph): Promise<KernelModel>
}

export function isKernelModel(model: BackendModel): model is KernelModel {
  return 'program' in model
}

/** Each model has a memory of its own, which is all that it ever takes. */
export function createKernelBackend(features: KernelFeatures = detectKernelFeatures()): KernelBackend {
  let modelCount = 0
  const simd = features.relaxedSimd ? 'relaxed SIMD' : 'SIMD'
  const library = `kernels of tfjs-serving ${libraryVersion} in ${features.simd ? `WebAssembly with ${simd}` : 'JavaScript'}`
  return {
    name: 'kernel',
    description: library,
    computesRegions: true,
    open: () => Promise.resolve({ library, device: { kind: 'cpu', name: 'this process, one thread' }, threadCount: 1 }),
    load(artifact, restored) {
      try {
        const graph = restored ?? regionsOf(artifact)
        const source = { artifact, graph, features }
        const program = features.simd && isCompiled(source) ? compileKernel(source) : createScriptProgram(source)
        const model = createKernelModel(artifact, program, () => modelCount--)
        modelCount++
        return Promise.resolve(model)
      } catch (error) {
        return Promise.reject(error as Error)
      }
    },
    tensorCount: () => Promise.resolve(modelCount),
    health: () => ({ restartCount: 0 }),
    close: () => Promise.resolve(),
  }
}

/** Formulas and heads that name columns are computed by JavaScript. */
function isCompiled({ artifact, graph }: Pick<KernelSource, 'artifact' | 'graph'>): boolean {
  return !hasNamedColumns(artifact.metadata.head) && isColumnWise(graph, planKernel(graph, artifact.metadata).columns)
}

function regionsOf(artifact: Artifact): RegionGraph {
  const graph = restoreRegions(artifact.metadata.regions, decodeWeights(artifact))
  verifyRegions(graph)
  return graph
}

function createKernelModel({ metadata }: Artifact, program: KernelProgram, release: () => void): KernelModel {
  const { name, schema, rawWidth } = metadata
  const input = { name: rowSlabName, width: schema.features.length }
  const output = { name: 'raw', width: rawWidth }
  let isDisposed = false
  return {
    mode: 'sync',
    takes: 'rows',
    form: program.title,
    program,
    run(inputs, rowCount, outputs) {
      if (isDisposed) throw createError('CLOSED', `model ${name} on backend kernel was disposed`)
      const rows = rowSlabOf(inputs, input, rowCount).values
      const raw = slabOf(outputs, output, rowCount).values
      runBlocks(program, { rows, rowCount, width: input.width }, (from, blockRows) =>
        raw.set(program.raw.subarray(0, blockRows * rawWidth), from * rawWidth),
      )
    },
    dispose() {
      if (!isDisposed) release()
      isDisposed = true
    },
  }
}
