// Steps of arithmetic on a value alone (copies, imputers, scalers) in, a function that runs them out, two values at once.

import type { ElementType, KernelBuild } from '../kernel-stage.ts'
import { elementByteLength } from '../kernel-stage.ts'
import { countUp, loopWhile, sequence, when } from '../wasm/control.ts'
import type { Expression } from '../wasm/expression.ts'
import { i32 } from '../wasm/scalar-instructions.ts'
import { v128 } from '../wasm/vector-instructions.ts'
import { storePair } from './element-store.ts'
import { addStepLoop, type GroupFunction } from './step-loop.ts'
import { layRecords, type StepRecord } from './step-records.ts'
import type { ValueFormula } from './value-formula.ts'

type Vector = Expression<'v128'>

type GroupOptions = {
  readonly order: 'rows' | 'columns'
  readonly element: ElementType
  readonly formula: ValueFormula
  /** Without ints; their floats are what the formula takes. */
  readonly records: readonly StepRecord[]
}

export function addValueGroup(build: KernelBuild, options: GroupOptions): GroupFunction {
  if (options.order === 'rows') return addRuns(build, options)
  const { formula, ...rest } = options
  return addStepLoop(build, {
    ...rest,
    lanes: 2,
    rowsPerLane: 2,
    body: (lanes, pool) =>
      lanes.flatMap((lane) => {
        const value = pool.take('v128')
        return [value.set(lane.pair), lane.storePair(formula(value.get, (field) => lane.floatSplat(field)))]
      }),
  })
}

/** Steps of one row whose sources and targets follow each other are runs: pairs of them are one vector. */
function addRuns(build: KernelBuild, { element, formula, records }: GroupOptions): GroupFunction {
  const size = elementByteLength[element]
  const arrays = records[0].floats.map((_, field) =>
    build.memory.table(Float64Array.from(records, ({ floats }) => floats[field])),
  )
  const table = layRecords(build, findRuns(records, size))
  return build.module.addFunction({ params: ['i32', 'i32', 'i32'] }, ([sources, targets], { local }) => {
    const [run, source, target, left, parameters, value] = [
      local('i32'),
      local('i32'),
      local('i32'),
      local('i32'),
      local('i32'),
      local('v128'),
    ]
    const store = (lanes: 1 | 2) =>
      sequence(
        value.set(lanes === 2 ? v128.load(source.get) : v128.load64Zero(source.get)),
        storePair(element, {
          address: target.get,
          value: formula(value.get, (field): Vector => v128.load(parameters.get, arrays[field])),
          lanes,
        }),
      )
    return countUp(
      run,
      {
        from: i32.const(table.address),
        end: i32.const(table.address + table.count * table.stride),
        step: table.stride,
      },
      sequence(
        source.set(i32.add(sources.get, i32.load(run.get))),
        target.set(i32.add(targets.get, i32.load(run.get, 4))),
        left.set(i32.load(run.get, 8)),
        parameters.set(i32.load(run.get, 12)),
        loopWhile(
          i32.gtU(left.get, i32.const(1)),
          sequence(
            store(2),
            source.set(i32.add(source.get, i32.const(16))),
            target.set(i32.add(target.get, i32.const(2 * size))),
            parameters.set(i32.add(parameters.get, i32.const(16))),
            left.set(i32.sub(left.get, i32.const(2))),
          ),
        ),
        when(left.get, store(1)),
      ),
    )
  })
}

/** ints: length of the run, and byte of its first parameters in each array. */
function findRuns(records: readonly StepRecord[], size: number): readonly StepRecord[] {
  const runs: { source: number; target: number; ints: [number, number]; floats: readonly number[] }[] = []
  records.forEach(({ source, target }, index) => {
    const last = runs.at(-1)
    if (last !== undefined && source === last.source + 8 * last.ints[0] && target === last.target + size * last.ints[0])
      last.ints[0]++
    else runs.push({ source, target, ints: [1, 8 * index], floats: [] })
  })
  return runs
}
