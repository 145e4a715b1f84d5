// A layer of one column in, the function that computes it in float64 from canonical rows out.

import type { DenseLayer } from '../../../regions/dense-chain.ts'
import type { KernelBuild, WholeFunction } from '../kernel-stage.ts'
import { loopWhile, select, sequence, when } from '../wasm/control.ts'
import type { Expression, Statement } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import { f32, f64, i32 } from '../wasm/scalar-instructions.ts'
import { f32x4, f64x2, v128 } from '../wasm/vector-instructions.ts'
import { innerLoop } from './inner-loop.ts'
import { lanes, zeros } from './lanes.ts'

const largestFloat32 = (2 - 2 ** -23) * 2 ** 127

/**
 * Nothing is cast but the result. A row has left the range of float32 where its sum of squares is that of no row within, and
 * NaN and infinity have none.
 */
export function emitLinearRows(
  { module, memory }: KernelBuild,
  { inputWidth, weights, bias }: DenseLayer,
  rowWidth: number,
): WholeFunction {
  const pairs = Math.floor(inputWidth / 2)
  const table = memory.table(weights)
  const rowBytes = rowWidth * 8
  return module.addFunction({ params: ['i32', 'i32', 'i32'], result: 'i32' }, ([rows, rowCount, raw], scope) => {
    const [row, next, last] = [scope.local('i32'), scope.local('i32'), scope.local('i32')]
    const [source, factor, weight, x] = [
      scope.local('i32'),
      scope.local('i32'),
      scope.local('v128'),
      scope.local('v128'),
    ]
    const sums = Array.from({ length: 4 }, () => scope.local('v128'))
    const squares = [scope.local('v128'), scope.local('v128')]

    const step = (rowsNow: number, load: typeof v128.load) =>
      sequence(
        weight.set(load(factor.get)),
        ...sums.slice(0, rowsNow).map((sum, r) => {
          const square = squares[r % 2]
          return sequence(
            x.set(load(source.get, r * rowBytes)),
            sum.set(f64x2.add(sum.get, f64x2.mul(weight.get, x.get))),
            square.set(f64x2.add(square.get, f64x2.mul(x.get, x.get))),
          )
        }),
      )

    const products = (rowsNow: number) =>
      sequence(
        source.set(i32.add(rows.get, i32.mul(row.get, i32.const(rowBytes)))),
        factor.set(i32.const(table)),
        ...sums.slice(0, rowsNow).map((sum) => sum.set(zeros)),
        ...(pairs > 0
          ? [innerLoop({ count: pairs, pointers: [source, factor].map(byPairs), scope }, step(rowsNow, v128.load))]
          : []),
        ...(inputWidth % 2 > 0 ? [step(rowsNow, v128.load64Zero)] : []),
      )

    /** Row i's number in lane i. */
    const numbersOf = (a: Expression<'v128'>, b: Expression<'v128'>) =>
      f32x4.demoteF64x2Zero(
        f64x2.add(f64x2.splat(f64.const(bias[0])), f64x2.add(lanes(a, b, [0, 1, 4, 5]), lanes(a, b, [2, 3, 6, 7]))),
      )
    const target = i32.add(raw.get, i32.shl(row.get, i32.const(2)))
    const fourRows = sequence(
      row.set(select(i32.gtU(next.get, last.get), last.get, next.get)),
      products(4),
      v128.store(target, lanes(numbersOf(sums[0].get, sums[1].get), numbersOf(sums[2].get, sums[3].get), [0, 1, 4, 5])),
      next.set(i32.add(next.get, i32.const(4))),
    )
    const oneRow = sequence(
      products(1),
      f32.store(target, f32x4.extractLane(numbersOf(sums[0].get, zeros), 0)),
      row.set(i32.add(row.get, i32.const(1))),
    )
    const forRows = (counter: Local<'i32'>, body: Statement) => loopWhile(i32.ltU(counter.get, rowCount.get), body)
    const total = f64x2.add(squares[0].get, squares[1].get)
    return [
      last.set(i32.sub(rowCount.get, i32.const(4))),
      when(i32.ltU(rowCount.get, i32.const(4)), forRows(row, oneRow), forRows(next, fourRows)),
      v128.anyTrue(v128.not(f64x2.lt(total, f64x2.splat(f64.const(largestFloat32 ** 2))))),
    ]
  })
}

function byPairs(local: Local<'i32'>) {
  return { local, stepBytes: 16 }
}
