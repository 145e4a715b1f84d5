// Steps that ask whether a value is missing in, a function that runs them out: 1 or 0.

import type { ElementType, KernelBuild } from '../kernel-stage.ts'
import { f64, i32 } from '../wasm/scalar-instructions.ts'
import { addStepLoop, type GroupFunction } from './step-loop.ts'
import type { StepRecord } from './step-records.ts'

type GroupOptions = {
  readonly order: 'rows' | 'columns'
  readonly element: ElementType
  /** Without ints; the one float is the value that stands for missing. */
  readonly records: readonly StepRecord[]
}

export function addIndicatorGroup(build: KernelBuild, options: GroupOptions): GroupFunction {
  return addStepLoop(build, {
    ...options,
    lanes: 2,
    body: (lanes, pool) =>
      lanes.flatMap((lane) => {
        const [value, sentinel] = [pool.take('f64'), pool.take('f64')]
        const bothNaN = i32.and(f64.ne(value.get, value.get), f64.ne(sentinel.get, sentinel.get))
        return [
          value.set(lane.value),
          sentinel.set(lane.float(0)),
          lane.storeInteger(i32.or(f64.eq(value.get, sentinel.get), bothNaN)),
        ]
      }),
  })
}
