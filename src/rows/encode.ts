// Canonical rows in, the float32 slabs that a graph takes out: preprocessing in float64, then one cast.

import type { GraphInput } from '../artifact/metadata.ts'
import { createError } from '../errors.ts'
import type { ColumnRef } from '../regions/column-ref.ts'
import type { RegionGraph } from '../regions/region.ts'
import { createRowProgram } from './row-program.ts'
import {
  composeSteps,
  createPathFinder,
  isColumnWise,
  type OneHotBlock,
  type PathFinder,
  type ValueMap,
} from './column-path.ts'

export type Encoder = {
  /** Columns of each slab, in the order of the graph's inputs. */
  readonly widths: readonly number[]
  /**
   * Fills `into[k][0 … rowCount · widths[k])` from `rowCount` row-major canonical rows; allocates nothing. Slabs may be
   * longer and may hold anything before.
   */
  encode(rows: Float64Array, rowCount: number, into: readonly Float32Array[]): void
}

/** Writes the columns of one feature, or all columns, for all rows of a batch. */
type ColumnWriter = (rows: Float64Array, rowCount: number, slab: Float32Array) => void

/**
 * An encoder compiled from `graph` for `inputs`: the `ranks` region itself, what a dense chain reads, or (region −1) the
 * graph's own output.
 * @throws VALIDATION_FAILED where an input does not fit the regions
 */
export function createEncoder(graph: RegionGraph, inputs: readonly GraphInput[]): Encoder {
  const source = graph.regions[0]
  if (source?.kind !== 'input') throw createError('VALIDATION_FAILED', 'region 0 of the graph is not its input')
  const finder = createPathFinder(graph)
  const programs = inputs.map((input) => {
    const columns = columnsOf(graph, input)
    if (columns.length !== input.width)
      throw createError(
        'VALIDATION_FAILED',
        `graph input ${input.name} must be as wide as region ${input.region} makes it, ${columns.length}, got ${input.width}`,
        { details: { input: input.name, region: input.region } },
      )
    if (isColumnWise(graph, columns)) return compileColumns(finder, columns, source.width)
    const { run } = createRowProgram(graph, columns)
    return [run]
  })
  const widths = inputs.map(({ width }) => width)

  return {
    widths,
    encode(rows, rowCount, into) {
      assertRoom('the canonical rows', rows.length, rowCount * source.width)
      for (let k = 0; k < programs.length; k++) {
        const slab = into[k]
        assertRoom(`slab ${inputs[k].name}`, slab.length, rowCount * widths[k])
        const writers = programs[k]
        for (let i = 0; i < writers.length; i++) writers[i](rows, rowCount, slab)
      }
    },
  }
}

function columnsOf(graph: RegionGraph, { name, region }: GraphInput): readonly ColumnRef[] {
  if (region === -1) return graph.output
  const found = graph.regions[region]
  if (name === 'ranks' && found?.kind === 'ranks') return found.columns.map((_, column) => ({ region, column }))
  if (name === 'features' && found !== undefined && found.kind !== 'input') return found.inputs
  throw createError(
    'VALIDATION_FAILED',
    `graph input ${name} must come from ${name === 'ranks' ? 'a ranks region' : 'what a region reads'}, got region ${region} (${found?.kind ?? 'not there'})`,
    { details: { input: name, region } },
  )
}

function compileColumns(finder: PathFinder, columns: readonly ColumnRef[], rowWidth: number): readonly ColumnWriter[] {
  const writers: ColumnWriter[] = []
  const width = columns.length
  let at = 0
  while (at < width) {
    const run = blockRun(finder, columns, at)
    if (run === undefined) {
      const { feature, steps } = finder.pathOf(columns[at])
      writers.push(
        steps.length === 0
          ? copyWriter(feature, rowWidth, at, width)
          : mapWriter(feature, rowWidth, at, width, composeSteps(steps)),
      )
      at++
    } else {
      writers.push(run.writer(rowWidth, width))
      at += run.length
    }
  }
  return writers
}

/** Neighbouring columns of one one-hot block, however many of its slots they are, are written together. */
function blockRun(finder: PathFinder, columns: readonly ColumnRef[], start: number) {
  const first = finder.blockSlotOf(columns[start])
  if (first === undefined) return undefined
  const { block } = first
  const target = new Int32Array(block.width).fill(-1)
  let length = 0
  while (start + length < columns.length) {
    const next = finder.blockSlotOf(columns[start + length])
    if (next?.block !== block || target[next.slot] !== -1) break
    target[next.slot] = length++
  }
  return {
    length,
    writer: (rowWidth: number, width: number) => blockWriter({ rowWidth, start, width, length, block, target }),
  }
}

function copyWriter(feature: number, rowWidth: number, start: number, width: number): ColumnWriter {
  return (rows, rowCount, slab) => {
    for (let row = 0, from = feature, to = start; row < rowCount; row++, from += rowWidth, to += width)
      slab[to] = rows[from]
  }
}

function mapWriter(feature: number, rowWidth: number, start: number, width: number, map: ValueMap): ColumnWriter {
  return (rows, rowCount, slab) => {
    for (let row = 0, from = feature, to = start; row < rowCount; row++, from += rowWidth, to += width)
      slab[to] = map(rows[from])
  }
}

type BlockPlan = {
  readonly rowWidth: number
  readonly start: number
  readonly width: number
  readonly length: number
  readonly block: OneHotBlock
  /** Column, counted from `start`, of each slot of the block; −1 where the slab does not have it. */
  readonly target: Int32Array
}

function blockWriter({ rowWidth, start, width, length, block, target }: BlockPlan): ColumnWriter {
  const { feature, steps } = block.slotPath
  const slotOf = composeSteps(steps)
  return (rows, rowCount, slab) => {
    for (let row = 0, from = feature, to = start; row < rowCount; row++, from += rowWidth, to += width) {
      for (let column = 0; column < length; column++) slab[to + column] = 0
      const slot = slotOf(rows[from])
      if (slot >= 0 && target[slot] >= 0) slab[to + target[slot]] = 1
    }
  }
}

function assertRoom(what: string, length: number, needed: number): void {
  if (length < needed)
    throw createError('EXECUTION_FAILED', `${what} must hold ${needed} values for this batch, got ${length}`)
}
