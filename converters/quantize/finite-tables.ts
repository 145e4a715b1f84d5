// A region graph in; nothing out, or an error that names the first weight that is no finite number.

import { createError } from '../../src/errors.ts'
import type { Region, RegionGraph } from '../../src/regions/region.ts'

/** @throws FILE_CORRUPT */
export function assertFiniteTables(graph: RegionGraph): void {
  graph.regions.forEach((region, index) => {
    for (const [table, values] of weightTables(region)) {
      const at = values.findIndex((value) => !Number.isFinite(value))
      if (at < 0) continue
      throw createError(
        'FILE_CORRUPT',
        `${table} of region ${index} (${region.kind}) must hold finite numbers, got ${values[at]} at element ${at}. Train the model again: its fit did not converge`,
        { details: { region: index, table, element: at } },
      )
    }
  })
}

function weightTables(region: Region): readonly (readonly [name: string, values: Float64Array])[] {
  switch (region.kind) {
    case 'tree-ensemble':
    case 'split-trees':
      return [
        ['the leaf values', region.leafValues],
        ['the base', region.base],
        ['the cover', region.cover],
      ]
    case 'dense-chain':
      return region.layers.flatMap((layer, number) => [
        [`the weights of layer ${number}`, layer.weights] as const,
        [`the bias of layer ${number}`, layer.bias] as const,
      ])
    default:
      return []
  }
}
