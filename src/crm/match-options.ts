// What a caller says with a match in; the same, checked and with every default, out.

import { createError } from '../errors.ts'
import { nameHint } from '../rows/nearest-name.ts'
import { shownValue } from '../rows/shown-value.ts'
import type { OptionNames } from '../runtime/known-options.ts'
import { assertCall } from './crm-options.ts'
import type { MatchOptions } from './property-match.ts'

const defaultLimit = 10
/** More is no list that anybody reads; and each match costs a hundred times what ranking a listing does. */
const mostMatches = 10_000
/** EnterpriseHub's. */
const defaultMinScore = 0.2

const optionNames: OptionNames<MatchOptions> = {
  tenant: true,
  signal: true,
  requestId: true,
  limit: true,
  minScore: true,
  explain: true,
}

export type ResolvedMatchOptions = MatchOptions & Required<Pick<MatchOptions, 'limit' | 'minScore' | 'explain'>>

/** @throws INPUT_INVALID naming the option that cannot be; `signal.reason` where it is aborted already */
export function resolveMatchOptions(options: MatchOptions): ResolvedMatchOptions {
  if (typeof options !== 'object' || options === null)
    throw createError('INPUT_INVALID', `options of match: expected an object with a tenant, got ${shownValue(options)}`)
  for (const name in options)
    if (!Object.hasOwn(optionNames, name))
      throw createError(
        'INPUT_INVALID',
        `option ${name} of match: there is no such option; ${nameHint(name, Object.keys(optionNames))}`,
        { details: { option: name } },
      )
  assertCall(options)
  const { limit = defaultLimit, minScore = defaultMinScore, explain = false } = options
  if (!Number.isInteger(limit) || limit < 1 || limit > mostMatches)
    throw wrong('limit', `a whole number from 1 to ${mostMatches}`, limit)
  if (!(typeof minScore === 'number' && minScore >= 0 && minScore <= 1))
    throw wrong('minScore', 'a number from 0 to 1', minScore)
  if (typeof explain !== 'boolean') throw wrong('explain', 'true or false', explain)
  return { ...options, limit, minScore, explain }
}

/** @throws INPUT_INVALID */
export function assertListings(listings: unknown): void {
  if (!Array.isArray(listings))
    throw createError('INPUT_INVALID', `match expects an array of listings, got ${shownValue(listings)}`)
}

function wrong(option: string, expected: string, got: unknown): Error {
  return createError('INPUT_INVALID', `option ${option} of match: expected ${expected}, got ${shownValue(got)}`, {
    details: { option },
  })
}
