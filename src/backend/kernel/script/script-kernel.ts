// A model's regions in, plain JavaScript that computes raw columns from canonical rows out: for realms without WebAssembly SIMD.

import type { GraphInput } from '../../../artifact/metadata.ts'
import type { RegionGraph } from '../../../regions/region.ts'
import { createEncoder } from '../../../rows/encode.ts'
import { type KernelPlan, planKernel } from '../kernel-plan.ts'
import { createScriptChain } from './script-chain.ts'
import type { ScriptCore } from './script-core.ts'
import { createScriptTrees } from './script-trees.ts'

export type ScriptKernel = {
  /** Fills raw: row-major [rowCount, columns of the graph's output], from row-major canonical rows; allocates nothing. */
  run(rows: Float64Array, rowCount: number, raw: Float32Array): void
}

/** Rows that are encoded, and sent through each tree, before the next. */
const blockRows = 64

/** @throws UNSUPPORTED with the region that no kernel computes */
export function createScriptKernel(graph: RegionGraph, inputs: readonly GraphInput[]): ScriptKernel {
  const plan = planKernel(graph, { inputs })
  const encoder = createEncoder(graph, inputs)
  const rowWidth = graph.regions[0].kind === 'input' ? graph.regions[0].width : 0
  const rawWidth = graph.output.length
  const slabs = encoder.widths.map((width) => new Float32Array(blockRows * width))
  const core = createCore(plan)
  return {
    run(rows, rowCount, raw) {
      for (let from = 0; from < rowCount; from += blockRows) {
        const count = Math.min(blockRows, rowCount - from)
        encoder.encode(rows.subarray(from * rowWidth), count, slabs)
        core(slabs[0], count, raw.subarray(from * rawWidth))
      }
    },
  }
}

function createCore(plan: KernelPlan): ScriptCore {
  switch (plan.kind) {
    case 'trees':
      return createScriptTrees(plan.region, plan.ranks.columns.length, blockRows)
    case 'dense':
      return createScriptChain(plan.region)
    case 'columns':
      return (columns, rowCount, raw) => raw.set(columns.subarray(0, rowCount * plan.columns.length))
  }
}
