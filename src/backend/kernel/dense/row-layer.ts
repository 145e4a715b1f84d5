// A layer whose weights lie in panels in, the function that computes it for one row out.

import type { KernelBuild } from '../kernel-stage.ts'
import { repeatWhile, sequence } from '../wasm/control.ts'
import type { Statement } from '../wasm/expression.ts'
import { i32 } from '../wasm/scalar-instructions.ts'
import { v128 } from '../wasm/vector-instructions.ts'
import type { WasmFunction } from '../wasm/wasm-module.ts'
import { innerLoop } from './inner-loop.ts'
import { type LayerOutput, storeColumns } from './layer-output.ts'
import { multiplyAdd } from './multiply-add.ts'
import { type PackedLayer, panelWidth } from './packed-layer.ts'
import { createVectorActivation } from './vector-activation.ts'

/** Panels at once: 6 sums, 6 weights and an input fit into 16 registers, and hide how long an addition takes. */
const panelsAtOnce = 3

/** (address of inputs, address of outputs) */
export type RowLayer = WasmFunction<readonly ['i32', 'i32']>

export function emitRowLayer(
  { module, features }: Pick<KernelBuild, 'module' | 'features'>,
  layer: PackedLayer,
  { rowEnd }: Pick<LayerOutput, 'rowEnd'>,
): RowLayer {
  const { inputWidth, outputWidth } = layer
  const add = multiplyAdd(features)
  const panelBytes = inputWidth * panelWidth * 4
  return module.addFunction({ params: ['i32', 'i32'] }, ([inputs, outputs], scope) => {
    const activation = createVectorActivation(layer.activation, { scope, add })
    const [weights, source, target, bias] = [
      scope.local('i32'),
      scope.local('i32'),
      scope.local('i32'),
      scope.local('i32'),
    ]
    const panelWeights = scope.local('i32')
    const sums = Array.from({ length: panelsAtOnce * 2 }, () => scope.local('v128'))
    const input = scope.local('v128')

    const group = (columns: number) => {
      const used = sums.slice(0, Math.ceil(columns / 4))
      return sequence(
        source.set(inputs.get),
        weights.set(panelWeights.get),
        ...used.map((sum, v) => sum.set(v128.load(bias.get, v * 16))),
        innerLoop(
          {
            count: inputWidth,
            pointers: [
              { local: source, stepBytes: 4 },
              { local: weights, stepBytes: panelWidth * 4 },
            ],
            scope,
          },
          sequence(
            input.set(v128.load32Splat(source.get)),
            ...used.map((sum, v) => {
              const byteOffset = Math.floor(v / 2) * panelBytes + (v % 2) * 16
              return sum.set(add(v128.load(weights.get, byteOffset), input.get, sum.get))
            }),
          ),
        ),
        ...used.map(activation.apply),
        ...used.map((sum, v) =>
          storeColumns(target.get, sum.get, { columns: Math.min(4, columns - v * 4), byteOffset: v * 16, rowEnd }),
        ),
      )
    }

    const groupWidth = panelsAtOnce * panelWidth
    const fullGroups = Math.floor(outputWidth / groupWidth)
    const statements: Statement[] = [
      activation.prepare,
      panelWeights.set(i32.const(layer.weights)),
      bias.set(i32.const(layer.bias)),
      target.set(outputs.get),
    ]
    if (fullGroups > 0)
      statements.push(
        repeatWhile(
          sequence(
            group(groupWidth),
            panelWeights.set(i32.add(panelWeights.get, i32.const(panelsAtOnce * panelBytes))),
            bias.set(i32.add(bias.get, i32.const(groupWidth * 4))),
            target.set(i32.add(target.get, i32.const(groupWidth * 4))),
          ),
          i32.ne(panelWeights.get, i32.const(layer.weights + fullGroups * panelsAtOnce * panelBytes)),
        ),
      )
    if (outputWidth % groupWidth > 0) statements.push(group(outputWidth % groupWidth))
    return statements
  })
}
