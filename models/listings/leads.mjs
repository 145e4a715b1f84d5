// Listings and draws in, simulated leads and the listings that they are shown out; what the three property models learn from.
//
// A lead buys in one of the two cities. Its means are those of a home of the city drawn at random, times e^N(0.05, 0.15). It
// tells some of its wishes: budget 90 % (a lowest price too: 40 %), place 75 % (1 to 3 neighbourhoods or postal codes, or, one
// time in five, the city), bedrooms 80 %, bathrooms 55 %, kind 60 %, size 50 %, way to work 45 %, fees 30 %, lot 25 %, age 30 %,
// parking 35 %, urgency 70 %. Its activity has one hidden cause, zeal: interactions, views and active days rise with it, idle
// days fall; all counts are skewed.
// Half of what it is shown comes from a search by place and price, a quarter by price alone, a quarter by chance.

import { createDraws } from '../simulation/draw.mjs'

/** Year of the simulated market: the last sales of the files. */
export const marketYear = 2010

export function simulateLeads(listings, { seed, leadCount, shownCount }) {
  const draw = createDraws(seed)
  const cities = [listings.filter(({ city }) => city !== 'Ames'), listings.filter(({ city }) => city === 'Ames')].map(
    (homes) => homes.toSorted((a, b) => a.price - b.price),
  )
  return Array.from({ length: leadCount }, (_, i) => {
    const homes = draw.pick(cities)
    const seen = draw.pick(homes)
    const means = seen.price * Math.exp(0.05 + 0.15 * draw.normal())
    const lead = {
      id: `lead-${i + 1}`,
      preferences: wishesOf(draw, { homes, seen, means }),
      activity: simulateActivity(draw),
    }
    return { lead, shown: Array.from({ length: shownCount }, () => shownHome(draw, { homes, lead, means })) }
  })
}

function wishesOf(draw, { homes, seen, means }) {
  const told = (share, wish) => (draw.chance(share) ? wish() : undefined)
  const near = () => areaOf(homes[nearest(homes, means * Math.exp(0.2 * draw.normal()))])
  const office = draw.pick(homes)
  return {
    maxPrice: told(0.9, () => Math.round(means / 1000) * 1000),
    minPrice: told(0.4, () => Math.round((means * draw.between(0.5, 0.8)) / 1000) * 1000),
    locations: told(0.75, () =>
      draw.chance(0.2) ? [seen.city] : Array.from({ length: 1 + Math.floor(3 * draw.uniform()) }, near),
    ),
    minBedrooms: told(0.8, () => Math.max(1, seen.bedrooms - (draw.chance(0.4) ? 1 : 0))),
    minBathrooms: told(0.55, () => Math.max(1, Math.floor(seen.bathrooms))),
    propertyTypes: told(0.6, () => (draw.chance(0.25) ? ['Condo', 'Townhouse'] : [seen.propertyType])),
    minSqft: told(0.5, () => Math.round((seen.sqft * draw.between(0.75, 1.05)) / 50) * 50),
    commuteTo: told(0.45, () => ({
      latitude: office.latitude,
      longitude: office.longitude,
      maxKm: office.city === 'Ames' ? draw.between(1.5, 5) : draw.between(8, 25),
    })),
    maxHoaFee: told(0.3, () => draw.pick([0, 50, 100, 200])),
    minLotSqft: told(0.25, () => draw.pick([5000, 7000, 9000, 12_000])),
    maxHomeAgeYears: told(0.3, () => draw.pick([10, 20, 30, 50])),
    minParkingSpaces: told(0.35, () => draw.pick([1, 2, 2, 3])),
    urgency: told(0.7, () => Number((0.5 * (draw.uniform() + draw.uniform())).toFixed(2))),
  }
}

export function simulateActivity(draw) {
  const zeal = draw.normal()
  const interactions30d = draw.count(5 * Math.exp(0.8 * zeal), 0.5)
  const activeDays30d = Math.min(30, interactions30d, 1 + Math.floor(interactions30d * draw.between(0.2, 0.8)))
  const idle = 7 * Math.exp(-0.7 * zeal + 0.7 * draw.normal())
  return {
    interactions30d,
    activeDays30d,
    propertyViews30d: draw.count(6 * Math.exp(0.6 * zeal), 0.7),
    daysSinceLastInteraction: interactions30d === 0 ? 30 : Math.min(29, Math.floor(idle)),
  }
}

function shownHome(draw, { homes, lead, means }) {
  const how = draw.uniform()
  if (how < 0.25) return draw.pick(homes)
  const atPrice = () => homes[nearest(homes, means * Math.exp(-0.1 + 0.25 * draw.normal()))]
  if (how < 0.5) return atPrice()
  const wished = lead.preferences.locations
  const home = atPrice()
  if (wished === undefined) return home
  // a search by place: the first of some homes at such a price that lies there
  for (let tries = 0; tries < 12; tries++) {
    const other = atPrice()
    if (wished.includes(areaOf(other))) return other
  }
  return home
}

/** Of homes in order of price. */
function nearest(homes, price) {
  let low = 0
  for (let high = homes.length - 1; low < high; ) {
    const middle = (low + high) >> 1
    if (homes[middle].price < price) low = middle + 1
    else high = middle
  }
  return low
}

function areaOf({ neighborhood, postalCode }) {
  return neighborhood ?? postalCode
}
