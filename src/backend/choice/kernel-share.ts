// Timings of a kernel and of a graph in; the largest batch that is the kernel's out.

import type { BackendName } from '../port.ts'
import type { CandidateReport } from './backend-choice.ts'
import { ranked } from './fastest.ts'
import { type Timing, timedSizes } from './timing.ts'

/** A graph must be so much faster: a batch that leaves this thread also costs its caller a turn of the event loop. */
const leastGain = 0.1

export type KernelShare = {
  /** Infinity where no batch is the graph's, 0 where all are. */
  readonly maxRows: number
  readonly why: string
}

export function shareOfKernel(kernel: CandidateReport, graph: CandidateReport): KernelShare {
  const sizes = timedSizes.filter((size) => microsAt(kernel, size) !== undefined && microsAt(graph, size) !== undefined)
  const table = sizes
    .map(
      (size) =>
        `${size}: ${(microsAt(kernel, size) ?? NaN).toPrecision(3)} and ${(microsAt(graph, size) ?? NaN).toPrecision(3)}`,
    )
    .join(', ')
  const measured = `µs a row of kernel and ${graph.name} by batch size: ${table}`
  // from the largest size down, as long as the graph wins
  let firstOfGraph = sizes.length
  while (firstOfGraph > 0 && isGraphFaster(kernel, graph, sizes[firstOfGraph - 1])) firstOfGraph--
  if (firstOfGraph === sizes.length)
    return { maxRows: Infinity, why: `the kernel is the fastest that is right (${measured})` }
  if (firstOfGraph === 0) return { maxRows: 0, why: `${graph.name} is the fastest that is right (${measured})` }
  const maxRows = Math.round(Math.sqrt(sizes[firstOfGraph - 1] * sizes[firstOfGraph]))
  return {
    maxRows,
    why: `batches of over ${maxRows} rows are faster on ${graph.name}, smaller ones on the kernel (${measured})`,
  }
}

type Best = { readonly name: BackendName; readonly why?: string }

/** Of the graphs that are faster for some batches, or else of all: the one with which all sizes together take the least time. */
export function bestBeside(kernel: CandidateReport, graphs: readonly CandidateReport[]): Best {
  const faster = graphs.filter((graph) => shareOfKernel(kernel, graph).maxRows < Infinity)
  const [best = graphs[0]] = ranked((faster.length > 0 ? faster : graphs).map((graph) => withKernel(kernel, graph)))
  return best
}

/** The graph's report with the times of both: each size is the faster one's. */
function withKernel(kernel: CandidateReport, graph: CandidateReport): CandidateReport {
  const timings = graph.timings?.map(({ rowCount, microsPerRow }) => ({
    rowCount,
    microsPerRow: Math.min(microsPerRow, microsAt(kernel, rowCount) ?? Infinity),
  }))
  return { ...graph, ...(timings && { timings }) }
}

export function largestTiming({ timings = [] }: CandidateReport): Timing | undefined {
  return timings[timings.length - 1]
}

function microsAt({ timings = [] }: CandidateReport, size: number): number | undefined {
  return timings.find(({ rowCount }) => rowCount === size)?.microsPerRow
}

function isGraphFaster(kernel: CandidateReport, graph: CandidateReport, size: number): boolean {
  return (microsAt(graph, size) ?? Infinity) * (1 + leastGain) < (microsAt(kernel, size) ?? 0)
}
