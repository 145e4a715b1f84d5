// A column of a region graph in; the one feature that it is made of out.

import { createError } from '../errors.ts'
import { oneHotPosition } from '../regions/one-hot.ts'
import type { ColumnRef, RegionGraph } from '../regions/region.ts'

/** @throws UNSUPPORTED where the column comes out of a model, and so of several features */
export function columnFeature(graph: RegionGraph, ref: ColumnRef): number {
  const region = graph.regions[ref.region]
  switch (region.kind) {
    case 'input':
      return ref.column
    case 'impute':
    case 'indicator':
    case 'scale':
    case 'ordinal':
    case 'ranks':
      return columnFeature(graph, region.inputs[ref.column])
    case 'one-hot':
      return columnFeature(graph, region.inputs[oneHotPosition(region, ref.column).input])
    default:
      throw createError(
        'UNSUPPORTED',
        `a model that reads the output of another (${region.kind}) cannot be explained feature by feature; explain the first of the two by itself`,
      )
  }
}
