// The layers of a dense chain in, the functions that compute a block of rows through all of them out.

import type { DenseChain } from '../../../regions/dense-chain.ts'
import type { ColumnBlock, CoreFunction, CoreStage, KernelBuild } from '../kernel-stage.ts'
import { loopWhile, select, sequence, when } from '../wasm/control.ts'
import type { Expression, Statement } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import { i32 } from '../wasm/scalar-instructions.ts'
import type { WasmFunction } from '../wasm/wasm-module.ts'
import { emitBlockLayer, rowsAtOnce } from './block-layer.ts'
import { emitCodedLayer, suitsCodes } from './coded-layer.ts'
import { emitDotBlock, emitDotRow } from './dot-layer.ts'
import { emitFromRows } from './from-rows.ts'
import { packLayer, type PackedLayer, vectorPitch } from './packed-layer.ts'
import type { LayerOutput } from './layer-output.ts'
import { emitRowLayer } from './row-layer.ts'
import { toWeightCodes, type WeightCodes } from './weight-codes.ts'

/** Rows that go through all layers before the next: their activations stay in the innermost caches. */
const maxSliceRows = 64

/** A layer where it stands in the chain. */
type Place = {
  readonly layer: PackedLayer
  readonly codes?: WeightCodes | undefined
  readonly inputPitch: number
  readonly output: LayerOutput
}

export type DenseOptions = {
  /** Numbers of a canonical row; without it the stage does not read rows itself. */
  readonly rowWidth?: number
  /**
   * How layers of some hundred columns with 8-bit weights are computed for four rows and more. `int16`: inputs as codes of
   * 15 bits and a sign, by `i32x4.dot_i16x8_s`: nothing bounds its error by float32's, so answers must be checked.
   * @default 'float32'
   */
  readonly wideLayers?: 'float32' | 'int16'
}

export function emitDense(
  build: KernelBuild,
  region: DenseChain,
  { rowWidth, wideLayers = 'float32' }: DenseOptions = {},
): CoreStage {
  const { layers } = region
  const { memory, blockRows } = build
  const inputs: ColumnBlock = {
    address: memory.reserve(blockRows * vectorPitch(layers[0].inputWidth) * 4),
    element: 'f32',
    order: 'rows',
    pitch: vectorPitch(layers[0].inputWidth),
  }
  const { outputWidth } = layers[layers.length - 1]
  const places = layers.map(
    (layer, index): Place => ({
      layer: packLayer(layer, memory),
      ...(wideLayers === 'int16' && suitsCodes(layer) && { codes: toWeightCodes(layer) }),
      inputPitch: vectorPitch(layer.inputWidth),
      output:
        index === layers.length - 1
          ? { pitch: outputWidth, rowEnd: 'exact' }
          : { pitch: vectorPitch(layer.outputWidth), rowEnd: 'padded' },
    }),
  )
  const widest = Math.max(4, ...layers.slice(0, -1).map((layer) => vectorPitch(layer.outputWidth)))
  const hidden = [0, 1].map(() => memory.reserve(maxSliceRows * widest * 4))
  const buffers = { inputs, hidden }
  const rowByRow = emitRows(build, places, buffers)
  const blocks = emitBlocks(build, places, { ...buffers, rowByRow })
  const readsRows = rowWidth !== undefined && region.inputs.every((ref, i) => ref.region === 0 && ref.column === i)
  return {
    outputWidth,
    variants: [
      {
        title: 'row by row',
        inputs,
        run: build.module.addFunction({ params: ['i32', 'i32'] }, ([rows, raw]) =>
          rowByRow.call(i32.const(0), rows.get, raw.get),
        ),
        maxRows: rowsAtOnce - 1,
      },
      { title: `${rowsAtOnce} rows at once`, inputs, run: blocks, maxRows: blockRows },
    ],
    ...(readsRows && { fromRows: emitFromRows(build, layers, { inputs, rowWidth, blocks }) }),
  }
}

type Buffers = { readonly inputs: ColumnBlock; readonly hidden: readonly number[] }

/** (first row, end of rows, address of raw) */
type RowsFunction = WasmFunction<readonly ['i32', 'i32', 'i32']>

function emitRows(build: KernelBuild, places: readonly Place[], { inputs, hidden }: Buffers): RowsFunction {
  const functions = places.map(({ layer, output }) =>
    layer.order === 'dots' ? emitDotRow(build, layer, output) : emitRowLayer(build, layer, output),
  )
  return build.module.addFunction({ params: ['i32', 'i32', 'i32'] }, ([row, end, raw], scope) => {
    const ends = { source: scope.local('i32'), target: scope.local('i32') }
    return loopWhile(
      i32.ltU(row.get, end.get),
      sequence(
        ...setEnds(ends, { row: row.get, inputs, raw: raw.get, places }),
        ...throughLayers(places, hidden, ends, (index, from, to) => functions[index].call(from, to)),
        row.set(i32.add(row.get, i32.const(1))),
      ),
    )
  })
}

/**
 * Slices of equal size but for the last, which begins earlier where it would be of three rows; one or two rows that are
 * left over cost less one by one.
 */
function emitBlocks(
  build: KernelBuild,
  places: readonly Place[],
  { inputs, hidden, rowByRow }: Buffers & { readonly rowByRow: RowsFunction },
): CoreFunction {
  const functions = places.map(({ layer, codes, inputPitch, output }) => {
    if (codes !== undefined) return emitCodedLayer(build, layer, { codes, inputPitch, output, mostRows: maxSliceRows })
    return (layer.order === 'dots' ? emitDotBlock : emitBlockLayer)(build, layer, { inputPitch, output })
  })
  return build.module.addFunction({ params: ['i32', 'i32'] }, ([rows, raw], scope) => {
    const [next, start, count, end] = [scope.local('i32'), scope.local('i32'), scope.local('i32'), scope.local('i32')]
    const ends = { source: scope.local('i32'), target: scope.local('i32') }
    const rest = scope.local('i32')
    const last = i32.sub(end.get, i32.const(rowsAtOnce))
    const slice = sequence(
      start.set(smaller(next.get, last)),
      count.set(smaller(i32.sub(end.get, start.get), i32.const(maxSliceRows))),
      ...setEnds(ends, { row: start.get, inputs, raw: raw.get, places }),
      ...throughLayers(places, hidden, ends, (index, from, to) => functions[index].call(from, to, count.get)),
      next.set(i32.add(start.get, count.get)),
    )
    return [
      rest.set(i32.and(rows.get, i32.const(rowsAtOnce - 1))),
      end.set(select(i32.ltU(rest.get, i32.const(3)), i32.sub(rows.get, rest.get), rows.get)),
      when(i32.ltU(rows.get, i32.const(rowsAtOnce)), end.set(i32.const(0))),
      next.set(i32.const(0)),
      loopWhile(i32.ltU(next.get, end.get), slice),
      rowByRow.call(end.get, rows.get, raw.get),
    ]
  })
}

function smaller(a: Expression<'i32'>, b: Expression<'i32'>): Expression<'i32'> {
  return select(i32.ltU(a, b), a, b)
}

/** Where the first layer reads and the last one writes. */
type Ends = { readonly source: Local<'i32'>; readonly target: Local<'i32'> }

type FirstRow = {
  readonly row: Expression<'i32'>
  readonly inputs: ColumnBlock
  readonly raw: Expression<'i32'>
  readonly places: readonly Place[]
}

function setEnds({ source, target }: Ends, { row, inputs, raw, places }: FirstRow): Statement[] {
  const rawRowBytes = places[places.length - 1].output.pitch * 4
  return [
    source.set(i32.add(i32.const(inputs.address), i32.mul(row, i32.const(inputs.pitch * 4)))),
    target.set(i32.add(raw, i32.mul(row, i32.const(rawRowBytes)))),
  ]
}

/** Each layer reads what the one before wrote; two buffers take turns. */
function throughLayers(
  places: readonly Place[],
  hidden: readonly number[],
  { source, target }: Ends,
  call: (index: number, from: Expression<'i32'>, to: Expression<'i32'>) => Statement,
): Statement[] {
  return places.map((_, index) =>
    call(
      index,
      index === 0 ? source.get : i32.const(hidden[(index + 1) % 2]),
      index === places.length - 1 ? target.get : i32.const(hidden[index % 2]),
    ),
  )
}
