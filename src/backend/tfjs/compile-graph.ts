// A planned graph in, the TensorFlow.js model that runs it out: constant subgraphs computed once, their values as weights.

import type { GraphModel } from '@tensorflow/tfjs-converter'
import type { Tensor } from '@tensorflow/tfjs-core'
import { type ConstantTensor, foldConstants, foldedArtifacts } from '../graph/constant-folding.ts'
import { type GraphPlan, outputName } from '../graph/graph-plan.ts'
import { unfusedNodes } from '../graph/unfused-nodes.ts'
import { readTensors } from './read-tensors.ts'
import type { TfjsLibrary } from './tfjs-library.ts'

export type CompiledGraph = GraphModel<never>

/** The model holds only what changes from run to run. No other load's or run's work comes between two steps of the engine. */
export async function compileGraph(library: TfjsLibrary, plan: GraphPlan): Promise<CompiledGraph> {
  const { tf, loadGraphModelSync, started, within } = library
  const folded = foldConstants(plan.nodes, plan.shapes.constant, outputName)
  const sources = folded.constants.map(({ source }) => source)
  // the library declares file systems and partial artifacts too; ours are whole, in memory
  const load = (artifacts: object): CompiledGraph => within(() => loadGraphModelSync(artifacts as never))
  const whole = load(wholeArtifacts(plan))
  try {
    const constants = await readTensors(
      library,
      () => {
        const found = sources.length === 0 ? [] : tf.tidy(() => whole.execute({}, sources))
        return Array.isArray(found) ? found : [found]
      },
      (tensor, values, i) => constantOf(folded.constants[i].name, tensor, values),
    )
    const nodes = started.operations === 'single' ? unfusedNodes(folded.nodes) : folded.nodes
    return load(foldedArtifacts(nodes, constants))
  } finally {
    whole.dispose()
  }
}

function wholeArtifacts({ nodes, specs, weightData }: GraphPlan) {
  return {
    modelTopology: { node: nodes, library: {}, versions: { producer: 1 } },
    weightSpecs: specs.map((spec) => ({ ...spec, shape: [...spec.shape] })),
    weightData,
  }
}

/** A copy: on cpu the values are the tensor's own storage, and still an Int32Array after a cast to float32. */
function constantOf(name: string, { shape, dtype }: Tensor, values: ArrayLike<number>): ConstantTensor {
  return dtype === 'int32'
    ? { name, shape, dtype, values: Int32Array.from(values) }
    : { name, shape, dtype: 'float32', values: Float32Array.from(values) }
}
