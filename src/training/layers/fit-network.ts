// Standardized rows with their targets in; a network fitted on them, ended where rows set aside get worse, out.

import { createSeededRandom, shuffle, spreadSeed } from '../../rows/seeded-random.ts'
import type { LayersLibrary } from './layers-library.ts'
import { createNetwork, type Network, type NetworkOptions, type NetworkWeight } from './network.ts'

export type FitOptions = NetworkOptions & {
  readonly signal?: AbortSignal
  /** Called after each pass, with the loss on the rows set aside. */
  readonly onEpoch?: (epoch: number, loss: number) => void
}

type Rows = { readonly features: Float32Array; readonly target: Float32Array }

/** Batches between two turns of the event loop. */
const batchesPerTurn = 8

/**
 * The caller disposes the network. The same input gives the same weights, bit for bit, on one version of TensorFlow.js.
 * @throws EXECUTION_FAILED where the loss stops being finite; `signal.reason` when aborted
 */
export async function fitNetwork(library: LayersLibrary, given: Rows, options: FitOptions): Promise<Network> {
  const { parameters, width, seed } = options
  const random = createSeededRandom(spreadSeed(seed))
  const order = shuffle(
    Int32Array.from({ length: given.target.length }, (_, row) => row),
    random,
  )
  const asideCount = Math.max(1, Math.round(order.length * parameters.validationShare))
  const aside = take(given, order.subarray(0, asideCount), width)
  const fitted = Int32Array.from(order.subarray(asideCount))
  const network = createNetwork(library, options)
  try {
    let best: { readonly loss: number; readonly epoch: number; readonly weights: readonly NetworkWeight[] } | undefined
    for (let epoch = 1; epoch <= parameters.epochs; epoch++) {
      await fitOnce(network, { given, rows: shuffle(fitted, random) }, options)
      const loss = logLoss(network.probabilities(aside.features), aside.target)
      options.onEpoch?.(epoch, loss)
      if (best === undefined || loss < best.loss) best = { loss, epoch, weights: network.weights() }
      else if (epoch - best.epoch >= parameters.patience) break
    }
    if (best !== undefined) network.restore(best.weights)
    return network
  } catch (error) {
    network.dispose()
    throw error
  }
}

type Pass = { readonly given: Rows; readonly rows: Int32Array }

async function fitOnce(
  network: Network,
  { given, rows }: Pass,
  { parameters, width, signal }: FitOptions,
): Promise<void> {
  for (let start = 0, batch = 0; start < rows.length; start += parameters.batchSize, batch++) {
    if (batch % batchesPerTurn === 0) await new Promise((resolve) => setTimeout(resolve, 0))
    signal?.throwIfAborted()
    const { features, target } = take(given, rows.subarray(start, start + parameters.batchSize), width)
    network.step(features, target)
  }
}

function take({ features, target }: Rows, rows: Int32Array, width: number): Rows {
  const taken = { features: new Float32Array(rows.length * width), target: new Float32Array(rows.length) }
  rows.forEach((row, i) => {
    taken.features.set(features.subarray(row * width, (row + 1) * width), i * width)
    taken.target[i] = target[row]
  })
  return taken
}

function logLoss(probabilities: Float32Array, target: Float32Array): number {
  let sum = 0
  for (let i = 0; i < target.length; i++) {
    const right = target[i] === 1 ? probabilities[i] : 1 - probabilities[i]
    sum -= Math.log(Math.max(right, 1e-7))
  }
  return sum / target.length
}
