// A region graph in, JSON and named tensors out; and back, bit for bit save for what quantizing changed.

import { createError } from '../errors.ts'
import type { NamedTensor } from '../artifact/tensor.ts'
import type { StoredFormula } from './formula/define-formula.ts'
import { type Formula, type FormulaKind, formulaSpec, isFormula } from './formula/formulas.ts'
import { type DenseStoreOptions, restoreDenseChain, storeDenseChain } from './stored-dense.ts'
import { restoreNumber, restoreNumbers, restoreRefs, storeNumber, storeNumbers, storeRefs } from './stored-numbers.ts'
import { restoreRanks, storeRanks } from './stored-ranks.ts'
import type { LeafBooks } from './leaf-books.ts'
import type { Region, RegionGraph } from './region.ts'
import { type StoredRegion, type StoredRegions, storedRegionsShape } from './stored-shape.ts'
import { type TensorValues } from './tensor-values.ts'
import { restoreTrees, storeTrees } from './stored-trees.ts'

export type StoreOptions = {
  /**
   * `column`: a weight matrix is stored as Q · diag(scale) with Q in [−1, 1], so that each column fills its code range.
   * `none`: as it is, without a second rounding.
   * @default 'column'
   */
  readonly denseScale?: 'column' | 'none'
  /** By region: row counts of the tensors that the matrix of each layer is cut into. @default one tensor each */
  readonly denseParts?: ReadonlyMap<number, readonly (readonly number[])[]>
  /** By region: numbers that its leaf values are codes of. @default none: leaves are values */
  readonly leafBooks?: ReadonlyMap<number, LeafBooks>
}

/**
 * The parts of `graph` that an artifact holds: `stored` for its metadata, `tensors` for its weights.
 * @throws VALIDATION_FAILED for split-trees, which fold must have turned into ranks and a tree ensemble
 */
export function storeRegions(
  graph: RegionGraph,
  { denseScale = 'column', denseParts, leafBooks }: StoreOptions = {},
): { stored: StoredRegions; tensors: NamedTensor[] } {
  const tensors: NamedTensor[] = []
  const regions = graph.regions.map((_, index): StoredRegion => {
    const part = storeRegion(graph, index, {
      dense: { denseScale, parts: denseParts?.get(index) },
      books: leafBooks?.get(index),
    })
    tensors.push(...part.tensors)
    return part.stored
  })
  return { stored: { regions, output: storeRefs(graph.output) }, tensors }
}

/**
 * The graph that `storeRegions` took, with `tensors` by name as a reader decoded them.
 * @throws VALIDATION_FAILED where JSON and tensors do not fit; verifyRegions says whether the result can be run
 */
export function restoreRegions(stored: unknown, tensors: TensorValues): RegionGraph {
  const { regions, output } = parseStored(stored)
  return {
    regions: regions.map((region, index) => restoreRegion(region, index, tensors)),
    output: restoreRefs(output),
  }
}

/** @throws VALIDATION_FAILED with the path of the first part that is wrong */
export function parseStored(stored: unknown): StoredRegions {
  const issue = storedRegionsShape.issueOf(stored)
  if (issue === undefined) return stored as StoredRegions
  const { path, message } = issue
  throw createError(
    'VALIDATION_FAILED',
    `the stored regions are malformed at regions.${path.join('.')}: ${message}; convert the model again`,
  )
}

type Part = { readonly stored: StoredRegion; readonly tensors: readonly NamedTensor[] }

function storeRegion(
  graph: RegionGraph,
  index: number,
  { dense, books }: { readonly dense: DenseStoreOptions; readonly books: LeafBooks | undefined },
): Part {
  const region = graph.regions[index]
  switch (region.kind) {
    case 'dense-chain':
      return storeDenseChain(region, index, dense)
    case 'ranks':
      return storeRanks(region, index)
    case 'tree-ensemble': {
      const ranks = graph.regions[region.inputs[0]?.region ?? -1]
      if (ranks?.kind !== 'ranks')
        throw createError('VALIDATION_FAILED', `region ${index}, tree-ensemble, must read columns of a ranks region`)
      return storeTrees(region, index, { ranks, books })
    }
    case 'split-trees':
      throw createError('VALIDATION_FAILED', `region ${index}, split-trees, cannot be stored; fold the graph first`)
    default:
      return isFormula(region)
        ? formulaSpec(region.kind).store(region, index)
        : { stored: storePlain(region), tensors: [] }
  }
}

type PlainRegion = Exclude<Region, Formula | { kind: 'dense-chain' | 'ranks' | 'tree-ensemble' | 'split-trees' }>

function storePlain(region: PlainRegion): StoredRegion {
  if (region.kind === 'input') return { kind: 'input', width: region.width }
  const inputs = storeRefs(region.inputs)
  switch (region.kind) {
    case 'impute':
      return { kind: 'impute', inputs, missing: storeNumbers(region.missing), fill: storeNumbers(region.fill) }
    case 'indicator':
      return { kind: 'indicator', inputs, missing: storeNumbers(region.missing) }
    case 'scale': {
      const { kind, form, clip } = region
      const tables = { first: storeNumbers(region.first), second: storeNumbers(region.second) }
      return { kind, inputs, form, ...tables, ...(clip && { clip: [storeNumber(clip[0]), storeNumber(clip[1])] }) }
    }
    case 'one-hot':
      return {
        kind: 'one-hot',
        inputs,
        columns: region.columns.map(({ keys, slots, width, unknownSlot }) => ({
          keys: storeNumbers(keys),
          slots: storeNumbers(slots),
          width,
          unknownSlot,
        })),
      }
    case 'ordinal':
      return {
        kind: 'ordinal',
        inputs,
        columns: region.columns.map(({ keys, values, unknownValue }) => ({
          keys: storeNumbers(keys),
          values: storeNumbers(values),
          unknownValue: storeNumber(unknownValue),
        })),
      }
  }
}

function restoreRegion(stored: StoredRegion, index: number, tensors: TensorValues): Region {
  switch (stored.kind) {
    case 'input':
      return { kind: 'input', width: stored.width }
    case 'dense-chain':
      return restoreDenseChain(stored, index, tensors)
    case 'ranks':
      return restoreRanks(stored, index, tensors)
    case 'tree-ensemble':
      return restoreTrees(stored, index, tensors)
    default:
      return isStoredFormula(stored) ? formulaSpec(stored.kind).restore(stored, index, tensors) : restorePlain(stored)
  }
}

type StoredPlain = Exclude<
  StoredRegion,
  StoredFormula<FormulaKind> | { kind: 'input' | 'dense-chain' | 'ranks' | 'tree-ensemble' }
>

function isStoredFormula(stored: StoredRegion): stored is StoredFormula<FormulaKind> {
  return isFormula(stored)
}

function restorePlain(stored: StoredPlain): Region {
  const inputs = restoreRefs(stored.inputs)
  switch (stored.kind) {
    case 'impute':
      return { kind: 'impute', inputs, missing: restoreNumbers(stored.missing), fill: restoreNumbers(stored.fill) }
    case 'indicator':
      return { kind: 'indicator', inputs, missing: restoreNumbers(stored.missing) }
    case 'scale': {
      const { kind, form, clip } = stored
      const tables = { first: restoreNumbers(stored.first), second: restoreNumbers(stored.second) }
      return { kind, inputs, form, ...tables, ...(clip && { clip: [restoreNumber(clip[0]), restoreNumber(clip[1])] }) }
    }
    case 'one-hot':
      return {
        kind: 'one-hot',
        inputs,
        columns: stored.columns.map(({ keys, slots, width, unknownSlot }) => ({
          keys: restoreNumbers(keys),
          slots: restoreNumbers(slots),
          width,
          unknownSlot,
        })),
      }
    case 'ordinal':
      return {
        kind: 'ordinal',
        inputs,
        columns: stored.columns.map(({ keys, values, unknownValue }) => ({
          keys: restoreNumbers(keys),
          values: restoreNumbers(values),
          unknownValue: restoreNumber(unknownValue),
        })),
      }
  }
}
