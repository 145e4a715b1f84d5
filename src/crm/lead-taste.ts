// What a lead reacted to in; how much a listing is like what it liked out.

import { type LeadReaction, reactionWeights } from './lead.ts'
import { listingColumn, listingNumberCount, readListingNumbers } from './listing-numbers.ts'
import type { Listing } from './listing.ts'
import { comparableName } from './place-names.ts'

/** Fewer say nothing of a taste; EnterpriseHub's content-based matching needs as many. */
export const fewestReactions = 3

/** EnterpriseHub's shares of price, place and features; those of pictures and texts, which no record has, are kind and size. */
const shares = { price: 0.3, place: 0.25, amenities: 0.2, kind: 0.15, size: 0.1 } as const

/** Nobody's taste is narrower than 15 % of a price or size. */
const narrowest = 0.15

export type LeadTaste = {
  readonly reactionCount: number
  /** 0 to 1. */
  score(listing: Listing, numbers: Float64Array): number
}

/**
 * Over what is liked, each reaction counting by its weight: price and size as e^(−z²/2) by the mean and deviation of their
 * logarithms, place and kind as their weight ÷ that of the most liked one, amenities as the mean share of the liked listings that
 * have them ÷ that of the most liked one; renormalised over what both sides say.
 * @param warn told each reaction whose listing or kind cannot be; it does not count
 * @returns undefined for fewer than 3 reactions
 */
export function learnTaste(
  reactions: readonly LeadReaction[] | undefined,
  warn: (id: string, reason: string) => void,
): LeadTaste | undefined {
  if (!Array.isArray(reactions)) return undefined
  const [price, size] = [createLogMean(), createLogMean()]
  const [places, kinds, amenities] = [createLikes(), createLikes(), createLikes()]
  const numbers = new Float64Array(listingNumberCount)
  let reactionCount = 0
  for (const given of reactions as readonly LeadReaction[]) {
    const fault = faultOf(given, numbers)
    if (fault !== undefined) {
      warn(typeof given?.listing?.id === 'string' ? given.listing.id : '', fault)
      continue
    }
    const { listing, reaction } = given
    const weight = reactionWeights[reaction]
    reactionCount++
    price.add(numbers[listingColumn.price], weight)
    size.add(numbers[listingColumn.sqft], weight)
    places.add(placeOf(listing), weight)
    kinds.add(listing.propertyType, weight)
    for (const amenity of new Set(listing.amenities ?? [])) amenities.add(amenity, weight)
  }
  if (reactionCount < fewestReactions) return undefined
  const [priceFit, sizeFit] = [price.fit(), size.fit()]
  return {
    reactionCount,
    score(listing, values) {
      let sum = 0
      let known = 0
      const add = (share: number, fit: number): void => {
        if (Number.isNaN(fit)) return
        sum += share * fit
        known += share
      }
      add(shares.price, priceFit(values[listingColumn.price]))
      add(shares.place, places.share(placeOf(listing)))
      add(shares.amenities, amenities.meanShare(listing.amenities))
      add(shares.kind, kinds.share(listing.propertyType))
      add(shares.size, sizeFit(values[listingColumn.sqft]))
      return sum / known
    },
  }
}

function faultOf(given: LeadReaction, numbers: Float64Array): string | undefined {
  if (!Object.hasOwn(reactionWeights, String(given?.reaction)))
    return `reaction: expected one of ${Object.keys(reactionWeights).join(', ')}`
  const fault = readListingNumbers(given.listing, numbers)
  return fault === undefined ? undefined : `reaction: ${fault}`
}

function placeOf({ neighborhood, postalCode, city }: Listing): string | undefined {
  return neighborhood || postalCode || city
}

/** Weights by name; every share is NaN where nothing was liked, or nothing is asked for. */
function createLikes() {
  const weights = new Map<string, number>()
  /** By name as it is written: listings share few, and each is made comparable once. */
  const shareOf = new Map<string, number>()
  let greatest = 0

  function share(name: string | undefined): number {
    if (!name || greatest === 0) return NaN
    let known = shareOf.get(name)
    if (known === undefined) {
      known = (weights.get(comparableName(name)) ?? 0) / greatest
      shareOf.set(name, known)
    }
    return known
  }

  return {
    add(name: string | undefined, weight: number): void {
      if (!name) return
      const comparable = comparableName(name)
      const sum = (weights.get(comparable) ?? 0) + weight
      weights.set(comparable, sum)
      greatest = Math.max(greatest, sum)
      shareOf.clear()
    },
    share,
    meanShare(names: readonly string[] | undefined): number {
      if (names == null || names.length === 0) return NaN
      let sum = 0
      for (let i = 0; i < names.length; i++) sum += share(names[i])
      return sum / names.length
    },
  }
}

/** Weighted mean and deviation of logarithms; what is not above 0 does not count. */
function createLogMean() {
  let [weights, sum, squares] = [0, 0, 0]
  return {
    add(value: number, weight: number): void {
      if (!(value > 0)) return
      const log = Math.log(value)
      weights += weight
      sum += weight * log
      squares += weight * log * log
    },
    fit(): (value: number) => number {
      const mean = sum / weights
      const deviation = Math.max(narrowest, Math.sqrt(Math.max(0, squares / weights - mean * mean)))
      return (value) => (value > 0 ? Math.exp(-0.5 * ((Math.log(value) - mean) / deviation) ** 2) : NaN)
    },
  }
}
