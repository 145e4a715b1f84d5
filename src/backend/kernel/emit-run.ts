// The plan of a kernel in, its function that turns rows into raw columns out: encode, then trees or layers.

import type { Artifact } from '../../artifact/artifact.ts'
import type { RegionGraph } from '../../regions/region.ts'
import { emitDense } from './dense/dense-stage.ts'
import { emitEncode } from './encode/emit-encode.ts'
import { emitFiniteCheck } from './finite-check.ts'
import type { KernelPlan } from './kernel-plan.ts'
import { type ColumnBlock, elementByteLength, type EncodeFunction, type KernelBuild } from './kernel-stage.ts'
import { storedLeafGrid } from './stored-leaf-grid.ts'
import { emitTrees } from './trees/emit-trees.ts'
import { sequence, when } from './wasm/control.ts'
import { i32 } from './wasm/scalar-instructions.ts'
import type { WasmFunction } from './wasm/wasm-module.ts'

export type RunParts = {
  readonly artifact: Artifact
  readonly graph: RegionGraph
  readonly plan: KernelPlan
  /** Of the canonical rows, and of raw. */
  readonly rowsAt: number
  readonly rawAt: number
}

export type EmittedRun = {
  /** Its forms, with the largest number of rows of each. */
  readonly title: string
  /** Encoded float32 columns of a dense layer, where raw may have to be marked. */
  readonly features?: ColumnBlock
  /** Whether it gives 1 for every row with a value that is infinite or NaN. */
  readonly checksRows?: boolean
}

/** Exports `run(rowCount)`, which gives 1 where a row has left the range of float32 before a dense layer. */
export function emitRun(build: KernelBuild, parts: RunParts): EmittedRun {
  switch (parts.plan.kind) {
    case 'columns':
      return emitColumns(build, parts, parts.plan)
    case 'dense':
      return emitDenseRun(build, parts, parts.plan)
    case 'trees':
      return emitTreesRun(build, parts, parts.plan)
  }
}

type PlanOf<Kind extends KernelPlan['kind']> = Extract<KernelPlan, { kind: Kind }>

function emitColumns(build: KernelBuild, { artifact, graph, rowsAt, rawAt }: RunParts, plan: PlanOf<'columns'>) {
  const block = { address: rawAt, element: 'f32', order: 'rows', pitch: artifact.metadata.rawWidth } as const
  const encode = emitEncode(build, graph, plan.columns, block)
  build.module.addFunction({ params: ['i32'], result: 'i32', exportName: 'run' }, ([rowCount]) => [
    encode.call(i32.const(rowsAt), rowCount.get),
    i32.const(0),
  ])
  return { title: 'columns' }
}

function emitTreesRun(build: KernelBuild, { artifact, graph, rowsAt, rawAt }: RunParts, plan: PlanOf<'trees'>) {
  const { variants } = emitTrees(build, plan.region, plan.ranks, storedLeafGrid(artifact, plan.regionIndex))
  const encoders = new Map<ColumnBlock, EncodeFunction>()
  for (const { inputs } of variants)
    if (!encoders.has(inputs)) encoders.set(inputs, emitEncode(build, graph, plan.columns, inputs))
  build.module.addFunction({ params: ['i32'], result: 'i32', exportName: 'run' }, ([rowCount]) => {
    const bodies = variants.map(({ inputs, run }) =>
      sequence(
        // each block has its encoder
        encoders.get(inputs)!.call(i32.const(rowsAt), rowCount.get),
        run.call(rowCount.get, i32.const(rawAt)),
      ),
    )
    const chosen = bodies.reduceRight((rest, body, i) =>
      when(i32.leU(rowCount.get, i32.const(variants[i].maxRows)), body, rest),
    )
    return [chosen, i32.const(0)]
  })
  return { title: titleOf(variants) }
}

/** All variants read the same columns. */
function emitDenseRun(build: KernelBuild, { artifact, graph, rowsAt, rawAt }: RunParts, plan: PlanOf<'dense'>) {
  const rowWidth = artifact.metadata.schema.features.length
  const { variants, fromRows } = emitDense(build, plan.region, { rowWidth })
  const { inputs } = variants[0]
  const encode = emitEncode(build, graph, plan.columns, inputs)
  const isBeyond: WasmFunction<readonly ['i32']> = emitFiniteCheck(build, {
    address: inputs.address,
    element: 'f32',
    rowByteLength: inputs.pitch * elementByteLength.f32,
  })
  build.module.addFunction({ params: ['i32'], result: 'i32', exportName: 'run' }, ([rowCount], { local }) => {
    const beyond = local('i32')
    const [rows, raw] = [i32.const(rowsAt), i32.const(rawAt)]
    const layers = variants
      .map(({ run }) => run.call(rowCount.get, raw))
      .reduceRight((rest, body, i) => when(i32.leU(rowCount.get, i32.const(variants[i].maxRows)), body, rest))
    const encoded = sequence(
      encode.call(rows, rowCount.get),
      beyond.set(isBeyond.evaluate('i32', rowCount.get)),
      layers,
    )
    if (fromRows === undefined) return [encoded, beyond.get]
    return [beyond.set(fromRows.evaluate('i32', rows, rowCount.get, raw)), when(beyond.get, encoded), beyond.get]
  })
  return {
    title: fromRows === undefined ? titleOf(variants) : `rows as they are, ${titleOf(variants)}`,
    features: inputs,
    checksRows: fromRows !== undefined,
  }
}

function titleOf(variants: readonly { readonly title: string; readonly maxRows: number }[]): string {
  return variants.map(({ title, maxRows }) => `${title} (up to ${maxRows} rows)`).join(', ')
}
