// A plan and a block whose rows lie one after another in, the function that fills it row by row out.

import type { ColumnBlock, EncodeFunction, KernelBuild } from '../kernel-stage.ts'
import { elementByteLength } from '../kernel-stage.ts'
import { loopWhile, memoryFill, sequence } from '../wasm/control.ts'
import type { Expression, Statement } from '../wasm/expression.ts'
import { i32, i64 } from '../wasm/scalar-instructions.ts'
import { v128 } from '../wasm/vector-instructions.ts'
import type { ColumnRun, EncodePlan } from './encode-plan.ts'
import { emitGroups } from './step-groups.ts'

/** Longer runs are filled by the engine's own loop, whose call costs more than so many bytes written out. */
const maxUnrolledBytes = 512

const zeroBytes = new Array<number>(16).fill(0)

/** More runs than these, and the whole row is zeroed. */
const maxZeroRuns = 16

export function emitRowEncode(build: KernelBuild, plan: EncodePlan, block: ColumnBlock): EncodeFunction {
  const size = elementByteLength[block.element]
  const scratch = build.memory.reserve(8 * plan.scratchSlots)
  const groups = emitGroups(build, plan, {
    order: 'rows',
    element: block.element,
    sourceByte: (_, source) => 8 * source,
    targetByte: ({ target }, place) => place * (target === 'scratch' ? 8 : size),
    columnByte: size,
  })
  const zeros = plan.zeros.length > maxZeroRuns ? [{ start: 0, length: plan.width }] : plan.zeros
  return build.module.addFunction({ params: ['i32', 'i32'] }, ([rows, rowCount], { local }) => {
    const [target, left] = [local('i32'), local('i32')]
    return sequence(
      target.set(i32.const(block.address)),
      left.set(rowCount.get),
      loopWhile(
        left.get,
        sequence(
          ...zeros.map((run) => zeroRun(target.get, run, size)),
          ...groups.map((group) =>
            group.run.call(
              group.source === 'row' ? rows.get : i32.const(scratch),
              group.target === 'block' ? target.get : i32.const(scratch),
              i32.const(1),
            ),
          ),
          rows.set(i32.add(rows.get, i32.const(8 * plan.rowWidth))),
          target.set(i32.add(target.get, i32.const(size * block.pitch))),
          left.set(i32.sub(left.get, i32.const(1))),
        ),
      ),
    )
  })
}

function zeroRun(row: Expression<'i32'>, { start, length }: ColumnRun, size: number): Statement {
  const end = (start + length) * size
  if (length * size > maxUnrolledBytes)
    return memoryFill(i32.add(row, i32.const(start * size)), i32.const(0), i32.const(length * size))
  const statements: Statement[] = []
  let at = start * size
  for (; at + 16 <= end; at += 16) statements.push(v128.store(row, v128.const(zeroBytes), at))
  for (; at + 8 <= end; at += 8) statements.push(i64.store(row, i64.const(0n), at))
  for (; at + 4 <= end; at += 4) statements.push(i32.store(row, i32.const(0), at))
  for (; at < end; at++) statements.push(i32.store8(row, i32.const(0), at))
  return sequence(...statements)
}
