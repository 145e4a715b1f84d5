// A layer whose weights lie in panels in, the function that computes it for four rows and more at once out.

import type { KernelBuild } from '../kernel-stage.ts'
import { repeatWhile, select, sequence } from '../wasm/control.ts'
import type { Expression, Statement } from '../wasm/expression.ts'
import { i32 } from '../wasm/scalar-instructions.ts'
import { v128 } from '../wasm/vector-instructions.ts'
import type { WasmFunction } from '../wasm/wasm-module.ts'
import { innerLoop } from './inner-loop.ts'
import { type LayerOutput, storeColumns } from './layer-output.ts'
import { multiplyAdd } from './multiply-add.ts'
import { type PackedLayer, panelWidth } from './packed-layer.ts'
import { createVectorActivation } from './vector-activation.ts'

/** Rows at once: with eight columns, 8 sums in registers, and 6 loads for 8 multiplications. */
export const rowsAtOnce = 4

/** (address of inputs, address of outputs, number of rows: at least `rowsAtOnce`) */
export type BlockLayer = WasmFunction<readonly ['i32', 'i32', 'i32']>

/**
 * The last four rows are computed together even where that computes some of them twice: no row beyond the last is read
 * or written.
 */
export function emitBlockLayer(
  { module, features }: Pick<KernelBuild, 'module' | 'features'>,
  layer: PackedLayer,
  { inputPitch, output }: { readonly inputPitch: number; readonly output: LayerOutput },
): BlockLayer {
  const { inputWidth, outputWidth } = layer
  const add = multiplyAdd(features)
  const [inputRowBytes, outputRowBytes] = [inputPitch * 4, output.pitch * 4]
  return module.addFunction({ params: ['i32', 'i32', 'i32'] }, ([inputs, outputs, rows], scope) => {
    const activation = createVectorActivation(layer.activation, { scope, add })
    const [weights, source, target] = [scope.local('i32'), scope.local('i32'), scope.local('i32')]
    const [row, nextRow, lastRow] = [scope.local('i32'), scope.local('i32'), scope.local('i32')]
    const sums = Array.from({ length: rowsAtOnce * 2 }, () => scope.local('v128'))
    const columnsNow = [scope.local('v128'), scope.local('v128')]
    const input = scope.local('v128')

    const step = (vectors: number) =>
      sequence(
        ...columnsNow.slice(0, vectors).map((now, v) => now.set(v128.load(weights.get, v * 16))),
        ...Array.from({ length: rowsAtOnce }, (_, r) =>
          sequence(
            input.set(v128.load32Splat(source.get, r * inputRowBytes)),
            ...columnsNow
              .slice(0, vectors)
              .map((now, v) => sums[r * 2 + v].set(add(now.get, input.get, sums[r * 2 + v].get))),
          ),
        ),
      )

    const fourRows = (columns: number, panel: Panel) => {
      const vectors = Math.ceil(columns / 4)
      const used = sums.filter((_, index) => index % 2 < vectors)
      return sequence(
        source.set(i32.add(inputs.get, i32.mul(row.get, i32.const(inputRowBytes)))),
        target.set(i32.add(panel.outputs, i32.mul(row.get, i32.const(outputRowBytes)))),
        weights.set(panel.weights),
        ...used.map((sum, index) => sum.set(v128.load(panel.bias, (index % vectors) * 16))),
        innerLoop(
          {
            count: inputWidth,
            pointers: [
              { local: source, stepBytes: 4 },
              { local: weights, stepBytes: panelWidth * 4 },
            ],
            scope,
          },
          step(vectors),
        ),
        ...used.map(activation.apply),
        ...used.map((sum, index) => {
          const [r, v] = [Math.floor(index / vectors), index % vectors]
          return storeColumns(target.get, sum.get, {
            columns: Math.min(4, columns - v * 4),
            byteOffset: r * outputRowBytes + v * 16,
            rowEnd: output.rowEnd,
          })
        }),
      )
    }

    const allRows = (columns: number, panel: Panel) =>
      sequence(
        nextRow.set(i32.const(0)),
        repeatWhile(
          sequence(
            row.set(select(i32.gtU(nextRow.get, lastRow.get), lastRow.get, nextRow.get)),
            fourRows(columns, panel),
            nextRow.set(i32.add(nextRow.get, i32.const(rowsAtOnce))),
          ),
          i32.ltU(nextRow.get, rows.get),
        ),
      )

    const statements: Statement[] = [activation.prepare, lastRow.set(i32.sub(rows.get, i32.const(rowsAtOnce)))]
    const panelBytes = inputWidth * panelWidth * 4
    const fullPanels = Math.floor(outputWidth / panelWidth)
    if (fullPanels > 0) {
      const [panelWeights, bias, panelOutputs] = [scope.local('i32'), scope.local('i32'), scope.local('i32')]
      statements.push(
        panelWeights.set(i32.const(layer.weights)),
        bias.set(i32.const(layer.bias)),
        panelOutputs.set(outputs.get),
        repeatWhile(
          sequence(
            allRows(panelWidth, { weights: panelWeights.get, bias: bias.get, outputs: panelOutputs.get }),
            panelWeights.set(i32.add(panelWeights.get, i32.const(panelBytes))),
            bias.set(i32.add(bias.get, i32.const(panelWidth * 4))),
            panelOutputs.set(i32.add(panelOutputs.get, i32.const(panelWidth * 4))),
          ),
          i32.ne(panelWeights.get, i32.const(layer.weights + fullPanels * panelBytes)),
        ),
      )
    }
    if (outputWidth % panelWidth > 0)
      statements.push(
        allRows(outputWidth % panelWidth, {
          weights: i32.const(layer.weights + fullPanels * panelBytes),
          bias: i32.const(layer.bias + fullPanels * panelWidth * 4),
          outputs: i32.add(outputs.get, i32.const(fullPanels * panelWidth * 4)),
        }),
      )
    return statements
  })
}

/** Addresses. */
type Panel = {
  readonly weights: Expression<'i32'>
  readonly bias: Expression<'i32'>
  readonly outputs: Expression<'i32'>
}
