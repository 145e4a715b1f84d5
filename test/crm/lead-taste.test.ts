// Reactions in, how much a listing is like what was liked out: worked by hand, renormalised, and deaf to what cannot be.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Lead, LeadReaction } from '../../src/crm/lead.ts'
import { learnTaste } from '../../src/crm/lead-taste.ts'
import type { Listing } from '../../src/crm/listing.ts'
import { listingNumbers } from '../../src/crm/match-factors.ts'

const home = (listing: Partial<Listing> = {}): Listing => ({ id: 'p', price: 200_000, ...listing })
const reactions = (...given: readonly (readonly [LeadReaction['reaction'], Partial<Listing>])[]): LeadReaction[] =>
  given.map(([reaction, listing]) => ({ reaction, listing: home(listing) }))
const silent = () => {}
const scoreOf = (liked: Lead['reactions'], listing: Partial<Listing>) => {
  const taste = learnTaste(liked, silent)
  return taste?.score(home(listing), listingNumbers(home(listing)))
}

describe('learnTaste', () => {
  it('learns nothing from fewer than three reactions', () => {
    expect(learnTaste(undefined, silent)).toBeUndefined()
    expect(learnTaste(reactions(['love', {}], ['love', {}]), silent)).toBeUndefined()
  })

  it('is sure of what was always liked', () => {
    const liked = { sqft: 1500, city: 'Ames', propertyType: 'condo', amenities: ['pool'] }
    const known = reactions(['love', liked], ['like', liked], ['share', liked])
    expect(scoreOf(known, { ...liked, city: 'AMES' })).toBeCloseTo(1, 12)
  })

  it('weighs place, kind, price, size and amenities as it says', () => {
    // place: Ames 1 + 0.1 of it, Boone 1; kind: house all; amenities: pool 1, deck 1.1
    const known = reactions(
      ['love', { city: 'Ames', propertyType: 'house', amenities: ['deck'] }],
      ['love', { city: 'Boone', propertyType: 'house', amenities: ['pool'] }],
      ['dislike', { city: 'Ames', propertyType: 'house', amenities: ['deck', 'deck'] }],
    )
    const price = 200_000 * Math.exp(0.15)
    const fit = Math.exp(-0.5)
    const expected = 0.3 * fit + (0.25 * 1) / 1.1 + (0.2 * (1 / 1.1 + 0)) / 2 + 0.15 * 0
    expect(scoreOf(known, { price, city: 'boone', propertyType: 'yurt', amenities: ['pool', 'lift'] })).toBeCloseTo(
      expected / 0.9,
      9,
    )
  })

  it('goes by price alone where nothing else is known', () => {
    const known = reactions(['love', {}], ['love', {}], ['love', {}])
    expect(scoreOf(known, { city: 'Ames', sqft: 900 })).toBeCloseTo(1, 12)
    expect(scoreOf(known, { price: 200_000 * Math.exp(0.3) })).toBeCloseTo(Math.exp(-2), 9)
  })

  it('leaves out and tells reactions that cannot be', () => {
    const told: string[] = []
    const bad = [
      { reaction: 'adore', listing: home() },
      { reaction: 'love', listing: home({ price: -1 }) },
      { reaction: 'love', listing: null },
      null,
      { reaction: 'toString', listing: home() },
    ] as unknown as LeadReaction[]
    const taste = learnTaste([...bad, ...reactions(['love', {}], ['like', {}], ['pass', {}])], (id, reason) =>
      told.push(`${id}: ${reason}`),
    )
    expect(taste?.reactionCount).toBe(3)
    expect(told).toHaveLength(5)
    expect(told[0]).toMatch(/^p: reaction: expected one of love, favourite/)
    expect(told[1]).toMatch(/^p: reaction: price/)
  })

  it('stays within 0 to 1', () => {
    const listing = fc.record({
      id: fc.constant('p'),
      price: fc.double({ min: 1, max: 1e7, noNaN: true }),
      sqft: fc.double({ min: 0, max: 1e4, noNaN: true }),
      city: fc.constantFrom('a', 'b', 'c'),
      amenities: fc.array(fc.constantFrom('x', 'y')),
    })
    const reaction = fc.record({ reaction: fc.constantFrom('love', 'pass', 'dislike'), listing })
    fc.assert(
      fc.property(fc.array(reaction, { minLength: 3 }), listing, (liked, other) => {
        const score = scoreOf(liked as LeadReaction[], other)
        expect(score).toBeGreaterThanOrEqual(0)
        expect(score).toBeLessThanOrEqual(1 + 1e-12)
      }),
    )
  })
})
