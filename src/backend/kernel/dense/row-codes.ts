// Rows of float32 in, the function that writes them as 16-bit codes with a scale of each row out.

import type { KernelBuild } from '../kernel-stage.ts'
import { countUp, repeatWhile, select, sequence } from '../wasm/control.ts'
import type { Expression } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import { f32, i32 } from '../wasm/scalar-instructions.ts'
import { f32x4, i16x8, i32x4, v128 } from '../wasm/vector-instructions.ts'
import type { WasmFunction } from '../wasm/wasm-module.ts'
import { zeros } from './lanes.ts'

/** What a function of row codes has written. */
export type RowCodes = {
  /** (address of rows, number of rows) */
  readonly run: WasmFunction<readonly ['i32', 'i32']>
  /** Addresses: int16 [rows, width]; float32 [rows]: what a code is worth; float32 [rows]: the sum of what all are worth. */
  readonly codes: number
  readonly scale: number
  readonly sum: number
}

/** Smaller rows have no float32 that makes codes of them; they count as 0. */
const leastSize = 1e-30

/** `width` is a multiple of 8. A row with NaN or infinity gets a scale or sum that is no number. */
export function emitRowCodes(
  { module, memory }: Pick<KernelBuild, 'module' | 'memory'>,
  {
    width,
    pitch,
    rows: mostRows,
    largest,
  }: {
    readonly width: number
    readonly pitch: number
    readonly rows: number
    /** Code of a row's largest number. */
    readonly largest: number
  },
): RowCodes {
  const codes = memory.reserve(mostRows * width * 2)
  const [scale, sum] = [memory.reserve(mostRows * 4), memory.reserve(mostRows * 4)]
  const run = module.addFunction({ params: ['i32', 'i32'] }, ([source, rowCount], scope) => {
    const [row, at, end, target] = [scope.local('i32'), scope.local('i32'), scope.local('i32'), scope.local('i32')]
    const [size, value, total, factor] = [
      scope.local('v128'),
      scope.local('v128'),
      scope.local('v128'),
      scope.local('v128'),
    ]
    const [most, worth] = [scope.local('f32'), scope.local('f32')]
    const lane = (vector: Local<'v128'>, index: number) => f32x4.extractLane(vector.get, index)
    const sumLane = (index: number) => i32x4.extractLane(total.get, index)
    const integers = (byteOffset: number): Expression<'v128'> =>
      i32x4.truncSatF32x4S(f32x4.nearest(f32x4.mul(v128.load(at.get, byteOffset), factor.get)))
    const rowOffset = i32.shl(row.get, i32.const(2))
    return [
      target.set(i32.const(codes)),
      countUp(
        row,
        { end: rowCount.get },
        sequence(
          size.set(zeros),
          at.set(source.get),
          end.set(i32.add(source.get, i32.const(width * 4))),
          repeatWhile(
            // max keeps NaN
            sequence(
              size.set(f32x4.max(size.get, f32x4.abs(v128.load(at.get)))),
              at.set(i32.add(at.get, i32.const(16))),
            ),
            i32.ne(at.get, end.get),
          ),
          most.set(f32.max(f32.max(lane(size, 0), lane(size, 1)), f32.max(lane(size, 2), lane(size, 3)))),
          worth.set(f32.div(most.get, f32.const(largest))),
          factor.set(
            f32x4.splat(
              select(f32.lt(most.get, f32.const(leastSize)), f32.const(0), f32.div(f32.const(largest), most.get)),
            ),
          ),
          total.set(zeros),
          at.set(source.get),
          repeatWhile(
            sequence(
              value.set(i16x8.narrowI32x4S(integers(0), integers(16))),
              v128.store(target.get, value.get),
              total.set(i32x4.add(total.get, i32x4.dotI16x8S(value.get, i16x8.splat(i32.const(1))))),
              at.set(i32.add(at.get, i32.const(32))),
              target.set(i32.add(target.get, i32.const(16))),
            ),
            i32.ne(at.get, end.get),
          ),
          f32.store(rowOffset, worth.get, scale),
          f32.store(
            rowOffset,
            f32.mul(
              worth.get,
              f32.convertI32S(i32.add(i32.add(sumLane(0), sumLane(1)), i32.add(sumLane(2), sumLane(3)))),
            ),
            sum,
          ),
          source.set(i32.add(source.get, i32.const(pitch * 4))),
        ),
      ),
    ]
  })
  return { run, codes, scale, sum }
}
