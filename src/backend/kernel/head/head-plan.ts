// A head in, the arrays that it fills and the code that fills one row of them out, as rows/decode.ts does.

import type { ClassifierTarget, Head } from '../../../artifact/head.ts'
import { headWidth } from '../../../artifact/head-width.ts'
import { createError } from '../../../errors.ts'
import type { KernelBuild } from '../kernel-stage.ts'
import { sequence } from '../wasm/control.ts'
import type { Expression, Statement } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import { i32 } from '../wasm/scalar-instructions.ts'
import { f64x2, v128 } from '../wasm/vector-instructions.ts'
import { writeTarget } from './class-target.ts'
import { type ColumnPair, eachPair } from './column-pairs.ts'
import { splat } from './exponential.ts'
import { onesOf } from './lane-ones.ts'
import type { HeadRow, HeadStage, OutputArray } from './head-stage.ts'

export type OutputName = Exclude<keyof HeadStage, 'run'>

export type HeadPlan = {
  readonly outputs: { readonly [Name in OutputName]?: OutputArray }
  /** Raw columns that must not be NaN: the first so many. */
  readonly checkedWidth: number
  /** `places` hold the addresses of the row in each of the outputs. */
  write(row: HeadRow, places: ReadonlyMap<OutputName, Local<'i32'>>): Statement
}

/** Columns are written in pairs: the last one of a row, and what may follow it. */
const slackByteLength = 8

export function planHead(build: KernelBuild, head: Head): HeadPlan {
  const reserve = (width: number, byteLength: 4 | 8): OutputArray => ({
    address: build.memory.reserve(build.blockRows * width * byteLength + slackByteLength),
    width,
  })
  switch (head.kind) {
    case 'classifier': {
      const { targets, hasScores } = head
      const [classCount, scoreCount] = [
        sumOf(targets, ({ classes }) => classes.length),
        sumOf(targets, ({ width }) => width),
      ]
      return {
        outputs: {
          label: reserve(targets.length, 4),
          probabilities: reserve(classCount, 8),
          ...(hasScores && { scores: reserve(scoreCount, 8) }),
        },
        checkedWidth: headWidth(head),
        write: (row, places) => writeClassifier(targets, row, places),
      }
    }
    case 'labels':
      throw namesColumns()
    case 'multilabel': {
      if (hasNamedColumns(head)) throw namesColumns()
      const width = head.classes.length
      return {
        outputs: { label: reserve(width, 4), probabilities: reserve(width, 8) },
        checkedWidth: width,
        write: (row, places) => writeMultilabel(width, row, places),
      }
    }
    case 'regressor': {
      const { targetCount, link } = head
      return {
        outputs: { value: reserve(targetCount, 8) },
        checkedWidth: targetCount,
        write: (row, places) =>
          writeColumns(row, placeOf(places, 'value'), targetCount, ({ raw }) =>
            link === 'exp' ? row.exponential.evaluate('v128', raw) : raw,
          ),
      }
    }
    case 'transformer':
      return {
        outputs: { vector: reserve(head.width, 8) },
        checkedWidth: 0,
        write: (row, places) => writeColumns(row, placeOf(places, 'vector'), head.width, ({ raw }) => raw),
      }
  }
}

/** Whether the head names raw columns of their own for what it gives. */
export function hasNamedColumns(head: Head): boolean {
  if (head.kind === 'multilabel') return head.label !== undefined || head.scores !== undefined
  return head.kind === 'labels'
}

function namesColumns(): Error {
  return createError('UNSUPPORTED', 'no compiled kernel reads columns that a head names; plain JavaScript does')
}

type Places = ReadonlyMap<OutputName, Local<'i32'>>

function writeClassifier(targets: readonly ClassifierTarget[], row: HeadRow, places: Places): Statement {
  const raw = row.scope.local('i32')
  const label = moving(row, placeOf(places, 'label'))
  const probabilities = moving(row, placeOf(places, 'probabilities'))
  const scores = places.get('scores')
  const score = scores && moving(row, scores)
  const isAlone = targets.length === 1
  return sequence(
    ...[label, probabilities, ...(score ? [score] : [])].map(({ start }) => start),
    ...targets.flatMap((target) => [
      raw.set(i32.add(row.raw.get, i32.const(4 * target.start))),
      writeTarget(target, { ...row, raw, label: label.at, probabilities: probabilities.at }),
      ...(score ? [writeColumns({ ...row, raw }, score.at, target.width, ({ raw: pair }) => pair)] : []),
      ...(isAlone ? [] : [label.by(4), probabilities.by(8 * target.classes.length)]),
      ...(isAlone || !score ? [] : [score.by(8 * target.width)]),
    ]),
  )
}

/** An address that goes on from target to target. */
function moving({ scope }: HeadRow, from: Local<'i32'>) {
  const at = scope.local('i32')
  return { at, start: at.set(from.get), by: (bytes: number) => at.set(i32.add(at.get, i32.const(bytes))) }
}

function writeMultilabel(count: number, row: HeadRow, places: Places): Statement {
  const [p, label] = [row.scope.local('v128'), row.scope.local('i32')]
  return sequence(
    label.set(placeOf(places, 'label').get),
    eachPair({ scope: row.scope, count, raw: row.raw, output: placeOf(places, 'probabilities') }, (pair) =>
      sequence(
        p.set(row.sigmoid.evaluate('v128', pair.raw)),
        pair.store(p.get),
        v128.store64Lane(label.get, onesOf(f64x2.gt(p.get, splat(0.5))), 0),
        label.set(i32.add(label.get, i32.const(8))),
      ),
    ),
  )
}

function writeColumns(
  { scope, raw }: HeadRow,
  output: Local<'i32'>,
  count: number,
  valueOf: (pair: ColumnPair) => Expression<'v128'>,
): Statement {
  return eachPair({ scope, count, raw, output }, (pair) => pair.store(valueOf(pair)))
}

function placeOf(places: Places, name: OutputName): Local<'i32'> {
  const place = places.get(name)
  if (place === undefined) throw new RangeError(`the head has no ${name}`)
  return place
}

function sumOf<Item>(items: readonly Item[], numberOf: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + numberOf(item), 0)
}
