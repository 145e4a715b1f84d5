// Each factor against values worked by hand, with the silent cases, and within 0 to 1 whatever is put in.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bathroomsScore,
  bedroomsScore,
  budgetScore,
  commuteScore,
  distanceKm,
  hoaFeeScore,
  homeAgeScore,
  lotSizeScore,
  marketTimingScore,
  parkingScore,
  schoolsScore,
  sqftScore,
  walkabilityScore,
} from '../../src/crm/factor-scores.ts'

type Case = readonly [score: (...values: number[]) => number, values: readonly number[], expected: number]

const cases: readonly Case[] = [
  [budgetScore, [300_000, 200_000, 400_000], 1],
  [budgetScore, [400_000, NaN, 400_000], 1],
  [budgetScore, [440_000, NaN, 400_000], 0.5],
  [budgetScore, [480_000, NaN, 400_000], 0],
  [budgetScore, [900_000, NaN, 400_000], 0],
  [budgetScore, [180_000, 200_000, 400_000], 0.9],
  [budgetScore, [50_000, 200_000, NaN], 0.8],
  [budgetScore, [50_000, NaN, NaN], NaN],
  [bedroomsScore, [4, 3], 1],
  [bedroomsScore, [2, 3], 0.5],
  [bedroomsScore, [1, 3], 0],
  [bedroomsScore, [NaN, 3], NaN],
  [bedroomsScore, [3, NaN], NaN],
  [bathroomsScore, [2, 2], 1],
  [bathroomsScore, [1.5, 2], 0.7],
  [bathroomsScore, [1, 2], 0.4],
  [sqftScore, [2000, 2000], 1],
  [sqftScore, [1700, 2000], 0.5],
  [sqftScore, [1400, 2000], 0],
  [sqftScore, [1400, 0], 1],
  [sqftScore, [NaN, 0], NaN],
  [lotSizeScore, [3500, 5000], 0.5],
  [lotSizeScore, [1000, 5000], 0],
  [commuteScore, [10, 10], 1],
  [commuteScore, [15, 10], 0.5],
  [commuteScore, [25, 10], 0],
  [commuteScore, [0, 0], 1],
  [commuteScore, [1, 0], 0],
  [commuteScore, [NaN, 0], NaN],
  [hoaFeeScore, [100, 100], 1],
  [hoaFeeScore, [150, 100], 0.5],
  [hoaFeeScore, [1, 0], 0],
  [hoaFeeScore, [0, 0], 1],
  [homeAgeScore, [20, 20], 1],
  [homeAgeScore, [30, 20], 0.5],
  [homeAgeScore, [80, 20], 0],
  [parkingScore, [1, 2], 0.5],
  [parkingScore, [3, 2], 1],
  [parkingScore, [0, 0], 1],
  [parkingScore, [NaN, 0], NaN],
  [schoolsScore, [8], 0.8],
  [walkabilityScore, [35], 0.35],
  // in haste: only that it is fresh; without haste: only the bargain
  [marketTimingScore, [5, 0, 1], 0.8],
  [marketTimingScore, [45, 0, 0], 0.5],
  [marketTimingScore, [45, 0.02, 0], 0.7],
  [marketTimingScore, [5, NaN, NaN], 0.5 * 0.8 + (0.5 * 5) / 90],
  [marketTimingScore, [NaN, 0.1, 1], NaN],
]

it.each(cases.map(([score, values, expected]) => [score.name, values, expected, score] as const))(
  '%s of %j is %d',
  (_name, values, expected, score) => {
    const result = score(...values)
    if (Number.isNaN(expected)) expect(result).toBeNaN()
    else expect(result).toBeCloseTo(expected, 12)
  },
)

const value = fc.oneof(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constantFrom(0, 1, NaN))
const wishScores = [
  budgetScore,
  bedroomsScore,
  bathroomsScore,
  sqftScore,
  lotSizeScore,
  commuteScore,
  hoaFeeScore,
  homeAgeScore,
  parkingScore,
] as readonly ((...values: number[]) => number)[]

describe.each(wishScores.map((score) => [score.name, score] as const))('%s', (_name, score) => {
  it('is 0 to 1, or NaN where either side is silent', () => {
    fc.assert(
      fc.property(value, value, value, (offered, wanted, most) => {
        const result = score(offered, wanted, most)
        if (Number.isNaN(result)) expect([offered, wanted, most].some(Number.isNaN)).toBe(true)
        else expect(result >= 0 && result <= 1).toBe(true)
      }),
    )
  })
})

describe('distanceKm', () => {
  it('is within 1 % of the great circle across Sacramento', () => {
    // 38.5816° N 121.4944° W to 38.7521° N 121.2880° W: 26.087 km by the haversine formula on a sphere of 6,371 km
    const km = distanceKm(38.5816, -121.4944, 38.7521, -121.288)
    expect(Math.abs(km / 26.087 - 1)).toBeLessThan(0.01)
  })

  it('goes the short way over the date line', () => {
    expect(distanceKm(0, 179.9, 0, -179.9)).toBeCloseTo(0.2 * 111.2, 6)
  })
})
