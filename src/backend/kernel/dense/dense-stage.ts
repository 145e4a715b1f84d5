// The layers of a dense chain in, the functions that compute a block of rows through all of them out.

import type { DenseChain } from '../../../regions/dense-chain.ts'
import type { ColumnBlock, CoreFunction, CoreStage, KernelBuild } from '../kernel-stage.ts'
import { countUp, repeatWhile, select, sequence, when } from '../wasm/control.ts'
import type { Expression, Statement } from '../wasm/expression.ts'
import { i32 } from '../wasm/scalar-instructions.ts'
import { emitBlockLayer, rowsAtOnce } from './block-layer.ts'
import { emitDotBlock, emitDotRow } from './dot-layer.ts'
import { packLayer, type PackedLayer, vectorPitch } from './packed-layer.ts'
import type { LayerOutput } from './layer-output.ts'
import { emitRowLayer } from './row-layer.ts'

/** Rows that go through all layers before the next: their activations stay in the innermost caches. */
const maxSliceRows = 64

/** A layer where it stands in the chain. */
type Place = {
  readonly layer: PackedLayer
  readonly inputPitch: number
  readonly output: LayerOutput
}

export function emitDense(build: KernelBuild, { layers }: DenseChain): CoreStage {
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
      inputPitch: vectorPitch(layer.inputWidth),
      output:
        index === layers.length - 1
          ? { pitch: outputWidth, rowEnd: 'exact' }
          : { pitch: vectorPitch(layer.outputWidth), rowEnd: 'padded' },
    }),
  )
  const widest = Math.max(4, ...layers.slice(0, -1).map((layer) => vectorPitch(layer.outputWidth)))
  const hidden = [0, 1].map(() => memory.reserve(maxSliceRows * widest * 4))
  const rowByRow = emitRows(build, places, { inputs, hidden })
  return {
    outputWidth,
    variants: [
      { title: 'row by row', inputs, run: rowByRow, maxRows: rowsAtOnce - 1 },
      {
        title: `${rowsAtOnce} rows at once`,
        inputs,
        run: emitBlocks(build, places, { inputs, hidden, rowByRow }),
        maxRows: blockRows,
      },
    ],
  }
}

type Buffers = { readonly inputs: ColumnBlock; readonly hidden: readonly number[] }

function emitRows(build: KernelBuild, places: readonly Place[], { inputs, hidden }: Buffers): CoreFunction {
  const functions = places.map(({ layer, output }) =>
    layer.order === 'dots' ? emitDotRow(build, layer, output) : emitRowLayer(build, layer, output),
  )
  return build.module.addFunction({ params: ['i32', 'i32'] }, ([rows, raw], scope) => {
    const [row, source, target] = [scope.local('i32'), scope.local('i32'), scope.local('i32')]
    return [
      source.set(i32.const(inputs.address)),
      target.set(raw.get),
      countUp(
        row,
        { end: rows.get },
        sequence(
          ...throughLayers(places, hidden, { source: source.get, target: target.get }, (index, from, to) =>
            functions[index].call(from, to),
          ),
          source.set(i32.add(source.get, i32.const(inputs.pitch * 4))),
          target.set(i32.add(target.get, i32.const(lastPitch(places) * 4))),
        ),
      ),
    ]
  })
}

/** Slices of equal size but for the last, which begins earlier where it were smaller than the block form needs. */
function emitBlocks(
  build: KernelBuild,
  places: readonly Place[],
  { inputs, hidden, rowByRow }: Buffers & { readonly rowByRow: CoreFunction },
): CoreFunction {
  const functions = places.map(({ layer, inputPitch, output }) =>
    layer.order === 'dots'
      ? emitDotBlock(build, layer, { inputPitch, output })
      : emitBlockLayer(build, layer, { inputPitch, output }),
  )
  return build.module.addFunction({ params: ['i32', 'i32'] }, ([rows, raw], scope) => {
    const [next, start, count, last] = [scope.local('i32'), scope.local('i32'), scope.local('i32'), scope.local('i32')]
    const [source, target] = [scope.local('i32'), scope.local('i32')]
    const slices = sequence(
      last.set(i32.sub(rows.get, i32.const(rowsAtOnce))),
      next.set(i32.const(0)),
      repeatWhile(
        sequence(
          start.set(select(i32.gtU(next.get, last.get), last.get, next.get)),
          count.set(i32.sub(rows.get, start.get)),
          count.set(select(i32.gtU(count.get, i32.const(maxSliceRows)), i32.const(maxSliceRows), count.get)),
          source.set(i32.add(i32.const(inputs.address), i32.mul(start.get, i32.const(inputs.pitch * 4)))),
          target.set(i32.add(raw.get, i32.mul(start.get, i32.const(lastPitch(places) * 4)))),
          ...throughLayers(places, hidden, { source: source.get, target: target.get }, (index, from, to) =>
            functions[index].call(from, to, count.get),
          ),
          next.set(i32.add(start.get, count.get)),
        ),
        i32.ltU(next.get, rows.get),
      ),
    )
    return when(i32.ltU(rows.get, i32.const(rowsAtOnce)), rowByRow.call(rows.get, raw.get), slices)
  })
}

/** Each layer reads what the one before wrote; two buffers take turns. */
function throughLayers(
  places: readonly Place[],
  hidden: readonly number[],
  { source, target }: { readonly source: Expression<'i32'>; readonly target: Expression<'i32'> },
  call: (index: number, from: Expression<'i32'>, to: Expression<'i32'>) => Statement,
): Statement[] {
  return places.map((_, index) =>
    call(
      index,
      index === 0 ? source : i32.const(hidden[(index + 1) % 2]),
      index === places.length - 1 ? target : i32.const(hidden[index % 2]),
    ),
  )
}

function lastPitch(places: readonly Place[]): number {
  return places[places.length - 1].output.pitch
}
