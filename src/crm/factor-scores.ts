// Numbers of a wish and of a listing in, how well the one suits the other from 0 to 1 out; NaN where either side is silent.

/** A price under the wished range is a small miss: never less than this. */
const leastUnderRange = 0.8
/** A price this much over the highest one suits nobody. */
const priceTolerance = 0.2
/** A property this much smaller than wished suits nobody; a lot may be twice as far off. */
const sizeTolerance = 0.3
const lotTolerance = 0.6
/** Years over the greatest age until a home suits no more. */
const ageToleranceYears = 20
/** Listings are fresh for so many days, and slow sellers after so many; EnterpriseHub's market hotness and a usual quarter. */
const freshDays = 25
const slowDays = 90
/** A price cut that says that the seller wants to sell. */
const largePriceCut = 0.1
const kmPerDegree = 111.2

/** In the range 1; under it price ÷ lowest, at least 0.8; over it falling to 0 at 20 % over the highest. */
export function budgetScore(price: number, minPrice: number, maxPrice: number): number {
  if (price > maxPrice) return falling((price - maxPrice) / (priceTolerance * maxPrice))
  if (price < minPrice) return Math.max(leastUnderRange, price / minPrice)
  return Number.isNaN(minPrice) && Number.isNaN(maxPrice) ? NaN : 1
}

/** Enough 1, one short ½, two short 0. */
export function bedroomsScore(offered: number, wanted: number): number {
  return falling((wanted - offered) / 2)
}

/** Enough 1; each half short costs 0.3, as in EnterpriseHub's explicit match. */
export function bathroomsScore(offered: number, wanted: number): number {
  return falling((wanted - offered) * 0.6)
}

/** Enough 1, falling to 0 at 30 % too little. */
export function sqftScore(offered: number, wanted: number): number {
  return shortfall(offered, wanted, sizeTolerance)
}

/** Enough 1, falling to 0 at 60 % too little. */
export function lotSizeScore(offered: number, wanted: number): number {
  return shortfall(offered, wanted, lotTolerance)
}

/** Up to the longest good way 1, falling to 0 at twice of it. */
export function commuteScore(km: number, maxKm: number): number {
  return maxKm === 0 ? (km === 0 ? 1 : 0 * km) : falling((km - maxKm) / maxKm)
}

/** Up to the highest fee 1, falling to 0 at twice of it; whoever wants no fee wants none at all. */
export function hoaFeeScore(fee: number, maxFee: number): number {
  return maxFee === 0 ? (fee === 0 ? 1 : 0 * fee) : falling((fee - maxFee) / maxFee)
}

/** Up to the greatest age 1, falling to 0 at 20 years over it. */
export function homeAgeScore(ageYears: number, maxAgeYears: number): number {
  return falling((ageYears - maxAgeYears) / ageToleranceYears)
}

/** Share of the spaces that are wanted. */
export function parkingScore(offered: number, wanted: number): number {
  return wanted === 0 ? 1 + 0 * offered : Math.min(1, offered / wanted)
}

/** A rating of 0 to 10 as a share. */
export function schoolsScore(rating: number): number {
  return rating / 10
}

/** A score of 0 to 100 as a share. */
export function walkabilityScore(walkScore: number): number {
  return walkScore / 100
}

/**
 * How good the moment is for this lead: whoever is in haste wants what is fresh (1 − days ÷ 25), whoever is not wants room to
 * bargain (days ÷ 90 plus price cut ÷ 10 %), in the shares of haste and its opposite. NaN where the days are not known.
 */
export function marketTimingScore(daysOnMarket: number, priceCut: number, urgency: number): number {
  const haste = Number.isNaN(urgency) ? 0.5 : urgency
  const cut = Number.isNaN(priceCut) ? 0 : priceCut / largePriceCut
  const fresh = falling(daysOnMarket / freshDays)
  const bargain = Math.min(1, daysOnMarket / slowDays + cut)
  return haste * fresh + (1 - haste) * bargain
}

/** Kilometres on a flat map about the first point: within 1 % of the great circle for commutes away from the poles. */
export function distanceKm(fromLatitude: number, fromLongitude: number, latitude: number, longitude: number): number {
  const turned = Math.abs(longitude - fromLongitude)
  const east = Math.min(turned, 360 - turned) * Math.cos((fromLatitude * Math.PI) / 180)
  const north = latitude - fromLatitude
  return kmPerDegree * Math.sqrt(east * east + north * north)
}

function shortfall(offered: number, wanted: number, tolerance: number): number {
  if (wanted === 0) return 1 + 0 * offered
  return falling((wanted - offered) / (tolerance * wanted))
}

/** 1 at an excess of 0 or less, 0 at 1 or more; NaN stays. */
function falling(excess: number): number {
  return Math.min(1, Math.max(0, 1 - excess))
}
