// A model's metadata and its encoded columns in; whether a row must fit float32 to have an answer, and whether it does, out.

import type { ArtifactMetadata } from '../artifact/metadata.ts'
import type { Slab } from './port.ts'

/**
 * Some kernels make a number of what comes of infinity, so that such a row is told by its columns. Ranks are finite, and a
 * transformer's columns, which are its answer, need not be.
 */
export function mustBeFinite({ kind, inputs }: Pick<ArtifactMetadata, 'kind' | 'inputs'>): boolean {
  return kind !== 'transformer' && inputs.some(({ name }) => name === 'features')
}

/** The first NaN or infinity among the row's columns; undefined where all are finite. */
export function firstNotFinite(columns: readonly Slab[], row: number): number | undefined {
  for (const { width, values } of columns)
    for (let i = row * width; i < (row + 1) * width; i++) if (!Number.isFinite(values[i])) return values[i]
  return undefined
}
