// sacramento.csv and ames.csv in, listings as tfjs-serving/crm reads them out: real sales, and what they lack drawn by a seed.
//
// Real: price (of the sale), bedrooms, bathrooms, square feet, kind, place and position; of Ames also lot, year, parking and
// amenities; areaMedianPrice is the median of the file's own sales of the neighbourhood or postal code.
// Not in the files, and drawn (`syntheticFields`): each neighbourhood gets a wealth w, the standard score of its median price
// within its city's file, and
//   schoolRating = 6 + 1.4·w + N(0, 1.2), in 1…10         safety = 0.75 + 0.08·w + N(0, 0.1), in 0.2…0.99
//   walkScore    = 45 − 4·w + N(0, 18), in 2…98           HOA share = 0.1 + 0.1·max(w, 0); condos and townhouses always
//   hoaFee       = 0 without; else 60·e^(0.3·w + N(0, 0.5)) USD a month, of the neighbourhood, rounded to 5
// and each listing daysOnMarket = 28·e^N(0, 0.9), and a priceCut of N(4 %, 2.5 %), at least 0.5 %, with the probability
// min(0.6, days ÷ 150). Nothing else is made up: of Sacramento, lot, year, parking and amenities stay silent.

import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { createDraws, seedOf } from '../simulation/draw.mjs'

export const syntheticFields = ['schoolRating', 'walkScore', 'safety', 'hoaFee', 'daysOnMarket', 'priceCut']

const seed = 'listings 1'

const ames = {
  OneFam: 'Single Family',
  TwnhsE: 'Townhouse',
  Twnhs: 'Townhouse',
  Duplex: 'Duplex',
  TwoFmCon: 'Two Family',
}
const sacramento = { Residential: 'Single Family', Condo: 'Condo', Multi_Family: 'Multi Family' }

/** All 3,862 listings: 932 of Sacramento, then 2,930 of Ames; the same ones every time. */
export function readListings() {
  return [
    ...withArea(readCsv('sacramento.csv').map(sacramentoListing)),
    ...withArea(readCsv('ames.csv').map(amesListing)),
  ]
}

function sacramentoListing(row, i) {
  return {
    id: `sacramento-${i + 1}`,
    price: Number(row.price),
    bedrooms: Number(row.beds),
    bathrooms: Number(row.baths),
    sqft: Number(row.sqft),
    propertyType: sacramento[row.type],
    city: titled(row.city),
    postalCode: row.zip.replace('z', ''),
    latitude: Number(row.latitude),
    longitude: Number(row.longitude),
  }
}

/** A half bath is half a bathroom; what is below ground counts in neither file. */
function amesListing(row, i) {
  return {
    id: `ames-${i + 1}`,
    price: Number(row.Sale_Price),
    bedrooms: Number(row.Bedroom_AbvGr),
    bathrooms: Number(row.Full_Bath) + Number(row.Half_Bath) / 2,
    sqft: Number(row.Gr_Liv_Area),
    propertyType: ames[row.Bldg_Type],
    city: 'Ames',
    neighborhood: titled(row.Neighborhood),
    latitude: Number(row.Latitude),
    longitude: Number(row.Longitude),
    lotSqft: Number(row.Lot_Area),
    yearBuilt: Number(row.Year_Built),
    parkingSpaces: Number(row.Garage_Cars),
    amenities: amesAmenities(row),
  }
}

function amesAmenities(row) {
  const amenities = []
  if (row.Central_Air === 'Y') amenities.push('air conditioning')
  if (Number(row.Fireplaces) > 0) amenities.push('fireplace')
  if (row.Garage_Type !== 'No_Garage') amenities.push('garage')
  if (Number(row.Total_Bsmt_SF) > 0) amenities.push('basement')
  if (Number(row.Wood_Deck_SF) > 0) amenities.push('deck')
  if (Number(row.Open_Porch_SF) > 0) amenities.push('porch')
  if (Number(row.Pool_Area) > 0) amenities.push('pool')
  if (row.Fence !== 'No_Fence') amenities.push('fence')
  return amenities
}

function withArea(listings) {
  const prices = new Map()
  for (const listing of listings) {
    const area = areaOf(listing)
    if (!prices.has(area)) prices.set(area, [])
    prices.get(area).push(listing.price)
  }
  const medians = new Map([...prices].map(([area, list]) => [area, medianOf(list)]))
  const all = listings.map((listing) => Math.log(medians.get(areaOf(listing))))
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length
  const deviation = Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length)
  const areas = new Map(
    [...medians].map(([area, median]) => [area, areaFacts(area, median, (Math.log(median) - mean) / deviation)]),
  )
  return listings.map((listing) => ({ ...listing, ...listingFacts(listing, areas.get(areaOf(listing))) }))
}

function areaFacts(area, areaMedianPrice, wealth) {
  const draw = createDraws(seedOf(`${seed} ${area}`))
  const within = (value, least, most, digits) => Number(Math.min(most, Math.max(least, value)).toFixed(digits))
  return {
    areaMedianPrice,
    schoolRating: within(6 + 1.4 * wealth + 1.2 * draw.normal(), 1, 10, 1),
    walkScore: within(45 - 4 * wealth + 18 * draw.normal(), 2, 98, 0),
    safety: within(0.75 + 0.08 * wealth + 0.1 * draw.normal(), 0.2, 0.99, 2),
    hoaShare: 0.1 + 0.1 * Math.max(wealth, 0),
    hoaFee: 5 * Math.round(12 * Math.exp(0.3 * wealth + 0.5 * draw.normal())),
  }
}

function listingFacts({ id, propertyType }, { hoaShare, hoaFee, ...area }) {
  const draw = createDraws(seedOf(`${seed} ${id}`))
  const hasFee = propertyType === 'Condo' || propertyType === 'Townhouse' || draw.chance(hoaShare)
  const daysOnMarket = Math.round(28 * Math.exp(0.9 * draw.normal()))
  const isCut = draw.chance(Math.min(0.6, daysOnMarket / 150))
  const priceCut = isCut ? Number(Math.max(0.005, 0.04 + 0.025 * draw.normal()).toFixed(3)) : 0
  return { ...area, hoaFee: hasFee ? hoaFee : 0, daysOnMarket, priceCut }
}

function areaOf({ neighborhood, postalCode }) {
  return neighborhood ?? postalCode
}

function medianOf(values) {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2
}

/** `ELK_GROVE` and `North_Ames` as people write them. */
function titled(name) {
  const words = name.replaceAll('_', ' ')
  return name === name.toUpperCase() ? words.toLowerCase().replaceAll(/\b\w/g, (letter) => letter.toUpperCase()) : words
}

function readCsv(name) {
  return parse(readFileSync(new URL(name, import.meta.url)), { columns: true })
}
