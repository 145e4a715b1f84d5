// A wide layer whose weights are 8-bit codes in, the function that computes it by 16-bit dot products out.

import type { KernelBuild } from '../kernel-stage.ts'
import { repeatWhile, select, sequence } from '../wasm/control.ts'
import { i32 } from '../wasm/scalar-instructions.ts'
import { f32x4, i32x4, v128 } from '../wasm/vector-instructions.ts'
import { type BlockLayer, rowsAtOnce } from './block-layer.ts'
import { innerLoop } from './inner-loop.ts'
import { type LayerOutput, storeColumns } from './layer-output.ts'
import { zeros } from './lanes.ts'
import { multiplyAdd } from './multiply-add.ts'
import { type PackedLayer, panelWidth } from './packed-layer.ts'
import { emitRowCodes } from './row-codes.ts'
import { createVectorActivation } from './vector-activation.ts'
import type { WeightCodes } from './weight-codes.ts'

/** Narrower layers take longer this way. */
const leastWidth = 256

/** Beyond, sums of 32 bits would leave a row less than 13 bits. */
const mostWidth = 2048

export function suitsCodes({ inputWidth, outputWidth }: Pick<PackedLayer, 'inputWidth' | 'outputWidth'>): boolean {
  return inputWidth >= leastWidth && inputWidth <= mostWidth && inputWidth % 8 === 0 && outputWidth % panelWidth === 0
}

/** For at most `mostRows` rows. Off by half a code of the row's largest input times a column's weights. */
export function emitCodedLayer(
  build: Pick<KernelBuild, 'module' | 'memory' | 'features'>,
  layer: PackedLayer,
  {
    codes,
    inputPitch,
    output,
    mostRows,
  }: {
    readonly codes: WeightCodes
    readonly inputPitch: number
    readonly output: LayerOutput
    readonly mostRows: number
  },
): BlockLayer {
  const { module, memory, features } = build
  const { inputWidth, outputWidth } = layer
  const add = multiplyAdd(features)
  const rowCodes = emitRowCodes(build, {
    width: inputWidth,
    pitch: inputPitch,
    rows: mostRows,
    largest: Math.min(32_767, Math.floor((2 ** 31 - 1) / (128 * inputWidth))),
  })
  const weights = memory.table(pairedPanels(layer, codes.codes))
  const [scales, offsets] = [
    memory.table(Float32Array.from(codes.scale)),
    memory.table(Float32Array.from(codes.offset)),
  ]
  const panelBytes = inputWidth * panelWidth
  return module.addFunction({ params: ['i32', 'i32', 'i32'] }, ([inputs, outputs, rows], scope) => {
    const activation = createVectorActivation(layer.activation, { scope, add })
    const [panel, source, weight, target] = [
      scope.local('i32'),
      scope.local('i32'),
      scope.local('i32'),
      scope.local('i32'),
    ]
    const [row, nextRow, lastRow, columnBytes] = [
      scope.local('i32'),
      scope.local('i32'),
      scope.local('i32'),
      scope.local('i32'),
    ]
    const sums = Array.from({ length: rowsAtOnce * 2 }, () => scope.local('v128'))
    const now = [scope.local('v128'), scope.local('v128')]
    const input = scope.local('v128')
    const rowBytes = i32.shl(row.get, i32.const(2))
    const fourRows = sequence(
      row.set(select(i32.gtU(nextRow.get, lastRow.get), lastRow.get, nextRow.get)),
      source.set(i32.add(i32.const(rowCodes.codes), i32.mul(row.get, i32.const(inputWidth * 2)))),
      target.set(i32.add(i32.add(outputs.get, columnBytes.get), i32.mul(row.get, i32.const(output.pitch * 4)))),
      weight.set(panel.get),
      ...sums.map((sum) => sum.set(zeros)),
      innerLoop(
        {
          count: inputWidth / 2,
          pointers: [
            { local: source, stepBytes: 4 },
            { local: weight, stepBytes: panelWidth * 2 },
          ],
          scope,
        },
        sequence(
          ...now.map((vector, v) => vector.set(v128.load8x8S(weight.get, v * 8))),
          ...Array.from({ length: rowsAtOnce }, (_, r) =>
            sequence(
              input.set(v128.load32Splat(source.get, r * inputWidth * 2)),
              ...now.map((vector, v) => {
                const sum = sums[r * 2 + v]
                return sum.set(i32x4.add(sum.get, i32x4.dotI16x8S(vector.get, input.get)))
              }),
            ),
          ),
        ),
      ),
      ...sums.map((sum, index) => {
        const [r, byteOffset] = [Math.floor(index / 2), (index % 2) * 16]
        const worth = v128.load32Splat(rowBytes, rowCodes.scale + r * 4)
        const total = v128.load32Splat(rowBytes, rowCodes.sum + r * 4)
        const base = add(
          v128.load(columnBytes.get, offsets + byteOffset),
          total,
          v128.load(columnBytes.get, layer.bias + byteOffset),
        )
        const step = f32x4.mul(worth, v128.load(columnBytes.get, scales + byteOffset))
        return sum.set(add(f32x4.convertI32x4S(sum.get), step, base))
      }),
      ...sums.map(activation.apply),
      ...sums.map((sum, index) =>
        storeColumns(target.get, sum.get, {
          columns: 4,
          byteOffset: Math.floor(index / 2) * output.pitch * 4 + (index % 2) * 16,
          rowEnd: output.rowEnd,
        }),
      ),
      nextRow.set(i32.add(nextRow.get, i32.const(rowsAtOnce))),
    )
    return [
      activation.prepare,
      rowCodes.run.call(inputs.get, rows.get),
      lastRow.set(i32.sub(rows.get, i32.const(rowsAtOnce))),
      panel.set(i32.const(weights)),
      repeatWhile(
        sequence(
          nextRow.set(i32.const(0)),
          repeatWhile(fourRows, i32.ltU(nextRow.get, rows.get)),
          panel.set(i32.add(panel.get, i32.const(panelBytes))),
          columnBytes.set(i32.add(columnBytes.get, i32.const(panelWidth * 4))),
        ),
        i32.ne(columnBytes.get, i32.const(outputWidth * 4)),
      ),
    ]
  })
}

/** Panels of eight columns; in each, pairs of inputs, and of each pair two numbers of each column. */
function pairedPanels({ inputWidth, outputWidth }: PackedLayer, codes: Int8Array): Int8Array {
  const panels = new Int8Array(codes.length)
  for (let i = 0, at = 0; i < inputWidth; i++)
    for (let j = 0; j < outputWidth; j++) {
      const pair = (Math.floor(j / panelWidth) * inputWidth) / 2 + Math.floor(i / 2)
      panels[(pair * panelWidth + (j % panelWidth)) * 2 + (i % 2)] = codes[at++]
    }
  return panels
}
