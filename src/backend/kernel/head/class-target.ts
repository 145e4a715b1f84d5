// One classification target in, the code that writes its label and probabilities for one row out, as rows/decode-target.ts does.

import type { ClassifierTarget } from '../../../artifact/head.ts'
import { countUp, select, sequence, when } from '../wasm/control.ts'
import type { Expression, Statement } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import { f32, f64, i32 } from '../wasm/scalar-instructions.ts'
import { f64x2, v128 } from '../wasm/vector-instructions.ts'
import { type ColumnPair, eachPair } from './column-pairs.ts'
import { splat, where } from './exponential.ts'
import type { HeadRow } from './head-stage.ts'

export type TargetRow = HeadRow & {
  readonly label: Local<'i32'>
  /** Float64. */
  readonly probabilities: Local<'i32'>
}

/** Below it every sigmoid underflows; see rows/decode-target.ts. */
const leastSum = Number.MIN_VALUE / Number.EPSILON

/** `row.raw` is the target's own first column. */
export function writeTarget(target: ClassifierTarget, row: TargetRow): Statement {
  const { classes, width, link, scale = 1, tie = 'first' } = target
  if (link === 'sigmoid') return writeMargin(row, scale, tie)
  if (link === 'identity' && width < classes.length) return writeShare(row, tie)
  const top = row.scope.local('f64')
  const best = writeBest(row, { classCount: width, tie, top })
  switch (link) {
    case 'identity':
      return sequence(
        best,
        eachClassPair(row, width, (pair) => pair.store(clampUnit(pair.raw))),
      )
    case 'softmax':
      return sequence(best, writeSoftmax(row, width, top))
    case 'ovr-sigmoid':
      return sequence(best, writeSigmoids(row, width, top))
    case 'each-sigmoid':
      return sequence(
        best,
        eachClassPair(row, width, (pair) =>
          pair.store(row.sigmoid.evaluate('v128', f64x2.mul(splat(scale), pair.raw))),
        ),
      )
  }
}

type Tie = 'first' | 'second'

/** One column: the margin of the second class. */
function writeMargin({ scope, sigmoid, raw, label, probabilities }: TargetRow, scale: number, tie: Tie): Statement {
  const [margin, p] = [scope.local('f64'), scope.local('v128')]
  return sequence(
    margin.set(f64.mul(f64.const(scale), f64.promoteF32(f32.load(raw.get)))),
    i32.store(label.get, reaches(tie, margin.get, f64.const(0))),
    p.set(sigmoid.evaluate('v128', f64x2.splat(margin.get))),
    v128.store(probabilities.get, withRest(p)),
  )
}

/** One column: the probability of the second class. */
function writeShare({ scope, raw, label, probabilities }: TargetRow, tie: Tie): Statement {
  const p = scope.local('v128')
  return sequence(
    p.set(f64x2.promoteLowF32x4(v128.load32Splat(raw.get))),
    i32.store(label.get, reaches(tie, f64x2.extractLane(p.get, 0), f64.const(0.5))),
    v128.store(probabilities.get, clampUnit(withRest(p))),
  )
}

/** 1 − p and p. */
function withRest(p: Local<'v128'>): Expression<'v128'> {
  return f64x2.replaceLane(f64x2.sub(splat(1), p.get), 1, f64x2.extractLane(p.get, 1))
}

function reaches(tie: Tie, value: Expression<'f64'>, limit: Expression<'f64'>): Expression<'i32'> {
  return tie === 'second' ? f64.ge(value, limit) : f64.gt(value, limit)
}

/** The label: raw values decide, whatever probabilities they round to. */
function writeBest(
  { scope, raw, label }: TargetRow,
  { classCount, tie, top }: { classCount: number; tie: Tie; top: Local<'f64'> },
): Statement {
  const [best, k, value, isBetter] = [scope.local('i32'), scope.local('i32'), scope.local('f64'), scope.local('i32')]
  return sequence(
    best.set(i32.const(0)),
    top.set(f64.promoteF32(f32.load(raw.get))),
    countUp(
      k,
      { from: i32.const(1), end: i32.const(classCount) },
      sequence(
        value.set(f64.promoteF32(f32.load(i32.add(raw.get, i32.shl(k.get, i32.const(2)))))),
        isBetter.set(reaches(tie, value.get, top.get)),
        best.set(select(isBetter.get, k.get, best.get)),
        top.set(select(isBetter.get, value.get, top.get)),
      ),
    ),
    i32.store(label.get, best.get),
  )
}

function writeSoftmax(row: TargetRow, classCount: number, top: Local<'f64'>): Statement {
  const [value, sum] = [row.scope.local('v128'), row.scope.local('f64')]
  return sequence(
    sum.set(f64.const(0)),
    eachClassPair(row, classCount, (pair) => {
      const power = row.exponential.evaluate('v128', f64x2.sub(value.get, f64x2.splat(top.get)))
      // Where the largest is infinite, those that are share the probability.
      const isTop = f64x2.eq(value.get, f64x2.splat(top.get))
      return sequence(
        value.set(pair.raw),
        value.set(where(isTop, splat(1), power)),
        pair.store(value.get),
        addLanes(sum, value, pair),
      )
    }),
    divideBy(row, classCount, sum),
  )
}

function writeSigmoids(row: TargetRow, classCount: number, top: Local<'f64'>): Statement {
  const [p, sum] = [row.scope.local('v128'), row.scope.local('f64')]
  return sequence(
    sum.set(f64.const(0)),
    eachClassPair(row, classCount, (pair) =>
      sequence(p.set(row.sigmoid.evaluate('v128', pair.raw)), pair.store(p.get), addLanes(sum, p, pair)),
    ),
    when(f64.lt(sum.get, f64.const(leastSum)), writeSoftmax(row, classCount, top), divideBy(row, classCount, sum)),
  )
}

/** In the order of the classes, as a sum in JavaScript is. */
function addLanes(sum: Local<'f64'>, value: Local<'v128'>, { lanes }: ColumnPair): Statement {
  const first = f64.add(sum.get, f64x2.extractLane(value.get, 0))
  return sum.set(lanes === 1 ? first : f64.add(first, f64x2.extractLane(value.get, 1)))
}

function divideBy(row: TargetRow, classCount: number, sum: Local<'f64'>): Statement {
  return eachClassPair(row, classCount, (pair) => pair.store(f64x2.div(pair.output, f64x2.splat(sum.get))))
}

function eachClassPair(row: TargetRow, count: number, body: (pair: ColumnPair) => Statement): Statement {
  return eachPair({ scope: row.scope, count, raw: row.raw, output: row.probabilities }, body)
}

/** p < 0 ? 0 : p > 1 ? 1 : p */
function clampUnit(p: Expression<'v128'>): Expression<'v128'> {
  return f64x2.pmin(f64x2.pmax(p, splat(0)), splat(1))
}
