// A region graph in, nothing out, or an error that names the region and the field that cannot be run.

import { createError } from '../errors.ts'
import type { ColumnRef } from './column-ref.ts'
import type { DenseChain } from './dense-chain.ts'
import { verifyFormula } from './formula/formulas.ts'
import type { OneHot } from './one-hot.ts'
import type { Ordinal } from './ordinal.ts'
import type { Ranks } from './ranks.ts'
import type { Region, RegionGraph } from './region.ts'
import { assertFinite, assertIntegers, assertLength, type Fail } from './table-checks.ts'
import { verifySplitTrees, verifyTreeEnsemble } from './verify-trees.ts'

/** Preprocessing has tens of regions; a graph that needs more is not one of ours. */
const maxRegions = 10_000

/** Columns that one region gives: one-hot blocks of a million categories are past any use. */
const maxColumns = 1 << 20

/**
 * Makes sure that the graph can be interpreted, encoded and run: every reference points to an earlier column, every table
 * has the length it must, trees end. After it no reader of the regions can leave a table or loop for ever.
 * @throws VALIDATION_FAILED with the region and the field; LIMIT_EXCEEDED
 */
export function verifyRegions(graph: RegionGraph): void {
  const { regions, output } = graph
  if (regions.length > maxRegions)
    throw createError('LIMIT_EXCEEDED', `a graph may have ${maxRegions} regions, got ${regions.length}`)
  const widths: number[] = []
  for (let index = 0; index < regions.length; index++) {
    const region = regions[index]
    const fail = failFor(`region ${index} (${region.kind})`)
    if ((region.kind === 'input') !== (index === 0)) fail('kind', 'region 0, and only it, must be the input')
    if (region.kind !== 'input') verifyRefs(region.inputs, widths, (expectation) => fail('inputs', expectation))
    const width = verifyRegion(graph, region, fail)
    if (!(width >= 1 && width <= maxColumns)) fail('width', `must have 1 to ${maxColumns} columns, got ${width}`)
    widths.push(width)
  }
  const failOutput = failFor('the graph')
  if (regions.length === 0) failOutput('regions', 'must hold at least the input')
  if (output.length === 0) failOutput('output', 'must list at least one column')
  verifyRefs(output, widths, (expectation) => failOutput('output', expectation))
}

function failFor(place: string): Fail {
  return (field, expectation) => {
    throw createError('VALIDATION_FAILED', `${place}, field ${field}: ${expectation}`, { details: { place, field } })
  }
}

/** `widths` are those of the regions before. */
function verifyRefs(refs: readonly ColumnRef[], widths: readonly number[], fail: (expectation: string) => never): void {
  if (refs.length > maxColumns) fail(`may list ${maxColumns} columns, got ${refs.length}`)
  for (const { region, column } of refs) {
    // A region that is not there, or not before this one, has no width, and no column is below undefined.
    if (Number.isInteger(column) && column >= 0 && column < widths[region]) continue
    fail(`must name columns of earlier regions, got column ${column} of region ${region}`)
  }
}

/** Number of columns that the region gives. */
function verifyRegion(graph: RegionGraph, region: Region, fail: Fail): number {
  switch (region.kind) {
    case 'input':
      if (!Number.isInteger(region.width)) fail('width', `must be an integer, got ${region.width}`)
      return region.width
    case 'impute':
      assertLength(fail, 'missing', region.missing, region.inputs.length)
      assertLength(fail, 'fill', region.fill, region.inputs.length)
      return region.inputs.length
    case 'indicator':
      assertLength(fail, 'missing', region.missing, region.inputs.length)
      return region.inputs.length
    case 'scale':
      assertLength(fail, 'first', region.first, region.inputs.length)
      assertLength(fail, 'second', region.second, region.inputs.length)
      if (region.clip !== undefined && !(region.clip[0] <= region.clip[1])) fail('clip', 'must be a range, low first')
      return region.inputs.length
    case 'one-hot':
      return verifyOneHot(region, fail)
    case 'ordinal':
      return verifyOrdinal(region, fail)
    case 'dense-chain':
      return verifyDenseChain(region, fail)
    case 'ranks':
      return verifyRanks(region, fail)
    case 'tree-ensemble':
      return verifyTreeEnsemble(graph, region, fail)
    case 'split-trees':
      return verifySplitTrees(region, fail)
    default:
      return verifyFormula(region, fail)
  }
}

function verifyOneHot({ inputs, columns }: OneHot, fail: Fail): number {
  assertLength(fail, 'columns', columns, inputs.length)
  let width = 0
  columns.forEach((column, i) => {
    if (!Number.isInteger(column.width) || column.width < 0) fail(`columns.${i}.width`, `must not be ${column.width}`)
    assertLength(fail, `columns.${i}.slots`, column.slots, column.keys.length)
    assertIntegers(fail, `columns.${i}.slots`, column.slots, [-1, column.width - 1])
    assertIntegers(fail, `columns.${i}.unknownSlot`, [column.unknownSlot], [-1, column.width - 1])
    width += column.width
  })
  return width
}

function verifyOrdinal({ inputs, columns }: Ordinal, fail: Fail): number {
  assertLength(fail, 'columns', columns, inputs.length)
  columns.forEach(({ keys, values }, i) => assertLength(fail, `columns.${i}.values`, values, keys.length))
  return columns.length
}

function verifyDenseChain({ inputs, layers }: DenseChain, fail: Fail): number {
  if (layers.length === 0) fail('layers', 'must have at least one layer')
  let width = inputs.length
  layers.forEach(({ inputWidth, outputWidth, weights, bias }, i) => {
    if (inputWidth !== width)
      fail(`layers.${i}.inputWidth`, `must be ${width}, as wide as what it reads, got ${inputWidth}`)
    assertIntegers(fail, `layers.${i}.outputWidth`, [outputWidth], [1, maxColumns])
    assertLength(fail, `layers.${i}.weights`, weights, inputWidth * outputWidth)
    assertLength(fail, `layers.${i}.bias`, bias, outputWidth)
    assertFinite(fail, `layers.${i}.weights`, weights)
    assertFinite(fail, `layers.${i}.bias`, bias)
    width = outputWidth
  })
  return width
}

function verifyRanks({ inputs, columns, players }: Ranks, fail: Fail): number {
  assertLength(fail, 'columns', columns, inputs.length)
  if (players !== undefined) {
    assertLength(fail, 'players', players, columns.length)
    assertIntegers(fail, 'players', players, [0, maxColumns - 1])
  }
  columns.forEach((column, i) => {
    if (column.kind === 'member') {
      assertLength(fail, `columns.${i}.bits`, column.bits, column.keys.length)
      assertIntegers(fail, `columns.${i}.bits`, [...column.bits, column.unknownBit], [0, 1])
      return
    }
    const { flipPoints } = column
    if (Number.isNaN(flipPoints[0])) fail(`columns.${i}.flipPoints`, 'must not hold NaN')
    for (let at = 1; at < flipPoints.length; at++)
      if (!(flipPoints[at - 1] < flipPoints[at]))
        fail(`columns.${i}.flipPoints`, `must ascend, got ${flipPoints[at - 1]} before ${flipPoints[at]} at ${at}`)
  })
  return columns.length
}
