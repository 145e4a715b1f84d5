// Options and arguments that cannot be: named, with what was expected, before anything is computed.
import { describe, expect, it } from 'vitest'
import type { Lead } from '../../src/crm/lead.ts'
import type { Listing } from '../../src/crm/listing.ts'
import type { MatchOptions } from '../../src/crm/property-match.ts'
import { PropertyMatcher, type PropertyMatcherOptions } from '../../src/crm/property-matcher.ts'
import { buyer } from '../helpers/property-scene.ts'

const acme = { tenant: 'acme' } as const
const fault = (code: string, ...texts: readonly string[]) =>
  expect.objectContaining({ code, message: expect.stringMatching(new RegExp(texts.join('.*'))) })

describe('PropertyMatcher', () => {
  it.each([
    [{ model: {} }, 'option model: there is no such option'],
    [{ models: {} }, 'option models: expected an object with getModelPredictor'],
    [{ leads: 7 }, 'option leads'],
    [{ defer: 7 }, 'option defer: expected a function, got 7'],
    [{ cache: false }, 'option cache: there is no such option'],
    [{ modelTimeoutMs: 0 }, 'option modelTimeoutMs'],
  ])('refuses %j', (options, text) => {
    expect(() => new PropertyMatcher(options as unknown as PropertyMatcherOptions)).toThrow(
      fault('VALIDATION_FAILED', text),
    )
  })
})

describe('match', () => {
  const matcher = new PropertyMatcher()

  it.each([
    [undefined, ['expected an object with a tenant']],
    [{}, ['option tenant']],
    [{ tenant: '' }, ['option tenant']],
    [{ ...acme, limit: 0 }, ['option limit of match', 'from 1 to 10000', 'got 0']],
    [{ ...acme, limit: 2.5 }, ['option limit', 'got 2.5']],
    [{ ...acme, minScore: '0' }, ['option minScore', '"0"']],
    [{ ...acme, minScore: NaN }, ['option minScore', 'NaN']],
    [{ ...acme, explain: 1 }, ['option explain', 'true or false']],
    [{ ...acme, minscore: 0 }, ['option minscore', 'did you mean minScore']],
    [{ ...acme, signal: {} }, ['signal']],
  ] as const)('refuses the options %j', async (options, texts) => {
    await expect(matcher.match(buyer, [], options as unknown as MatchOptions)).rejects.toThrow(
      fault('INPUT_INVALID', ...texts),
    )
  })

  it.each([
    [null, 'null'],
    ['p1', '"p1"'],
    [{ length: 2 }, 'Object'],
  ])('refuses the listings %j', async (listings, shown) => {
    await expect(matcher.match(buyer, listings as unknown as Listing[], acme)).rejects.toThrow(
      fault('INPUT_INVALID', 'an array of listings', shown),
    )
  })

  it.each([null, {}, '', 7, { id: 'l', preferences: 5 }, { id: 'l', activity: { interactions30d: -1 } }])(
    'refuses the lead %j',
    async (lead) => {
      await expect(matcher.match(lead as unknown as Lead, [], acme)).rejects.toThrow(fault('INPUT_INVALID', 'lead'))
    },
  )

  it('refuses leads of a batch that are no array', async () => {
    await expect(matcher.matchBatch('buyer' as unknown as Lead[], [], acme)).rejects.toThrow(
      fault('INPUT_INVALID', 'an array of leads'),
    )
  })
})
