// Tables of trees in memory in, the function that goes through them for the rows of a block out.

import type { ColumnBlock, CoreFunction, KernelBuild } from '../kernel-stage.ts'
import { countUp, loopWhile, repeatWhile, select, sequence, when } from '../wasm/control.ts'
import type { Expression, Statement } from '../wasm/expression.ts'
import { f32, f64, i32 } from '../wasm/scalar-instructions.ts'
import { v128 } from '../wasm/vector-instructions.ts'
import type { WasmFunction } from '../wasm/wasm-module.ts'
import { emitCopy } from './lanes-columns.ts'
import type { LaneForm } from './lanes-form.ts'
import { groupByteLength, segmentByteLength } from './lanes-segments.ts'
import { createLaneSums, emitFlush, type FlushFunction } from './lanes-sums.ts'

export type LaneRun = {
  readonly inputs: ColumnBlock
  readonly forms: readonly LaneForm[]
  readonly groupsAddress: number
  readonly groupCount: number
  readonly columnsAddress: number
  readonly columnByteLength: number
  /** Float64, [outputWidth, rows that go together]. */
  readonly sumsAddress: number
  readonly sumsByteLength: number
  readonly offsetsAddress: number
  readonly outputWidth: number
  /** Bytes of a leaf, over all its values; and of one of them. */
  readonly planes: number
  readonly planesOfOutput: number
  /** By rising number of rows. */
  readonly tiles: readonly LaneTile[]
}

/** Rows that go through trees together, in sixteens, and through how many trees at once, where their form lets them. */
export type LaneTile = { readonly groups: number; readonly trees: 1 | 2 }

/** The smallest tile that holds the rows that are left, or the largest, again and again. */
export function emitLaneRun(build: KernelBuild, run: LaneRun): CoreFunction {
  const { tiles, outputWidth } = run
  const flush = emitFlush(build.module)
  const write = emitWrite(build, run)
  const sums = tiles.map((tile) => emitTile(build, run, { ...tile, flush }))
  return build.module.addFunction({ params: ['i32', 'i32'] }, ([rowCount, raw], { local }) => {
    const [row, rest, step] = [local('i32'), local('i32'), local('i32')]
    const runTile = tiles
      .map(({ groups }, i) => sequence(step.set(i32.const(16 * groups)), sums[i].call(row.get)))
      .reduceRight((larger, tile, i) => when(i32.leU(rest.get, i32.const(16 * tiles[i].groups)), tile, larger))
    return [
      loopWhile(
        i32.ltU(row.get, rowCount.get),
        sequence(
          rest.set(i32.sub(rowCount.get, row.get)),
          runTile,
          write.call(select(i32.ltU(rest.get, step.get), rest.get, step.get), raw.get),
          raw.set(i32.add(raw.get, i32.mul(step.get, i32.const(outputWidth * 4)))),
          row.set(i32.add(row.get, step.get)),
        ),
      ),
    ]
  })
}

type TileShape = LaneTile & { readonly flush: FlushFunction }

/** (first row): fills the sums of 16 · groups rows. */
function emitTile(build: KernelBuild, run: LaneRun, tile: TileShape): WasmFunction<readonly ['i32']> {
  const { forms, groupsAddress, groupCount, sumsAddress, sumsByteLength, offsetsAddress, outputWidth } = run
  const copy = emitCopy(build, { ...run, element: run.inputs.element === 'u8' ? 'u8' : 'u16', groups: tile.groups })
  const segments = forms.map((form) => emitSegment(build, run, { ...tile, form }))
  const recordByteLength = groupByteLength(forms)
  return build.module.addFunction({ params: ['i32'] }, ([row], { local }) => {
    const [group, segment, sums, offset] = [local('i32'), local('i32'), local('i32'), local('i32')]
    const rest = local('i32')
    const clear = Array.from({ length: 8 * tile.groups }, (_, pair) =>
      v128.store(sums.get, v128.load64Splat(offset.get, offsetsAddress), 16 * pair),
    )
    return [
      sums.set(i32.const(sumsAddress)),
      countUp(
        offset,
        { end: i32.const(8 * outputWidth), step: 8 },
        sequence(...clear, sums.set(i32.add(sums.get, i32.const(sumsByteLength)))),
      ),
      countUp(
        group,
        {
          from: i32.const(groupsAddress),
          end: i32.const(groupsAddress + groupCount * recordByteLength),
          step: recordByteLength,
        },
        sequence(
          copy.call(i32.load(group.get), i32.load(group.get, 4), row.get),
          ...segments.map((call, i) =>
            sequence(
              rest.set(i32.load(group.get, 12 + 8 * i)),
              countUp(
                segment,
                { from: i32.load(group.get, 8 + 8 * i), end: rest.get, step: segmentByteLength },
                call.call(segment.get),
              ),
            ),
          ),
        ),
      ),
    ]
  })
}

/** (address of a segment's words): adds its trees to the sums. */
function emitSegment(
  { module, features }: KernelBuild,
  { columnsAddress, planes, planesOfOutput, sumsByteLength }: LaneRun,
  { form, flush, groups, trees: most }: TileShape & { readonly form: LaneForm },
): WasmFunction<readonly ['i32']> {
  return module.addFunction({ params: ['i32'] }, ([segment], scope) => {
    const trees = Array.from({ length: Math.min(most, form.packSize) }, () => scope.local('i32'))
    const count = scope.local('i32')
    const leavesByteLength = 16 * planes * form.tableCount
    const walk = form.emit({ scope, trees, leavesByteLength, groups, columnsAddress })
    const sums = createLaneSums({ scope, groups, planes, tableCount: form.tableCount, features })
    const flushes: Statement[] = []
    for (let plane = 0; plane < planes; plane++)
      for (let group = 0; group < groups; group++) {
        const [words, highs] = sums.get(plane, group)
        const weight = f64.load(i32.load(segment.get, 12), 8 * plane)
        const output = Math.floor(plane / planesOfOutput)
        const target = i32.add(i32.load(segment.get, 8), i32.const(output * sumsByteLength + group * 128))
        flushes.push(flush.call(words.get, highs.get, weight, target))
      }
    return [
      walk.before,
      sums.clear,
      trees[0].set(i32.load(segment.get)),
      count.set(i32.load(segment.get, 4)),
      repeatWhile(
        sequence(walk.walk, sums.add(walk, trees), trees[0].set(trees[trees.length - 1].get)),
        count.tee(i32.sub(count.get, i32.const(trees.length))),
      ),
      ...flushes,
    ]
  })
}

/** (number of rows, address of the first one's raw outputs). */
function emitWrite({ module }: KernelBuild, run: LaneRun): WasmFunction<readonly ['i32', 'i32']> {
  const { outputWidth, sumsAddress, sumsByteLength } = run
  return module.addFunction({ params: ['i32', 'i32'] }, ([rowCount, raw], { local }) => {
    const [row, sums] = [local('i32'), local('i32')]
    const value: Expression<'f32'> = f32.demoteF64(f64.load(sums.get))
    return [
      countUp(
        row,
        { end: rowCount.get },
        sequence(
          sums.set(i32.add(i32.const(sumsAddress), i32.shl(row.get, i32.const(3)))),
          countUp(
            sums,
            {
              from: sums.get,
              end: i32.add(i32.const(sumsAddress + outputWidth * sumsByteLength), i32.shl(row.get, i32.const(3))),
              step: sumsByteLength,
            },
            sequence(f32.store(raw.get, value), raw.set(i32.add(raw.get, i32.const(4)))),
          ),
        ),
      ),
    ]
  })
}
