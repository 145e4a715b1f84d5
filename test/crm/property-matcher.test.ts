// Listings ranked for a lead with models present, partly present and absent, in a real registry; what is left out, and why.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Lead } from '../../src/crm/lead.ts'
import type { Listing } from '../../src/crm/listing.ts'
import type { ModelSource } from '../../src/crm/model-source.ts'
import { PropertyMatcher } from '../../src/crm/property-matcher.ts'
import { createError } from '../../src/errors.ts'
import { leadStore } from '../helpers/crm-scene.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import { buyer, propertyRegistry, schoolListings, stepFiles } from '../helpers/property-scene.ts'

const acme = { tenant: 'acme' } as const
const content = stepFiles('property_matcher_v3', { feature: 'budget', bound: 0.9, low: 0.2, high: 0.9 })
const keen = stepFiles('property_interest_predictor_v2', { feature: 'location_match', bound: 0.9, low: 0.1, high: 0.4 })
const ids = (result: { readonly matches: readonly { readonly listingId: string }[] }) =>
  result.matches.map(({ listingId }) => listingId)

describe('without models', () => {
  const matcher = new PropertyMatcher({ now: () => Date.UTC(2026, 0, 1) })

  it('scores by wishes and market, answers the rest by rules, and says so', async () => {
    const listing: Listing = { id: 'p1', price: 300_000, bedrooms: 3, city: 'Ames', daysOnMarket: 3 }
    const { matches, models } = await matcher.match(buyer, [listing], acme)
    const [{ score, confidence, parts, provenance, reasons, ...match }] = matches
    // budget, location and bedrooms 1; timing ½·(1 − 3 ÷ 25) + ½·(3 ÷ 90); the other eleven, of weight ½, are neutral
    const timing = 0.5 * 0.88 + 0.5 * (3 / 90)
    const explicit = 0.2 + 0.15 + 0.1 + 0.05 * timing + 0.5 * 0.5
    expect(parts).toEqual({
      explicit: { score: expect.closeTo(explicit, 12), weight: expect.closeTo(2 / 3, 12) },
      market: { score: 1, weight: expect.closeTo(1 / 3, 12) },
    })
    expect(score).toBeCloseTo((2 * explicit + 1) / 3, 12)
    expect(confidence).toBeCloseTo(0.2 + 0.5 * 0.5, 12)
    // 0.4·0.9 + 0.3·1 + 0.2·1 + 0.1·½; (4/20 + 1/5 + 3/10 + 1 − 7/30) ÷ 4
    expect(match.interest).toBeCloseTo(0.91, 12)
    expect(match.viewingProbability).toBeCloseTo((0.2 + 0.2 + 0.3 + 23 / 30) / 4, 12)
    expect(provenance).toEqual({
      match: rule('property_matcher_v3', 'cosine_similarity_matcher'),
      interest: rule('property_interest_predictor_v2', 'feature_weighted_scorer'),
      viewing: rule('viewing_probability_predictor_v2', 'engagement_score'),
    })
    expect(reasons).toEqual([
      'the market speaks for it now (100 %)',
      'the lead is likely to be interested (91 %)',
      'the price is within the budget',
      'it is where the lead wants to live',
      'it has enough bedrooms',
    ])
    expect(models.property_matcher_v3).toEqual({ version: null, answered: 0, reason: 'MODEL_NOT_FOUND' })
  })

  it('gives the best in order, and counts the others', async () => {
    const listings = schoolListings(50)
    const result = await matcher.match(buyer, listings.toReversed(), { ...acme, limit: 3 })
    expect(ids(result)).toEqual(['p049', 'p048', 'p047'])
    expect(result.matches[0].index).toBe(0)
    expect(result.counts).toEqual({
      given: 50,
      bad: 0,
      lowScore: 0,
      lowRank: 44,
      lowConfidence: 0,
      overLimit: 3,
      returned: 3,
    })
  })

  it('orders equal ones by id, whatever order they come in', async () => {
    const equal = ['b', 'd', 'a', 'c'].map((id): Listing => ({ id, price: 300_000, city: 'Ames' }))
    for (const listings of [equal, equal.toReversed()])
      expect(ids(await matcher.match(buyer, listings, { ...acme, limit: 3 }))).toEqual(['a', 'b', 'c'])
  })

  it('drops what scores too little, and what is too unsure', async () => {
    const listings: Listing[] = [
      { id: 'good', price: 300_000, city: 'Ames' },
      { id: 'dear', price: 900_000, city: 'Boone', bedrooms: 1, schoolRating: 0, walkScore: 0, safety: 0 },
    ]
    const strict = await matcher.match(buyer, listings, { ...acme, minScore: 0.4 })
    expect([ids(strict), strict.counts.lowScore]).toEqual([['good'], 1])
    // nothing said on either side: a confidence of 0.2
    const unsure = await matcher.match({ id: 'silent' }, [{ id: 'p', price: 1 }], acme)
    expect([ids(unsure), unsure.counts.lowConfidence]).toEqual([[], 1])
  })

  it('warns of listings that cannot be, and ranks the others', async () => {
    const bad = [
      { id: 'free', price: 0 },
      null,
      { id: 'odd', price: 1, safety: 80 },
      {
        id: 'trap',
        get price(): number {
          throw new Error('no connection')
        },
      },
    ] as unknown as Listing[]
    const { warnings, counts, matches } = await matcher.match(buyer, [...bad, ...schoolListings(3)], acme)
    expect(warnings).toEqual([
      { listingId: 'free', index: 0, reason: expect.stringContaining('price: expected a number from 1') },
      { listingId: '', index: 1, reason: expect.stringContaining('expected an object') },
      { listingId: 'odd', index: 2, reason: expect.stringContaining('safety: expected a number from 0 to 1, got 80') },
      { listingId: 'trap', index: 3, reason: 'no connection' },
    ])
    expect([counts.bad, matches.length, matches[0].index]).toEqual([4, 3, 6])
    expect(matcher.getHealth().listings.bad).toBe(4)
  })

  it('has nothing for no listings', async () => {
    expect(await matcher.match(buyer, [], acme)).toMatchObject({ matches: [], warnings: [], counts: { given: 0 } })
  })

  it('counts must-haves for a tenth', async () => {
    const wanting: Lead = { id: 'l', preferences: { maxPrice: 300_000, mustHaves: ['pool', 'garage'] } }
    const listing: Listing = { id: 'p', price: 300_000, amenities: ['Pool'] }
    const { matches } = await matcher.match(wanting, [listing], acme)
    expect(matches[0].parts.explicit.score).toBeCloseTo(0.9 * (0.2 + 0.4) + 0.1 * 0.5, 12)
  })

  it('adds what the lead liked before, with its weight', async () => {
    const home: Listing = { id: 'p', price: 300_000, bedrooms: 3, city: 'Ames' }
    const reactions = (['love', 'like', 'share'] as const).map((reaction) => ({ reaction, listing: home }))
    const { matches } = await matcher.match({ ...buyer, reactions }, [home], acme)
    expect(matches[0].parts.behavioural).toEqual({
      score: expect.closeTo(1, 12),
      weight: expect.closeTo(0.25 / 0.65, 12),
    })
    expect(matches[0].reasons[0]).toBe('it is like what the lead liked before (100 %)')
    expect(matches[0].confidence).toBeCloseTo(0.2 + 0.5 * 0.45 + 0.15 * 0.3, 12)
  })
})

describe('with models', () => {
  const home: Listing = { id: 'p', price: 300_000, bedrooms: 3, city: 'Ames' }

  it('blends both models at once, and asks the third for what it gives back', async () => {
    const registry = await propertyRegistry({
      property_matcher_v3: content,
      property_interest_predictor_v2: keen,
      viewing_probability_predictor_v2: 'rule',
    })
    const matcher = new PropertyMatcher({ models: registry })
    const { matches, models } = await matcher.match(buyer, [home, { ...home, id: 'q', price: 350_000 }], acme)
    const [first, second] = matches
    expect(first.match).toBeCloseTo(0.9, 2)
    expect(first.interest).toBeCloseTo(0.4, 2)
    expect(first.parts.model?.score).toBeCloseTo(Math.sqrt(first.match * first.interest), 12)
    expect(first.parts.model?.weight).toBeCloseTo(0.15 / 0.55, 12)
    expect(second.match).toBeCloseTo(0.2, 2)
    expect(first.provenance).toEqual({
      match: { model: 'property_matcher_v3', version: '1.0.0', source: 'model' },
      interest: { model: 'property_interest_predictor_v2', version: '1.0.0', source: 'model' },
      viewing: {
        model: 'viewing_probability_predictor_v2',
        version: null,
        source: 'fallback',
        rule: 'engagement_score',
        reason: expect.any(String),
      },
    })
    expect(models).toEqual({
      property_matcher_v3: { version: '1.0.0', answered: 2 },
      property_interest_predictor_v2: { version: '1.0.0', answered: 2 },
    })
    expect(matcher.getHealth()).toMatchObject({
      status: 'healthy',
      calls: { requests: 1, successes: 1, errors: 0 },
      sources: { model: 1, fallback: 0 },
      listings: { given: 2, bad: 0 },
    })
  })

  it('goes on with one model where the other is not there', async () => {
    const registry = await propertyRegistry({ property_matcher_v3: content, property_interest_predictor_v2: 'rule' })
    const { matches, models } = await new PropertyMatcher({ models: registry }).match(buyer, [home], acme)
    expect(matches[0].parts.model?.score).toBeCloseTo(matches[0].match, 12)
    expect(matches[0].provenance.interest).toMatchObject({ source: 'fallback', rule: 'feature_weighted_scorer' })
    expect(matches[0].provenance.viewing).toMatchObject({ source: 'fallback', reason: 'MODEL_NOT_FOUND' })
    expect(models.property_interest_predictor_v2).toMatchObject({ answered: 0, reason: expect.any(String) })
  })

  it('gives a model no weight where a rule answers in its place', async () => {
    const registry = await propertyRegistry({ property_matcher_v3: 'rule', property_interest_predictor_v2: 'rule' })
    const withRules = await new PropertyMatcher({ models: registry }).match(buyer, [home], acme)
    const without = await new PropertyMatcher().match(buyer, [home], acme)
    expect(withRules.matches[0].parts.model).toBeUndefined()
    expect(withRules.matches[0].score).toBe(without.matches[0].score)
  })

  it('waits for models that do not compute in this thread, and ranks alike', async () => {
    const artifacts = { property_matcher_v3: content, property_interest_predictor_v2: keen }
    const listings = schoolListings(700)
    const [kernel, graph] = await Promise.all([
      propertyRegistry(artifacts),
      propertyRegistry(artifacts, { backend: 'cpu' }),
    ])
    const [atOnce, later] = await Promise.all(
      [kernel, graph].map((models) =>
        new PropertyMatcher({ models, modelTimeoutMs: 10_000 }).match(buyer, listings, { ...acme, limit: 700 }),
      ),
    )
    expect(later.models.property_matcher_v3).toEqual({ version: '1.0.0', answered: 700 })
    expect(ids(later)).toEqual(ids(atOnce))
    later.matches.forEach(({ score }, i) => expect(score).toBeCloseTo(atOnce.matches[i].score, 6))
  })

  it('explains what models answered on request', async () => {
    const registry = await propertyRegistry({ property_matcher_v3: content, property_interest_predictor_v2: 'rule' })
    const matcher = new PropertyMatcher({ models: registry })
    const { matches } = await matcher.match(buyer, [home], { ...acme, explain: true })
    expect(Object.keys(matches[0].explanations ?? {})).toEqual(['match'])
    const { base, margin, contributions } = matches[0].explanations!.match!
    expect(contributions.find(({ feature }) => feature === 'budget')?.contribution).toBeCloseTo(margin - base, 6)
    expect(margin).toBeCloseTo(matches[0].match, 6)
  })

  it.each([
    ['is not known', () => Promise.reject(createError('MODEL_NOT_FOUND', 'nobody knows it'))],
    ['failed to load', () => Promise.reject(createError('MODEL_LOAD_FAILED', 'no file'))],
    ['is looked for in vain by broken code', () => Promise.reject(new Error('broken'))],
  ])('answers by rules where a model %s', async (_name, getModelPredictor) => {
    const { matches } = await new PropertyMatcher({ models: { getModelPredictor } as ModelSource }).match(
      buyer,
      [home],
      acme,
    )
    expect(matches[0].provenance.match).toMatchObject({ source: 'fallback', version: null })
    expect(matches[0].parts.model).toBeUndefined()
  })
})

describe('always answers', () => {
  const listings = schoolListings(20)
  const ruled = new PropertyMatcher().match(buyer, listings, acme)

  it('where artifacts are corrupt', async () => {
    const garbage = { 'model.json': new TextEncoder().encode('{"modelTopology":') }
    const models = await propertyRegistry({
      property_matcher_v3: garbage,
      property_interest_predictor_v2: garbage,
      viewing_probability_predictor_v2: garbage,
    })
    const { matches } = await new PropertyMatcher({ models }).match(buyer, listings, acme)
    expect(matches.map(({ score }) => score)).toEqual((await ruled).matches.map(({ score }) => score))
    expect(matches[0].provenance.match).toMatchObject({ source: 'fallback', rule: 'cosine_similarity_matcher' })
    expect(matches[0].provenance.viewing).toMatchObject({ source: 'fallback', rule: 'engagement_score' })
  })

  it('in its time where models never come', async () => {
    const clock = createFakeClock()
    const models: ModelSource = { getModelPredictor: () => new Promise(() => {}) }
    const answered = new PropertyMatcher({ models, clock }).match(buyer, listings, acme)
    const waited = waitFor(answered, () => clock.advance(250))
    const { matches, latencyMs } = await waited
    expect(matches.map(({ score }) => score)).toEqual((await ruled).matches.map(({ score }) => score))
    expect(matches[0].provenance.match).toMatchObject({ source: 'fallback', reason: 'DEADLINE_EXCEEDED' })
    // all three are waited for together
    expect(latencyMs).toBe(250)
    expect(clock.pendingTimers).toBe(0)
  })
})

/** Moves time on whenever nothing else happens, until the promise is settled. */
async function waitFor<Result>(promise: Promise<Result>, advance: () => void): Promise<Result> {
  let isSettled = false
  const done = promise.finally(() => (isSettled = true))
  for (;;) {
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
    if (isSettled) return done
    advance()
  }
}

describe('match', () => {
  it('gives scores and confidences of 0 to 1, in order of their product, whatever is listed', async () => {
    const share = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined })
    const listing = fc.record({
      id: fc.string({ minLength: 1 }),
      price: fc.double({ min: 1, max: 1e6, noNaN: true }),
      bedrooms: fc.option(fc.nat(9), { nil: undefined }),
      city: fc.constantFrom('Ames', 'Boone', undefined),
      safety: share,
      priceCut: share,
      daysOnMarket: fc.option(fc.nat(200), { nil: undefined }),
    }) as fc.Arbitrary<Listing>
    const matcher = new PropertyMatcher()
    await fc.assert(
      fc.asyncProperty(fc.array(listing, { maxLength: 40 }), async (listings) => {
        const { matches, counts } = await matcher.match(buyer, listings, acme)
        for (const { score, confidence, interest, match, viewingProbability } of matches)
          for (const number of [score, confidence, interest, match, viewingProbability])
            expect(number >= 0 && number <= 1).toBe(true)
        const keys = matches.map(({ score, confidence }) => score * confidence)
        expect(keys).toEqual(keys.toSorted((a, b) => b - a))
        const { given, ...ways } = counts
        expect(Object.values(ways).reduce((sum, count) => sum + count, 0)).toBe(given)
      }),
    )
  })

  it('finds a lead by its id, for its tenant alone', async () => {
    const matcher = new PropertyMatcher({ leads: leadStore([buyer]) })
    const { leadId, tenant, at, requestId } = await matcher.match('buyer', schoolListings(2), {
      ...acme,
      requestId: 'r1',
    })
    expect([leadId, tenant, requestId, at.length]).toEqual(['buyer', 'acme', 'r1', 24])
    await expect(matcher.match('buyer', [], { tenant: 'other' })).rejects.toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringContaining('buyer') }),
    )
  })

  it('lets others have their turn, and ends there when aborted or closed', async () => {
    const clock = createFakeClock()
    const turns: (() => void)[] = []
    const matcher = new PropertyMatcher({
      // each look at the clock takes a millisecond
      clock: { ...clock, now: () => (clock.block(1), clock.now()) },
      defer: (callback) => void turns.push(callback),
    })
    const controller = new AbortController()
    const aborted = matcher.match(buyer, schoolListings(9000), { ...acme, signal: controller.signal })
    const closed = matcher.match(buyer, schoolListings(9000), acme)
    while (turns.length < 2) await Promise.resolve()
    controller.abort(new Error('left'))
    turns[0]()
    await expect(aborted).rejects.toThrow('left')
    const ended = expect(closed).rejects.toThrow(expect.objectContaining({ code: 'CLOSED' }))
    await matcher.close()
    await ended
    turns[1]()
    await expect(matcher.match(buyer, [], acme)).rejects.toThrow(expect.objectContaining({ code: 'CLOSED' }))
    expect(matcher.getHealth().calls).toMatchObject({ aborted: 1, errorsByCode: { CLOSED: 2 } })
  })
})

describe('matchBatch', () => {
  it('gives three results and two errors for five ids of which two are bad', async () => {
    const leads = leadStore(['a', 'b', 'c'].map((id) => ({ ...buyer, id })))
    const matcher = new PropertyMatcher({ leads })
    const { results, errors } = await matcher.matchBatch(
      ['a', 'missing', 'b', { id: 'wrong', preferences: { maxPrice: -1 } }, 'c'],
      schoolListings(4),
      acme,
    )
    expect(results.map(({ leadId, matches }) => [leadId, matches.length])).toEqual([
      ['a', 4],
      ['b', 4],
      ['c', 4],
    ])
    expect(errors).toEqual([
      { index: 1, leadId: 'missing', error: expect.objectContaining({ code: 'INPUT_INVALID' }) },
      { index: 3, leadId: 'wrong', error: expect.objectContaining({ code: 'INPUT_INVALID' }) },
    ])
    expect(matcher.getHealth()).toMatchObject({
      status: 'degraded',
      calls: { requests: 5, successes: 3 },
      sources: { fallback: 3 },
    })
  })

  it('ends as a whole when aborted', async () => {
    const matcher = new PropertyMatcher()
    const signal = AbortSignal.abort(new Error('left'))
    await expect(matcher.matchBatch([buyer], [], { ...acme, signal })).rejects.toThrow('left')
  })
})

function rule(model: string, name: string) {
  return { model, version: null, source: 'fallback', rule: name, reason: 'MODEL_NOT_FOUND' }
}
