// Every formula that a region graph may hold: a region in, its spec, its columns and its row function out.

import type { Fail } from '../table-checks.ts'
import { classPairs } from './class-pairs.ts'
import { columnGroups } from './column-groups.ts'
import { columnMap } from './column-map.ts'
import { covariances } from './covariances.ts'
import { distances } from './distances.ts'
import { gaussians } from './gaussians.ts'
import { kernelValues } from './kernel-values.ts'
import { exactLinear, linear } from './linear.ts'
import { linearLeaves } from './linear-leaves.ts'
import { normalize } from './normalize.ts'
import { normalizeBy } from './normalize-by.ts'
import { pairProbabilities } from './pair-probabilities.ts'
import { pairVotes } from './pair-votes.ts'
import { polynomial } from './polynomial.ts'
import { quantiles } from './quantiles.ts'
import { radiusNeighbors } from './radius-neighbors.ts'
import { splines } from './splines.ts'
import { termWeights } from './term-weights.ts'
import { weightedMedian } from './weighted-median.ts'
import { neighborImputer } from './neighbor-imputer.ts'
import { neighbors } from './neighbors.ts'
import type { FormulaSpec } from './define-formula.ts'
import type { RowFunction } from './row-function.ts'

/** One line a formula. */
const specs = {
  map: columnMap,
  groups: columnGroups,
  linear,
  'exact-linear': exactLinear,
  'linear-leaves': linearLeaves,
  normalize,
  'normalize-by': normalizeBy,
  polynomial,
  quantiles,
  splines,
  gaussians,
  distances,
  neighbors,
  'neighbor-imputer': neighborImputer,
  'radius-neighbors': radiusNeighbors,
  'weighted-median': weightedMedian,
  'term-weights': termWeights,
  kernels: kernelValues,
  covariances,
  'class-pairs': classPairs,
  'pair-votes': pairVotes,
  'pair-probabilities': pairProbabilities,
} as const

export type FormulaKind = keyof typeof specs
type RegionOf<Spec> = Spec extends FormulaSpec<string, infer Region> ? Region : never
export type Formula = { readonly [Kind in FormulaKind]: RegionOf<(typeof specs)[Kind]> }[FormulaKind]
export type FormulaOfKind<Kind extends FormulaKind> = Extract<Formula, { kind: Kind }>

/** The specs take what they made: regions and specs share their kind. */
export function formulaSpec(kind: FormulaKind): FormulaSpec<FormulaKind, Formula> {
  return specs[kind] as unknown as FormulaSpec<FormulaKind, Formula>
}

export const formulaKinds = Object.keys(specs) as FormulaKind[]

export function isFormula(region: { readonly kind: string }): region is Formula {
  return Object.hasOwn(specs, region.kind)
}

export function verifyFormula(region: Formula, fail: Fail): number {
  return formulaSpec(region.kind).verify(region, fail)
}

const compiled = new WeakMap<Formula, RowFunction>()

/** The same function each time it is asked for one region. */
export function formulaFunction(region: Formula): RowFunction {
  const known = compiled.get(region)
  if (known !== undefined) return known
  const made = formulaSpec(region.kind).compile(region)
  compiled.set(region, made)
  return made
}

/** Fields that no formula can compute with. */
export class FormulaFault extends RangeError {}

const widths = new WeakMap<Formula, number>()

/** Columns that a region gives. @throws FormulaFault where it cannot be computed */
export function formulaWidth(region: Formula): number {
  const known = widths.get(region)
  if (known !== undefined) return known
  const width = formulaSpec(region.kind).verify(region, (field, expectation) => {
    throw new FormulaFault(`${region.kind}, field ${field}: ${expectation}`)
  })
  widths.set(region, width)
  return width
}
