// The head of most binary classifiers in, its function out: one margin a row, two rows at once.

import type { ClassifierTarget, Head } from '../../../artifact/head.ts'
import type { KernelBuild } from '../kernel-stage.ts'
import { countUp, select, sequence, when } from '../wasm/control.ts'
import type { Expression } from '../wasm/expression.ts'
import { f32, f64, i32 } from '../wasm/scalar-instructions.ts'
import { f64x2, i8x16, v128 } from '../wasm/vector-instructions.ts'
import { splat, type VectorFunction } from './exponential.ts'
import type { HeadStage, OutputArray } from './head-stage.ts'
import { onesOf } from './lane-ones.ts'

type MarginOptions = {
  readonly target: ClassifierTarget
  readonly rawWidth: number
  readonly sigmoid: VectorFunction
  readonly label: OutputArray
  readonly probabilities: OutputArray
  readonly scores?: OutputArray
}

/** The one target of a head that answers from raw column 0 by a sigmoid. */
export function marginTarget(head: Head): ClassifierTarget | undefined {
  if (head.kind !== 'classifier' || head.targets.length !== 1) return undefined
  const [target] = head.targets
  return target.link === 'sigmoid' && target.start === 0 ? target : undefined
}

/** A HeadStage's `run`; equal to rows/decode-target.ts, as the code for one row is. */
export function addMarginRows(build: KernelBuild, options: MarginOptions): HeadStage['run'] {
  const { target, rawWidth, sigmoid, label, probabilities, scores } = options
  const { scale = 1, tie = 'first' } = target
  return build.module.addFunction({ params: ['i32', 'i32'], result: 'i32' }, ([raw, rowCount], { local }) => {
    const [row, firstBad, next, labelAt, pairAt, scoreAt] = Array.from({ length: 6 }, () => local('i32'))
    const [x, margin, p, rest] = Array.from({ length: 4 }, () => local('v128'))
    const isLast = i32.geU(i32.add(row.get, i32.const(1)), rowCount.get)
    const isSecond = (tie === 'second' ? f64x2.ge : f64x2.gt)(margin.get, splat(0))
    const isFirstBad = f64.ne(f64x2.extractLane(x.get, 0), f64x2.extractLane(x.get, 0))
    return [
      firstBad.set(i32.const(-1)),
      labelAt.set(i32.const(label.address)),
      pairAt.set(i32.const(probabilities.address)),
      scoreAt.set(i32.const(scores?.address ?? 0)),
      countUp(
        row,
        { end: rowCount.get, step: 2 },
        sequence(
          // The last row of an odd number goes twice.
          next.set(select(isLast, raw.get, i32.add(raw.get, i32.const(4 * rawWidth)))),
          x.set(f64x2.replaceLane(f64x2.splat(columnAt(raw.get)), 1, columnAt(next.get))),
          margin.set(f64x2.mul(splat(scale), x.get)),
          p.set(sigmoid.evaluate('v128', margin.get)),
          rest.set(f64x2.sub(splat(1), p.get)),
          v128.store(pairAt.get, i8x16.shuffle(rest.get, p.get, lowHalves)),
          v128.store(pairAt.get, i8x16.shuffle(rest.get, p.get, highHalves), 16),
          v128.store64Lane(labelAt.get, onesOf(isSecond), 0),
          ...(scores === undefined ? [] : [v128.store(scoreAt.get, x.get)]),
          when(
            i32.and(v128.anyTrue(f64x2.ne(x.get, x.get)), i32.ltS(firstBad.get, i32.const(0))),
            firstBad.set(i32.add(row.get, i32.eqz(isFirstBad))),
          ),
          raw.set(i32.add(raw.get, i32.const(8 * rawWidth))),
          labelAt.set(i32.add(labelAt.get, i32.const(8))),
          pairAt.set(i32.add(pairAt.get, i32.const(32))),
          scoreAt.set(i32.add(scoreAt.get, i32.const(16))),
        ),
      ),
      firstBad.get,
    ]
  })
}

const lowHalves = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]
const highHalves = lowHalves.map((byte) => byte + 8)

function columnAt(address: Expression<'i32'>): Expression<'f64'> {
  return f64.promoteF32(f32.load(address))
}
