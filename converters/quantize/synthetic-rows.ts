// What a model knows of its features in, any number of plausible canonical rows out, always the same for one seed.

import type { FeatureKnowledge } from './feature-knowledge.ts'
import { createSeededRandom, type SeededRandom } from '../../src/rows/seeded-random.ts'

/** Share of values left missing, and of categories left unknown, where the model has an answer to that. */
const absentShare = 0.05

/** Rows that lie farther out than scalers learnt do so by up to 30 times: real numbers have heavy tails. */
const farExponent = 1.5

export type SyntheticOptions = {
  readonly seed: number
  /** Share of rows that lie far out. @default 0 */
  readonly farShare?: number
  /** How large features are of which the model says nothing. @default 1 */
  readonly unknownReach?: number
  /** `false` keeps features whose scaler found no width at their usual value. @default true */
  readonly hasOutliers?: boolean
}

/** Inputs of small weights are seldom small themselves: nobody scaled them, and all add to the answer. */
const widestGuess = 1e3

export function syntheticRows(
  knowledge: readonly FeatureKnowledge[],
  rowCount: number,
  { seed, farShare = 0, unknownReach = 1, hasOutliers = true }: SyntheticOptions,
): Float64Array[] {
  const random = createSeededRandom(seed)
  // Models without points draw what they always drew.
  const hasSamples = knowledge.some(({ samples }) => samples !== undefined)
  const counted = Int32Array.from(knowledge.flatMap(({ feature }, at) => (feature.of === undefined ? [] : [at])))
  return Array.from({ length: rowCount }, () => {
    // Features that nobody scaled are counts, prices and pixels as often as centred numbers: they rise and fall together.
    const shared = random.normal()
    const reach = random.uniform() < farShare ? 10 ** (farExponent * random.uniform()) : 1
    const between = hasSamples ? betweenPoints(random) : undefined
    const traits = { shared, reach, unknownReach, hasOutliers, between }
    const row = new Float64Array(knowledge.length)
    knowledge.forEach((each, at) => {
      const { dtype, of } = each.feature
      if (dtype === 'text' || of !== undefined) return
      const value = syntheticValue(each, traits, random)
      row[at] = each.isPositive === true ? Math.abs(value) : value
    })
    countTerms(row, counted, random)
    return row
  })
}

/** Terms that a text has of those which a model knows, about: most texts are short, and most terms rare. */
const usualTerms = 30

/** Goes from one term that is there to the next: a draw for each that is not would take longer than all the rest. */
function countTerms(row: Float64Array, places: Int32Array, random: SeededRandom): void {
  // models that read no text draw what they always drew
  if (places.length === 0) return
  const share = usualTerms / Math.max(usualTerms, places.length)
  // the number of misses before a hit is geometric; where every term is there, 1 / log(0) is 0
  const scale = 1 / Math.log(1 - share)
  const next = (): number => Math.floor(Math.log(1 - random.uniform()) * scale)
  for (let at = next(); at < places.length; at += 1 + next())
    row[places[at]] = random.uniform() < 0.8 ? 1 : 1 + random.integer(4)
}

type RowTraits = Required<Pick<SyntheticOptions, 'unknownReach' | 'hasOutliers'>> & {
  readonly shared: number
  readonly reach: number
  readonly between?: BetweenPoints | undefined
}

/** Two points of a formula's, as shares of their number, and how far the row lies from one to the other. */
type BetweenPoints = { readonly first: number; readonly second: number; readonly way: number }

/** Rows that a model was trained on are asked again, and answered otherwise than their neighbours. */
const pointShare = 0.25

function betweenPoints(random: SeededRandom): BetweenPoints {
  const [first, second, way] = [random.uniform(), random.uniform(), random.uniform()]
  return { first, second, way: random.uniform() < pointShare ? 0 : way }
}

function sampleBetween(samples: Float64Array, { first, second, way }: BetweenPoints): number {
  const at = (share: number): number => samples[Math.floor(share * samples.length)]
  return at(first) + way * (at(second) - at(first))
}

function syntheticValue(
  knowledge: FeatureKnowledge,
  { shared, reach, unknownReach, hasOutliers, between }: RowTraits,
  random: SeededRandom,
): number {
  const { feature, flipPoints, keys, spread, fill } = knowledge
  const isAbsent = random.uniform() < absentShare
  if (isAbsent && feature.missing === 'handled') return NaN
  if (keys.length > 0 && flipPoints.length === 0) {
    if (isAbsent && feature.dtype === 'string' && feature.unknown === 'ignored') return -1
    return keys[random.integer(keys.length)]
  }
  if (flipPoints.length > 0) return nearFlipPoint(flipPoints, random)
  if (spread !== undefined && isOfNoWidth(spread))
    return hasOutliers ? mostlyCenter(spread.center, random) : spread.center
  if (spread?.shape === 'uniform') return spread.center + reach * spread.width * (2 * random.uniform() - 1)
  if (spread !== undefined) return spread.center + reach * spread.width * random.normal()
  if (knowledge.samples !== undefined && between !== undefined) return sampleBetween(knowledge.samples, between)
  if (feature.range !== undefined) return feature.range[0] + (feature.range[1] - feature.range[0]) * random.uniform()
  const width = guessedWidth(knowledge)
  if (fill !== undefined) return fill + Math.max(width, Math.abs(fill) / 2) * random.normal()
  return (unknownReach * width * reach * (random.normal() + shared)) / Math.SQRT2
}

/** Whether rows without outliers differ from rows with them: by features whose scaler found no width. */
export function mayHaveOutliers({ spread }: FeatureKnowledge): boolean {
  return spread !== undefined && isOfNoWidth(spread)
}

function isOfNoWidth({ width, shape }: NonNullable<FeatureKnowledge['spread']>): boolean {
  return width === 1 && shape === 'normal'
}

/** Between what is so where all inputs are alike, 1, and where all add alike to the answer, 1 / weight. */
function guessedWidth({ weight }: FeatureKnowledge): number {
  return weight === undefined || weight === 0 ? 1 : Math.min(widestGuess, Math.sqrt(1 / weight))
}

/**
 * A scaler divides by exactly 1 where it found no width: most training rows had one value (debts of 0, say), and the
 * others may lie anywhere.
 */
function mostlyCenter(center: number, random: SeededRandom): number {
  if (random.uniform() < 0.75) return center
  return center + Math.sign(random.uniform() - 0.5) * 10 ** (4 * random.uniform())
}

/** Each interval between flip points is equally likely, the two open ends included. */
function nearFlipPoint(flipPoints: readonly number[], random: SeededRandom): number {
  const interval = random.integer(flipPoints.length + 1)
  const last = flipPoints.length - 1
  const reach = Math.max(1e-9, (flipPoints[last] - flipPoints[0]) / (last + 1), Math.abs(flipPoints[0]) * 1e-6)
  if (interval === 0) return flipPoints[0] - reach * random.uniform()
  if (interval > last) return flipPoints[last] + reach * (1 - random.uniform())
  const low = flipPoints[interval - 1]
  return low + (flipPoints[interval] - low) * random.uniform()
}
