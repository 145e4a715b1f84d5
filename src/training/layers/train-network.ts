// A checked job and TensorFlow.js in; networks fitted on the folds and on all training rows, as a trained model, out.

import type { TrainedModel, TrainingJob } from '../trainer.ts'
import { fitNetwork } from './fit-network.ts'
import type { LayersLibrary } from './layers-library.ts'
import type { LayersParameters } from './layers-parameters.ts'
import type { Network } from './network.ts'
import { savedNetwork } from './saved-network.ts'
import { type ColumnScales, columnScales, standardRows } from './standard-columns.ts'

/** Seeds of two fits lie farther apart than a network has layers. */
const seedsPerFit = 100

export type NetworkJob = {
  readonly job: TrainingJob
  readonly parameters: LayersParameters
  readonly library: LayersLibrary
}

export async function trainNetwork(context: NetworkJob): Promise<TrainedModel> {
  const { job, library } = context
  const { folds, trainRows } = job
  const outOfFold = new Float64Array(trainRows.length)
  for (const [fold, positions] of folds.entries()) {
    const isAside = new Set(positions)
    const rows = trainRows.filter((_, position) => !isAside.has(position))
    const fitted = await fit(context, rows, fold)
    try {
      const asked = fitted.ask(Int32Array.from(positions, (position) => trainRows[position]))
      positions.forEach((position, i) => (outOfFold[position] = asked[i]))
    } finally {
      fitted.network.dispose()
    }
  }
  const final = await fit(context, trainRows, folds.length)
  try {
    job.onProgress?.(folds.length + 1, folds.length + 1, 'fitted')
    return {
      files: savedNetwork(final.network, { job, scales: final.scales, version: library.version }),
      outOfFold,
      golden: goldenOf(job, final.ask),
      framework: `TensorFlow.js layers ${library.version}`,
    }
  } finally {
    final.network.dispose()
  }
}

type Fitted = {
  readonly network: Network
  readonly scales: ColumnScales
  /** The model's answers for rows of the table. */
  readonly ask: (rows: Int32Array) => Float32Array
}

/** `index` counts the fits: the folds from 0, and then the model itself, whose seed does not depend on their number. */
async function fit({ job, parameters, library }: NetworkJob, rows: Int32Array, index: number): Promise<Fitted> {
  const total = job.folds.length + 1
  const name = index < job.folds.length ? `fold ${index + 1} of ${job.folds.length}` : 'all training rows'
  job.onProgress?.(index, total, name)
  const width = job.config.data.features.length
  const table = { features: job.features, width }
  const scales = columnScales(table, rows)
  const target = Float32Array.from(rows, (row) => job.target[row])
  const network = await fitNetwork(
    library,
    { features: standardRows(table, rows, scales), target },
    {
      width,
      parameters,
      scale: job.config.decision.scale,
      seed: job.seed + (index < job.folds.length ? (index + 1) * seedsPerFit : 0),
      ...(job.signal && { signal: job.signal }),
      onEpoch: (epoch, loss) => job.onProgress?.(index, total, `${name}: pass ${epoch}, loss ${loss.toFixed(4)}`),
    },
  )
  return { network, scales, ask: (asked) => network.answers(standardRows(table, asked, scales)) }
}

/** TensorFlow.js' own answers for all held-out rows, as they stand in the data. */
function goldenOf({ config, features, heldOutRows }: TrainingJob, ask: Fitted['ask']): TrainedModel['golden'] {
  const width = config.data.features.length
  const rows = Array.from(heldOutRows, (row) => [...features.subarray(row * width, (row + 1) * width)])
  const answers = [...ask(heldOutRows)]
  if (config.decision.scale !== undefined) return { rows, expected: { predict: answers } }
  const labels = answers.map((probability) => (probability > 0.5 ? 1 : 0))
  return { rows, expected: { predict: labels, predict_proba: answers.map((p) => [1 - p, p]) } }
}
