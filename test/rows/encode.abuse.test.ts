// Encoders asked for what the regions cannot give, and batches larger than their slabs.

import { describe, expect, it } from 'vitest'
import type { GraphInput } from '../../src/artifact/metadata.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import { createEncoder } from '../../src/rows/encode.ts'

const layer = {
  inputWidth: 1,
  outputWidth: 1,
  weights: Float64Array.of(1),
  bias: Float64Array.of(0),
  activation: 'relu',
} as const

const chained: RegionGraph = {
  regions: [
    { kind: 'input', width: 1 },
    { kind: 'dense-chain', inputs: [{ region: 0, column: 0 }], layers: [layer] },
    { kind: 'dense-chain', inputs: [{ region: 1, column: 0 }], layers: [layer] },
  ],
  output: [{ region: 2, column: 0 }],
}

const refused: readonly [string, GraphInput, RegExp][] = [
  [
    'a width that the region does not have',
    { name: 'features', width: 2, region: 1 },
    /as wide as region 1 makes it, 1, got 2/,
  ],
  [
    'ranks from a region of another kind',
    { name: 'ranks', width: 1, region: 1 },
    /a ranks region, got region 1 \(dense-chain\)/,
  ],
  ['a region that is not there', { name: 'features', width: 1, region: 9 }, /region 9 \(not there\)/],
]

describe('encoder, misused', () => {
  it.each(refused)('refuses %s', (_, input, message) => {
    expect(() => createEncoder(chained, [input])).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }))
    expect(() => createEncoder(chained, [input])).toThrow(message)
  })

  it('refuses a graph without an input region', () => {
    expect(() => createEncoder({ regions: [], output: [] }, [])).toThrow(/region 0/)
  })

  it.each([
    ['slab', 2, new Float32Array(1)],
    ['rows', 1, new Float32Array(2)],
  ])('refuses a batch that its %s cannot hold, instead of answering from old values', (_, rowValues, slab) => {
    const encoder = createEncoder(chained, [{ name: 'features', width: 1, region: 1 }])
    expect(() => encoder.encode(new Float64Array(rowValues), 2, [slab])).toThrow(
      /must hold 2 values for this batch, got 1/,
    )
  })
})
