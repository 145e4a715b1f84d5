// Random preprocessing over five features and random trees on top, with a schema that admits what the graph can take.

import type { FeatureSchema, ModelSchema } from '../../../src/artifact/schema.ts'
import { createSeededRandom } from '../../../src/rows/seeded-random.ts'
import type { ColumnRef, Region, RegionGraph } from '../../../src/regions/region.ts'
import type { CategorySet, SplitTrees } from '../../../src/regions/split-trees.ts'

export type RandomGraph = {
  readonly graph: RegionGraph
  readonly schema: ModelSchema
  readonly thresholds: readonly number[]
}

/** Features 0 to 2 are numbers, 3 is one of five categories, 4 a number of few values. */
export const featureCount = 5

const specialThresholds = [0, -0, 0.5, 1, -1, 2, 3, Number.POSITIVE_INFINITY, -1e300, 1e300, 2 ** -1074, 16777217]

/** The same graph for the same seed. */
export class Random {
  /** From 0 up to, not including, 1. */
  readonly unit: () => number

  constructor(seed: number) {
    this.unit = createSeededRandom(seed).uniform
  }

  /** From 0 to `most`. */
  nat(most: number): number {
    return Math.floor(this.unit() * (most + 1))
  }

  boolean(): boolean {
    return this.unit() < 0.5
  }

  real(low: number, high: number): number {
    return low + this.unit() * (high - low)
  }

  pick<T>(values: readonly T[]): T {
    return values[this.nat(values.length - 1)]
  }
}

export function randomGraph(random: Random): RandomGraph {
  const regions: Region[] = [{ kind: 'input', width: featureCount }]
  const columns = [0, 1, 2, 3, 4].flatMap((column) => preprocess(random, regions, { region: 0, column }))
  const trees = randomTrees(random, columns)
  regions.push(trees)
  const output = [{ region: regions.length - 1, column: 0 }]
  return { graph: { regions, output }, schema: schemaOf(), thresholds: [...trees.threshold] }
}

function preprocess(random: Random, regions: Region[], raw: ColumnRef): ColumnRef[] {
  const add = (region: Region, width = 1): ColumnRef[] => {
    const number = regions.push(region) - 1
    return Array.from({ length: width }, (_, column) => ({ region: number, column }))
  }
  const impute = (ref: ColumnRef, fill: number, missing = Number.NaN): ColumnRef => {
    return add({ kind: 'impute', inputs: [ref], missing: [missing], fill: [fill] })[0]
  }
  if (raw.column === 3 || raw.column === 4) return encode(random, add, impute, raw)
  let ref = raw
  const found: ColumnRef[] = random.boolean() ? [raw] : []
  if (random.boolean()) ref = impute(ref, random.real(-30, 30))
  else if (random.boolean()) ref = impute(impute(ref, -9), random.real(-30, 30), -9)
  if (random.boolean()) found.push(...add({ kind: 'indicator', inputs: [raw], missing: [Number.NaN] }))
  for (let steps = random.nat(2); steps > 0; steps--) {
    const slope = random.pick([1, 2.5, 0.1, 1 / 3, 1e-8, -1, -0.7, 1e6])
    const shift = random.real(-100, 100)
    const clip = random.boolean() ? undefined : ([-1, 1] as const)
    const form = random.pick(['subtract-divide', 'multiply-add'] as const)
    const [first, second] = form === 'multiply-add' ? [[slope], [shift]] : [[shift], [slope]]
    ref = add({ kind: 'scale', inputs: [ref], form, first, second, clip })[0]
  }
  return [...found, ref]
}

function encode(
  random: Random,
  add: (region: Region, width?: number) => ColumnRef[],
  impute: (ref: ColumnRef, fill: number) => ColumnRef,
  raw: ColumnRef,
): ColumnRef[] {
  const ref = random.boolean() ? impute(raw, 2) : raw
  const keys = [0, 1, 2, 3, Number.NaN]
  const slots = [0, 1, -1, 2, 2]
  const oneHot = add(
    { kind: 'one-hot', inputs: [ref], columns: [{ keys, slots, width: 3, unknownSlot: random.pick([-1, 2]) }] },
    3,
  )
  const values = [4, 3, Number.NaN, 1, random.pick([Number.NaN, -2])]
  const ordinal = add({
    kind: 'ordinal',
    inputs: [ref],
    columns: [{ keys, values, unknownValue: random.pick([-1, Number.NaN]) }],
  })
  const scaled = add({ kind: 'scale', inputs: oneHot.slice(0, 1), form: 'subtract-divide', first: [0.3], second: [-2] })
  return [...oneHot, ...ordinal, ...scaled]
}

function randomTrees(random: Random, inputs: readonly ColumnRef[]): SplitTrees {
  const jump: number[] = []
  const feature: number[] = []
  const threshold: number[] = []
  const missingLeft: number[] = []
  const categorySet: number[] = []
  const categorySets: CategorySet[] = []
  const treeStart = [0]
  const grow = (depth: number): void => {
    const position = jump.push(0) - 1
    const column = random.nat(inputs.length - 1)
    const isLeaf = depth === 0 || random.nat(4) === 0
    feature.push(column)
    threshold.push(isLeaf ? 0 : random.boolean() ? random.real(-50, 50) : random.pick(specialThresholds))
    missingLeft.push(random.nat(1))
    categorySet.push(-1)
    if (isLeaf) return
    grow(depth - 1)
    jump[position] = jump.length - position
    grow(depth - 1)
  }
  for (let tree = 1 + random.nat(3); tree > 0; tree--) {
    grow(4)
    treeStart.push(jump.length)
  }
  const precision = random.pick(['float32', 'float64'] as const)
  // Categories are tested on the raw columns only, and unrounded.
  for (let node = 0; precision === 'float64' && node < jump.length; node++) {
    if (jump[node] === 0 || inputs[feature[node]].region !== 0 || random.boolean()) continue
    const known = new Set([0, 1, 2, 3, 4])
    categorySet[node] = categorySets.push({ left: new Set([...known].filter(() => random.boolean())), known }) - 1
  }
  const leafCount = jump.filter((step) => step === 0).length
  return {
    kind: 'split-trees',
    inputs,
    precision,
    treeStart: Int32Array.from(treeStart),
    jump: Int32Array.from(jump),
    feature: Int32Array.from(feature),
    threshold: Float64Array.from(threshold),
    missingLeft: Uint8Array.from(missingLeft),
    categorySet: Int32Array.from(categorySet),
    categorySets,
    leafWidth: 1,
    // Distinct powers keep every path apart in the sum.
    leafValues: Float64Array.from({ length: leafCount }, (_, leaf) => leaf + 1 + 1 / (leaf + 2)),
    cover: new Float64Array(0),
    outputWidth: 1,
    treeOutput: new Int32Array(0),
    aggregate: 'sum',
    base: Float64Array.of(0.25),
  }
}

function schemaOf(): ModelSchema {
  const features = Array.from({ length: featureCount }, (_, i): FeatureSchema => {
    const base = { name: `x${i}`, used: true, missing: 'handled' } as const
    if (i === 3) return { ...base, dtype: 'string', categories: ['a', 'b', 'c', 'd', 'e'], unknown: 'ignored' }
    return { ...base, dtype: 'number', infinite: true }
  })
  return { features, outputs: ['value'] }
}
