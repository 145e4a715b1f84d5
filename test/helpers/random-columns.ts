// Random graphs of column-wise regions over three features, and values that are hard for them, for tests of encoders.

import fc from 'fast-check'
import type { ColumnRef } from '../../src/regions/column-ref.ts'
import type { Region, RegionGraph } from '../../src/regions/region.ts'

type Spec = {
  kind: Region['kind']
  picks: number[]
  numbers: number[]
  keys: number[]
  isSecond: boolean
  clip: boolean
}

const ref = (region: number, column: number): ColumnRef => ({ region, column })

/** Values of canonical rows. */
export const hardValues = fc.oneof(
  fc.constantFrom(0, -0, 1, 2, 3, -1, NaN, Infinity, -Infinity, 0.5, 1e-35, 5e-324, 2 ** 53, 2 ** 53 + 2, -9999),
  fc.constantFrom(1_700_000_000_123, 2 ** 31, -(2 ** 31), 2 ** 32 + 1, 1e300, -1e300, 1 + 2 ** -52, 5000),
  fc.double({ min: -10, max: 10 }),
)

const finite = fc.oneof(fc.constantFrom(0, 1, 2, 3, -1, 0.5, -9999), fc.double({ min: -5, max: 5, noNaN: true }))

const keys = fc.array(
  fc.oneof(fc.constantFrom(0, -0, 1, 2, 3, NaN, -1, 0.5, 5000, 1e9, 2 ** 53), fc.integer({ min: 0, max: 6 })),
  { maxLength: 6 },
)

/** Regions that each read any columns before them; the graph's output is every column of every region. */
export const randomColumnGraphs = fc
  .array(
    fc.record<Spec>({
      kind: fc.constantFrom('impute', 'indicator', 'scale', 'one-hot', 'ordinal', 'ranks'),
      picks: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
      numbers: fc.array(finite, { minLength: 9, maxLength: 60 }),
      keys,
      isSecond: fc.boolean(),
      clip: fc.boolean(),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map(graphOf)

function graphOf(list: readonly Spec[]): RegionGraph {
  const regions: Region[] = [{ kind: 'input', width: 3 }]
  const columns: ColumnRef[] = [0, 1, 2].map((column) => ref(0, column))
  for (const spec of list) {
    const region = regionOf(
      spec,
      spec.picks.map((pick) => columns[pick % columns.length]),
    )
    for (let column = 0; column < widthOf(region); column++) columns.push(ref(regions.length, column))
    regions.push(region)
  }
  return { regions, output: columns }
}

function regionOf({ kind, numbers, keys: known, isSecond, clip }: Spec, inputs: readonly ColumnRef[]): Region {
  const missing = inputs.map((_, i) => (isSecond && i % 2 === 0 ? numbers[8] : NaN))
  switch (kind) {
    case 'impute':
      return { kind, inputs, missing, fill: inputs.map((_, i) => numbers[i]) }
    case 'indicator':
      return { kind, inputs, missing }
    case 'scale': {
      const form = isSecond ? 'subtract-divide' : 'multiply-add'
      const [first, second] = [inputs.map((_, i) => numbers[i]), inputs.map((_, i) => numbers[4 + i])]
      return { kind, inputs, form, first, second, ...(clip && { clip: [-1, 1] as const }) }
    }
    case 'one-hot': {
      const columns = inputs.map((_, i) => ({
        keys: known,
        slots: known.map((_key, k) => (k === 1 && isSecond ? -1 : k % (i + 2))),
        width: i + 2,
        unknownSlot: clip ? 0 : -1,
      }))
      return { kind, inputs, columns }
    }
    case 'ordinal': {
      const values = known.map((_, k) => (k === 2 ? NaN : k === 3 ? -0 : k))
      return { kind, inputs, columns: inputs.map(() => ({ keys: known, values, unknownValue: isSecond ? NaN : -1 })) }
    }
    default:
      return { kind: 'ranks', inputs, columns: inputs.map((_, i) => (i % 2 === 0 ? rank(i) : member())) }
  }

  function rank(i: number) {
    const flipPoints = Float64Array.from(new Set([...numbers.map((x) => x + 0), ...(clip ? [Infinity] : [])])).sort()
    return { kind: 'rank', flipPoints, missingValue: missing[i], missing: isSecond ? 'lowest' : 'highest' } as const
  }

  function member() {
    const bits = known.map((_key, k) => (k % 2 === 0 ? 1 : 0) as 0 | 1)
    return { kind: 'member', keys: known, bits, unknownBit: isSecond ? 1 : 0 } as const
  }
}

function widthOf(region: Region): number {
  switch (region.kind) {
    case 'input':
      return region.width
    case 'one-hot':
      return region.columns.reduce((sum, { width }) => sum + width, 0)
    case 'dense-chain':
    case 'split-trees':
    case 'tree-ensemble':
      throw new Error('not column-wise')
    default:
      return region.inputs.length
  }
}
