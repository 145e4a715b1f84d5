// A plan and a block whose columns lie one after another in, the function that fills it column by column out.

import type { ColumnBlock, EncodeFunction, KernelBuild } from '../kernel-stage.ts'
import { elementByteLength } from '../kernel-stage.ts'
import { countUp, loopWhile, memoryFill, select, sequence } from '../wasm/control.ts'
import type { Statement } from '../wasm/expression.ts'
import { f64, i32 } from '../wasm/scalar-instructions.ts'
import type { WasmFunction } from '../wasm/wasm-module.ts'
import type { EncodePlan } from './encode-plan.ts'
import { emitGroups } from './step-groups.ts'

/** Scratch values of so many rows at most are worked on at once: they are read again from the nearest cache. */
const tileBytes = 32 * 1024

export function emitColumnEncode(build: KernelBuild, plan: EncodePlan, block: ColumnBlock): EncodeFunction {
  const size = elementByteLength[block.element]
  const features = usedFeatures(plan)
  const columnOf = new Map(features.map((feature, column) => [feature, column]))
  const slots = features.length + plan.scratchSlots
  const tileRows = Math.min(build.blockRows, Math.max(16, Math.floor(tileBytes / (8 * Math.max(slots, 1) * 16)) * 16))
  const columnBytes = 8 * tileRows
  const scratch = build.memory.reserve(slots * columnBytes)
  const slotAddress = (slot: number): number => scratch + columnBytes * (features.length + slot)
  const transpose = addTranspose(build, { features, rowWidth: plan.rowWidth, scratch, columnBytes })
  const groups = emitGroups(build, plan, {
    order: 'columns',
    element: block.element,
    sourceByte: (group, source) =>
      group.source === 'row' ? scratch + columnBytes * (columnOf.get(source) ?? 0) : slotAddress(source),
    targetByte: ({ target }, place) =>
      target === 'scratch' ? slotAddress(place) : block.address + size * block.pitch * place,
    columnByte: size * block.pitch,
  })
  return build.module.addFunction({ params: ['i32', 'i32'] }, ([rows, rowCount], { local }) => {
    const [shift, count] = [local('i32'), local('i32')]
    return sequence(
      shift.set(i32.const(0)),
      loopWhile(
        rowCount.get,
        sequence(
          count.set(select(i32.ltU(rowCount.get, i32.const(tileRows)), rowCount.get, i32.const(tileRows))),
          transpose.call(rows.get, count.get),
          ...zeroColumns(),
          ...groups.map(({ target, run }) =>
            run.call(i32.const(0), target === 'block' ? shift.get : i32.const(0), count.get),
          ),
          rows.set(i32.add(rows.get, i32.const(8 * plan.rowWidth * tileRows))),
          shift.set(i32.add(shift.get, i32.const(size * tileRows))),
          rowCount.set(i32.sub(rowCount.get, count.get)),
        ),
      ),
    )

    function zeroColumns(): readonly Statement[] {
      const column = local('i32')
      return plan.zeros.map(({ start, length }) => {
        const first = block.address + size * block.pitch * start
        return countUp(
          column,
          { from: i32.const(first), end: i32.const(first + size * block.pitch * length), step: size * block.pitch },
          memoryFill(i32.add(column.get, shift.get), i32.const(0), i32.mul(count.get, i32.const(size))),
        )
      })
    }
  })
}

function usedFeatures({ groups }: EncodePlan): readonly number[] {
  const used = new Set<number>()
  for (const { source, steps } of groups) if (source === 'row') for (const step of steps) used.add(step.source)
  return [...used].sort((a, b) => a - b)
}

type TransposeOptions = {
  readonly features: readonly number[]
  readonly rowWidth: number
  readonly scratch: number
  readonly columnBytes: number
}

/** (rows, number of rows): their features into scratch columns, four rows at a time. */
function addTranspose(
  build: KernelBuild,
  { features, rowWidth, scratch, columnBytes }: TransposeOptions,
): WasmFunction<readonly ['i32', 'i32']> {
  const places = build.memory.table(Int32Array.from(features, (feature) => 8 * feature))
  const rowBytes = 8 * rowWidth
  return build.module.addFunction({ params: ['i32', 'i32'] }, ([rows, rowCount], { local }) => {
    const [place, column, source, target, row] = [local('i32'), local('i32'), local('i32'), local('i32'), local('i32')]
    return sequence(
      column.set(i32.const(scratch)),
      countUp(
        place,
        { from: i32.const(places), end: i32.const(places + 4 * features.length), step: 4 },
        sequence(
          source.set(i32.add(rows.get, i32.load(place.get))),
          target.set(column.get),
          countUp(
            row,
            { end: rowCount.get, step: 4 },
            sequence(
              ...[0, 1, 2, 3].map((r) => f64.store(target.get, f64.load(source.get, r * rowBytes), 8 * r)),
              source.set(i32.add(source.get, i32.const(4 * rowBytes))),
              target.set(i32.add(target.get, i32.const(32))),
            ),
          ),
          column.set(i32.add(column.get, i32.const(columnBytes))),
        ),
      ),
    )
  })
}
