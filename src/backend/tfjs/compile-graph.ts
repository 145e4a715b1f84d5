// A planned graph in; the same graph with its constant subgraphs computed once, and the TensorFlow.js model that runs it, out.

import type { GraphModel } from '@tensorflow/tfjs-converter'
import type { Tensor } from '@tensorflow/tfjs-core'
import { type ConstantTensor, foldConstants, foldedArtifacts } from '../graph/constant-folding.ts'
import { type GraphPlan, outputName } from '../graph/graph-plan.ts'
import { unfusedNodes } from '../graph/unfused-nodes.ts'
import type { FrozenGraph } from '../saved-model/saved-model.ts'
import { readTensors } from './read-tensors.ts'
import type { TfjsLibrary } from './tfjs-library.ts'

export type CompiledGraph = GraphModel<never>

/** What is left changes from run to run. No other load's or run's work comes between two steps of the engine. */
export async function freezeGraph(library: TfjsLibrary, plan: GraphPlan): Promise<FrozenGraph> {
  const { tf } = library
  const folded = foldConstants(plan.nodes, plan.shapes.constant, outputName)
  const sources = folded.constants.map(({ source }) => source)
  const whole = loadArtifacts(library, wholeArtifacts(plan))
  try {
    const constants = await readTensors(
      library,
      () => {
        const found = sources.length === 0 ? [] : tf.tidy(() => whole.execute({}, sources))
        return Array.isArray(found) ? found : [found]
      },
      (tensor, values, i) => constantOf(folded.constants[i].name, tensor, values),
    )
    const { input, outputWidth } = plan
    return { nodes: folded.nodes, constants, input, output: { name: outputName, width: outputWidth } }
  } finally {
    whole.dispose()
  }
}

/** The constants are its weights. */
export function compileGraph(library: TfjsLibrary, { nodes, constants }: FrozenGraph): CompiledGraph {
  const single = library.started.operations === 'single'
  return loadArtifacts(library, foldedArtifacts(single ? unfusedNodes(nodes) : nodes, constants))
}

/** The library declares file systems and partial artifacts too; ours are whole, in memory. */
function loadArtifacts({ loadGraphModelSync, within }: TfjsLibrary, artifacts: object): CompiledGraph {
  return within(() => loadGraphModelSync(artifacts as never))
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
