// A model's regions and backends in; the least time in which its graph can answer a batch there, and which may beat a kernel, out.

import type { RegionGraph } from '../../regions/region.ts'
import type { BackendName } from '../port.ts'
import type { CandidateReport } from './backend-choice.ts'
import { largestTiming } from './kernel-share.ts'

/** To a process or thread and back, nothing computed: less than `node bench/native.mjs` prints as `trip` for 512 rows. */
const tripMicros = 80

/**
 * Graphs on wasm and cpu use the same instructions as the kernel and pay for every node; only the blocking of matrix
 * products may differ, which matters from here on. Trees by graph operations take far longer.
 */
const wideLayer = 256

/**
 * A graph on trees reads ranks, which JavaScript looks up in this thread before each run. A column takes longer than this:
 * a graph that is tried in vain costs less than one that is never tried.
 */
const rankMicros = 0.005

/** Graphs that could be faster than the kernel for a large batch; to load the others would only cost time and memory. */
export function whatMayBeat<Member extends { readonly name: BackendName }>(
  kernel: CandidateReport,
  members: readonly Member[],
  graph: RegionGraph,
): readonly Member[] {
  const large = largestTiming(kernel)
  if (large === undefined) return members
  const micros = large.rowCount * large.microsPerRow
  return members.filter(({ name }) => leastMicros(name, graph, large.rowCount) < micros)
}

/** Zero for what is not known: then it must be tried. Infinity for what cannot be. */
function leastMicros(name: BackendName, graph: RegionGraph, rowCount: number): number {
  switch (name) {
    case 'cuda':
    case 'webgpu':
    case 'native':
      return tripMicros + rowCount * rankColumns(graph) * rankMicros
    case 'wasm':
    case 'cpu':
      return hasWideLayer(graph) ? 0 : Infinity
    case 'kernel':
      return 0
  }
}

function rankColumns({ regions }: RegionGraph): number {
  return regions.reduce((sum, region) => (region.kind === 'ranks' ? sum + region.columns.length : sum), 0)
}

function hasWideLayer({ regions }: RegionGraph): boolean {
  return regions.some(
    (region) =>
      region.kind === 'dense-chain' &&
      region.layers.some(({ inputWidth, outputWidth }) => Math.min(inputWidth, outputWidth) >= wideLayer),
  )
}
