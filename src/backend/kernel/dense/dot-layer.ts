// A layer of one or two columns in, the functions that compute it along its inputs, four of them a vector, out.

import type { KernelBuild } from '../kernel-stage.ts'
import { repeatWhile, select, sequence } from '../wasm/control.ts'
import type { Local } from '../wasm/local.ts'
import { i32 } from '../wasm/scalar-instructions.ts'
import { f32x4, v128 } from '../wasm/vector-instructions.ts'
import { type BlockLayer, rowsAtOnce } from './block-layer.ts'
import { innerLoop } from './inner-loop.ts'
import { addLanes, storeFourRows, zeros } from './lanes.ts'
import { type LayerOutput, storeColumns } from './layer-output.ts'
import { multiplyAdd } from './multiply-add.ts'
import { type PackedLayer, vectorPitch } from './packed-layer.ts'
import type { RowLayer } from './row-layer.ts'
import { createVectorActivation } from './vector-activation.ts'

type Build = Pick<KernelBuild, 'module' | 'features'>

/** One row. */
export function emitDotRow(
  { module, features }: Build,
  layer: PackedLayer,
  { rowEnd }: Pick<LayerOutput, 'rowEnd'>,
): RowLayer {
  const add = multiplyAdd(features)
  const columnBytes = vectorPitch(layer.inputWidth) * 4
  return module.addFunction({ params: ['i32', 'i32'] }, ([inputs, outputs], scope) => {
    const activation = createVectorActivation(layer.activation, { scope, add })
    const [source, weights] = [scope.local('i32'), scope.local('i32')]
    const sums = Array.from({ length: layer.outputWidth }, () => scope.local('v128'))
    const input = scope.local('v128')
    const [result] = sums
    return [
      activation.prepare,
      source.set(inputs.get),
      weights.set(i32.const(layer.weights)),
      ...sums.map((sum) => sum.set(zeros)),
      innerLoop(
        { count: columnBytes / 16, pointers: [source, weights].map(byVectors), scope },
        sequence(
          input.set(v128.load(source.get)),
          ...sums.map((sum, column) => sum.set(add(v128.load(weights.get, column * columnBytes), input.get, sum.get))),
        ),
      ),
      addLanes(sums),
      result.set(f32x4.add(result.get, v128.load(i32.const(layer.bias)))),
      activation.apply(result),
      storeColumns(outputs.get, result.get, { columns: layer.outputWidth, byteOffset: 0, rowEnd }),
    ]
  })
}

/** Four rows and more. */
export function emitDotBlock(
  { module, features }: Build,
  layer: PackedLayer,
  { inputPitch, output }: { readonly inputPitch: number; readonly output: LayerOutput },
): BlockLayer {
  const add = multiplyAdd(features)
  const columnBytes = vectorPitch(layer.inputWidth) * 4
  const columns = Array.from({ length: layer.outputWidth }, (_, column) => column)
  const [inputRowBytes, outputRowBytes] = [inputPitch * 4, output.pitch * 4]
  return module.addFunction({ params: ['i32', 'i32', 'i32'] }, ([inputs, outputs, rows], scope) => {
    const activation = createVectorActivation(layer.activation, { scope, add })
    const [source, target, weights] = [scope.local('i32'), scope.local('i32'), scope.local('i32')]
    const [row, nextRow, lastRow] = [scope.local('i32'), scope.local('i32'), scope.local('i32')]
    const sums = columns.map(() => Array.from({ length: rowsAtOnce }, () => scope.local('v128')))
    const [factors, biases] = [columns.map(() => scope.local('v128')), columns.map(() => scope.local('v128'))]
    const input = scope.local('v128')
    const fourRows = sequence(
      source.set(i32.add(inputs.get, i32.mul(row.get, i32.const(inputRowBytes)))),
      target.set(i32.add(outputs.get, i32.mul(row.get, i32.const(outputRowBytes)))),
      weights.set(i32.const(layer.weights)),
      ...sums.flat().map((sum) => sum.set(zeros)),
      innerLoop(
        { count: columnBytes / 16, pointers: [source, weights].map(byVectors), scope },
        sequence(
          ...factors.map((factor, column) => factor.set(v128.load(weights.get, column * columnBytes))),
          ...Array.from({ length: rowsAtOnce }, (_, r) =>
            sequence(
              input.set(v128.load(source.get, r * inputRowBytes)),
              ...sums.map((rowSums, column) => rowSums[r].set(add(factors[column].get, input.get, rowSums[r].get))),
            ),
          ),
        ),
      ),
      // from here on lane r of a column's first sum is its value for row r
      ...sums.map(addLanes),
      ...sums.map(([values], column) => values.set(f32x4.add(values.get, biases[column].get))),
      ...sums.map(([values]) => activation.apply(values)),
      storeFourRows(
        target.get,
        sums.map(([values]) => values.get),
        output,
      ),
    )
    return [
      activation.prepare,
      ...biases.map((bias, column) => bias.set(v128.load32Splat(i32.const(layer.bias + column * 4)))),
      lastRow.set(i32.sub(rows.get, i32.const(rowsAtOnce))),
      nextRow.set(i32.const(0)),
      repeatWhile(
        sequence(
          row.set(select(i32.gtU(nextRow.get, lastRow.get), lastRow.get, nextRow.get)),
          fourRows,
          nextRow.set(i32.add(nextRow.get, i32.const(rowsAtOnce))),
        ),
        i32.ltU(nextRow.get, rows.get),
      ),
    ]
  })
}

function byVectors(local: Local<'i32'>) {
  return { local, stepBytes: 16 }
}
