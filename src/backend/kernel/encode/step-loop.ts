// Records of steps and the code of one in, a function that runs them all out: over the columns of a row, or down the rows of each column.

import type { ElementType, KernelBuild } from '../kernel-stage.ts'
import { elementByteLength } from '../kernel-stage.ts'
import { countUp, loopWhile, sequence } from '../wasm/control.ts'
import type { Expression, Statement } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import { f64, i32 } from '../wasm/scalar-instructions.ts'
import { f64x2, v128 } from '../wasm/vector-instructions.ts'
import type { WasmFunction } from '../wasm/wasm-module.ts'
import { storeInteger, storeNumber, storePair } from './element-store.ts'
import { layRecords, type StepRecord } from './step-records.ts'
import { createLocalPool, type LocalPool } from './local-pool.ts'

/** One value that a step computes; its parameters cost a load each time they are read. */
export type Lane = {
  readonly value: Expression<'f64'>
  /** The value in both lanes. */
  readonly splat: Expression<'v128'>
  int(field: number): Expression<'i32'>
  float(field: number): Expression<'f64'>
  floatSplat(field: number): Expression<'v128'>
  readonly target: Expression<'i32'>
  storeIntegerAt(address: Expression<'i32'>, value: Expression<'i32'>): Statement
  storeInteger(value: Expression<'i32'>): Statement
  storeNumber(value: Expression<'f64'>): Statement
  /** Down a column only: this row's value and the next's. */
  readonly pair: Expression<'v128'>
  storePair(value: Expression<'v128'>): Statement
}

export type StepBody = (lanes: readonly Lane[], pool: LocalPool) => readonly Statement[]

/** (base of sources, base of targets, number of rows: 1 in a group that runs over the columns of a row). */
export type GroupFunction = WasmFunction<readonly ['i32', 'i32', 'i32']>

/** Up to so many steps of a row are written out, which saves the loads of their parameters. */
const maxUnrolled = 32

type LoopOptions = {
  readonly order: 'rows' | 'columns'
  readonly element: ElementType
  readonly records: readonly StepRecord[]
  /** Values that are computed side by side, so that they wait for memory together; a divisor of 16. */
  readonly lanes: number
  /** Rows that one lane takes; 2 where the body works on pairs. */
  readonly rowsPerLane?: 1 | 2
  readonly body: StepBody
}

export function addStepLoop(build: KernelBuild, options: LoopOptions): GroupFunction {
  if (options.order === 'columns') return addColumnLoop(build, options)
  return options.records.length <= maxUnrolled ? addUnrolled(build, options) : addRowLoop(build, options)
}

function addUnrolled(build: KernelBuild, { element, records, lanes, body }: LoopOptions): GroupFunction {
  return build.module.addFunction({ params: ['i32', 'i32', 'i32'] }, ([sources, targets], scope) => {
    const pool = createLocalPool(scope)
    const statements: Statement[] = []
    for (let at = 0; at < records.length; at += lanes) {
      pool.reset()
      const own = records.slice(at, at + lanes).map(({ source, target, ints, floats }) =>
        createLane(element, {
          source: sources.get,
          sourceByte: source,
          target: targets.get,
          targetByte: target,
          int: (field) => i32.const(ints[field]),
          float: (field) => f64.const(floats[field]),
        }),
      )
      statements.push(...body(own, pool))
    }
    return statements
  })
}

function addRowLoop(build: KernelBuild, { element, records, lanes, body }: LoopOptions): GroupFunction {
  const table = layRecords(build, padded(records, lanes))
  return build.module.addFunction({ params: ['i32', 'i32', 'i32'] }, ([sources, targets], scope) => {
    const record = scope.local('i32')
    const own = Array.from({ length: lanes }, (_, lane): Lane => {
      const first = lane * table.stride
      return createLane(element, {
        source: i32.add(sources.get, i32.load(record.get, first)),
        sourceByte: 0,
        target: i32.add(targets.get, i32.load(record.get, first + 4)),
        targetByte: 0,
        int: (field) => i32.load(record.get, first + 8 + 4 * field),
        float: (field) => f64.load(record.get, first + table.floatsAt + 8 * field),
      })
    })
    const end = table.address + table.count * table.stride
    return countUp(
      record,
      { from: i32.const(table.address), end: i32.const(end), step: lanes * table.stride },
      sequence(...body(own, createLocalPool(scope))),
    )
  })
}

function addColumnLoop(build: KernelBuild, options: LoopOptions): GroupFunction {
  const { element, records, lanes, rowsPerLane = 1, body } = options
  const table = layRecords(build, records)
  return build.module.addFunction({ params: ['i32', 'i32', 'i32'] }, ([sources, targets, rowCount], scope) => {
    const [record, source, target, row] = [
      scope.local('i32'),
      scope.local('i32'),
      scope.local('i32'),
      scope.local('i32'),
    ]
    const parameters: Statement[] = []
    const hoisted = new Map<string, Local>()
    function hoist<Type extends 'i32' | 'f64' | 'v128'>(name: string, value: Expression<Type>): Expression<Type> {
      const found = hoisted.get(name) as Local<Type> | undefined
      if (found !== undefined) return found.get
      const local = scope.local(value.type)
      hoisted.set(name, local)
      parameters.push(local.set(value))
      return local.get
    }
    const size = elementByteLength[element]
    const own = Array.from(
      { length: lanes },
      (_, lane): Lane =>
        createLane(element, {
          source: source.get,
          sourceByte: 8 * lane * rowsPerLane,
          target: target.get,
          targetByte: size * lane * rowsPerLane,
          int: (field) => hoist(`int ${field}`, i32.load(record.get, 8 + 4 * field)),
          float: (field) => hoist(`float ${field}`, f64.load(record.get, table.floatsAt + 8 * field)),
          floatSplat: (field) => hoist(`splat ${field}`, v128.load64Splat(record.get, table.floatsAt + 8 * field)),
        }),
    )
    const step = lanes * rowsPerLane
    const work = body(own, createLocalPool(scope))
    return countUp(
      record,
      {
        from: i32.const(table.address),
        end: i32.const(table.address + table.count * table.stride),
        step: table.stride,
      },
      sequence(
        ...parameters,
        source.set(i32.add(sources.get, i32.load(record.get))),
        target.set(i32.add(targets.get, i32.load(record.get, 4))),
        row.set(i32.const(0)),
        loopWhile(
          i32.ltU(row.get, rowCount.get),
          sequence(
            ...work,
            source.set(i32.add(source.get, i32.const(8 * step))),
            target.set(i32.add(target.get, i32.const(size * step))),
            row.set(i32.add(row.get, i32.const(step))),
          ),
        ),
      ),
    )
  })
}

type LaneParts = Pick<Lane, 'int' | 'float'> & {
  readonly source: Expression<'i32'>
  readonly sourceByte: number
  readonly target: Expression<'i32'>
  readonly targetByte: number
  readonly floatSplat?: Lane['floatSplat']
}

function createLane(element: ElementType, parts: LaneParts): Lane {
  const { source, sourceByte, target, targetByte, int, float } = parts
  const address = targetByte === 0 ? target : i32.add(target, i32.const(targetByte))
  return {
    value: f64.load(source, sourceByte),
    splat: v128.load64Splat(source, sourceByte),
    int,
    float,
    floatSplat: parts.floatSplat ?? ((field) => f64x2.splat(float(field))),
    target: address,
    storeIntegerAt: (place, value) => storeInteger(element, place, value),
    storeInteger: (value) => storeInteger(element, target, value, targetByte),
    storeNumber: (value) => storeNumber(element, target, value, targetByte),
    pair: v128.load(source, sourceByte),
    storePair: (value) => storePair(element, { address, value, lanes: 2 }),
  }
}

/** The last record again, so that the last lanes have work too; doing it twice changes nothing. */
function padded(records: readonly StepRecord[], lanes: number): readonly StepRecord[] {
  const missing = (lanes - (records.length % lanes)) % lanes
  return [...records, ...new Array<StepRecord>(missing).fill(records[records.length - 1])]
}
