// A chain that reads the canonical row's first columns in, the function that computes it from canonical rows out.

import type { DenseLayer } from '../../../regions/dense-chain.ts'
import type { ColumnBlock, CoreFunction, KernelBuild, WholeFunction } from '../kernel-stage.ts'
import { when } from '../wasm/control.ts'
import { i32 } from '../wasm/scalar-instructions.ts'
import { emitLinearRows } from './linear-rows.ts'
import { emitRowCast } from './row-cast.ts'

type Parts = {
  readonly inputs: ColumnBlock
  readonly rowWidth: number
  /** What computes any number of rows of `inputs`. */
  readonly blocks: CoreFunction
}

export function emitFromRows(
  build: KernelBuild,
  layers: readonly DenseLayer[],
  { inputs, rowWidth, blocks }: Parts,
): WholeFunction {
  const [layer] = layers
  if (layers.length === 1 && layer.outputWidth === 1 && layer.activation === 'identity')
    return emitLinearRows(build, layer, rowWidth)
  const cast = emitRowCast(build, inputs, { width: layer.inputWidth, rowWidth })
  return build.module.addFunction({ params: ['i32', 'i32', 'i32'], result: 'i32' }, ([rows, rowCount, raw], scope) => {
    const isBeyond = scope.local('i32')
    return [
      isBeyond.set(cast.evaluate('i32', rows.get, rowCount.get)),
      when(i32.eqz(isBeyond.get), blocks.call(rowCount.get, raw.get)),
      isBeyond.get,
    ]
  })
}
