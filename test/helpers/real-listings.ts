// Nothing in; the real listings of models/listings and the leads simulated for them out, typed.

import type { Lead } from '../../src/crm/lead.ts'
import type { Listing } from '../../src/crm/listing.ts'

type SimulatedLead = { readonly lead: Lead; readonly shown: readonly Listing[] }
type Simulation = { readonly seed: number; readonly leadCount: number; readonly shownCount: number }

const folder = new URL('../../models/listings/', import.meta.url)
const { readListings } = (await import(/* @vite-ignore */ new URL('listings.mjs', folder).href)) as {
  readListings(): Listing[]
}
const { marketYear, simulateLeads } = (await import(/* @vite-ignore */ new URL('leads.mjs', folder).href)) as {
  readonly marketYear: number
  simulateLeads(listings: readonly Listing[], options: Simulation): SimulatedLead[]
}

export { marketYear, readListings, simulateLeads }

/** The listings again and again, under other ids. */
export function repeatedListings(count: number): Listing[] {
  const listings = readListings()
  return Array.from({ length: count }, (_, i) => {
    const listing = listings[i % listings.length]
    return { ...listing, id: `${listing.id}-${Math.floor(i / listings.length)}` }
  })
}

export function shoppers(count: number): Lead[] {
  return simulateLeads(readListings(), { seed: 11, leadCount: count, shownCount: 0 }).map(({ lead }) => lead)
}
