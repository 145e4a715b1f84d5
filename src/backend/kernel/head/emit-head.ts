// A head in, the function that turns raw columns into labels, probabilities, scores, values or vectors out: the last stage of a kernel.

import type { Head } from '../../../artifact/head.ts'
import { createDecoder } from '../../../rows/decode.ts'
import type { KernelBuild } from '../kernel-stage.ts'
import { countUp, select, sequence } from '../wasm/control.ts'
import type { Statement } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import { f32, i32 } from '../wasm/scalar-instructions.ts'
import type { Scope } from '../wasm/wasm-module.ts'
import { addExponential } from './exponential.ts'
import { type OutputName, planHead } from './head-plan.ts'
import type { HeadStage, OutputArray } from './head-stage.ts'
import { addMarginRows, marginTarget } from './margin-rows.ts'
import { addSigmoid } from './sigmoid.ts'

/** More columns are looked at by a loop. */
const maxUnrolledColumns = 8

/**
 * Outputs are equal to those of rows/decode.ts bit for bit, where the realm's Math.exp is fdlibm's, as in V8.
 * @throws VALIDATION_FAILED where a target's width does not fit its link and classes
 */
export function emitHead(build: KernelBuild, head: Head, rawWidth: number): HeadStage {
  // For its checks: what it refuses cannot be emitted either.
  createDecoder(head)
  const exponential = addExponential(build)
  const sigmoid = addSigmoid(build.module, exponential)
  const { outputs, checkedWidth, write } = planHead(build, head)
  const target = marginTarget(head)
  const { label, probabilities, scores } = outputs
  if (target !== undefined && label !== undefined && probabilities !== undefined)
    return { run: addMarginRows(build, { target, rawWidth, sigmoid, label, probabilities, scores }), ...outputs }
  const run = build.module.addFunction({ params: ['i32', 'i32'], result: 'i32' }, ([raw, rowCount], scope) => {
    const [row, firstBad, isBad] = [scope.local('i32'), scope.local('i32'), scope.local('i32')]
    // The keys of the object are the names of its type.
    const arrays = Object.entries(outputs) as [OutputName, OutputArray][]
    const places = new Map(arrays.map(([name]) => [name, scope.local('i32')]))
    const starts = arrays.map(([name, { address }]) => places.get(name)!.set(i32.const(address)))
    const moves = arrays.map(([name, { width }]) => moveBy(places.get(name)!, (name === 'label' ? 4 : 8) * width))
    return [
      firstBad.set(i32.const(-1)),
      ...starts,
      countUp(
        row,
        { end: rowCount.get },
        sequence(
          write({ scope, exponential, sigmoid, raw }, places),
          findNaN(scope, { raw, columns: checkedWidth, found: isBad }),
          // The first one stays.
          firstBad.set(select(i32.and(isBad.get, i32.ltS(firstBad.get, i32.const(0))), row.get, firstBad.get)),
          moveBy(raw, 4 * rawWidth),
          ...moves,
        ),
      ),
      firstBad.get,
    ]
  })
  return { run, ...outputs }
}

function moveBy(address: Local<'i32'>, bytes: number): Statement {
  return address.set(i32.add(address.get, i32.const(bytes)))
}

type Search = { readonly raw: Local<'i32'>; readonly columns: number; readonly found: Local<'i32'> }

/** 1 where one of the columns is NaN. */
function findNaN(scope: Scope, { raw, columns, found }: Search): Statement {
  const value = scope.local('f32')
  const look = (address: Local<'i32'>, byteOffset: number): Statement =>
    sequence(value.set(f32.load(address.get, byteOffset)), found.set(i32.or(found.get, f32.ne(value.get, value.get))))
  if (columns <= maxUnrolledColumns)
    return sequence(found.set(i32.const(0)), ...Array.from({ length: columns }, (_, column) => look(raw, 4 * column)))
  const [at, end] = [scope.local('i32'), scope.local('i32')]
  return sequence(
    found.set(i32.const(0)),
    end.set(i32.add(raw.get, i32.const(4 * columns))),
    countUp(at, { from: raw.get, end: end.get, step: 4 }, look(at, 0)),
  )
}
