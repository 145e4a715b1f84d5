// A range of versions of this library in; whether this one lies in it out.

import { createError } from '../errors.ts'
import { compareVersions, isVersion } from './version.ts'

/** As in package.json: a test keeps them equal. */
export const libraryVersion = '0.1.0'

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  '>=': (order) => order >= 0,
  '>': (order) => order > 0,
  '<=': (order) => order <= 0,
  '<': (order) => order < 0,
  '': (order) => order === 0,
}

/**
 * @param range comparisons that must all hold, with a space between: `>=0.1.0 <2.0.0`
 * @throws VALIDATION_FAILED where it is no such range
 */
export function isInRange(version: string, range: string): boolean {
  return range
    .trim()
    .split(/\s+/)
    .every((part) => {
      const [, operator, bound] = /^(>=|>|<=|<|)(.*)$/.exec(part) ?? []
      if (bound === undefined || !isVersion(bound))
        throw createError(
          'VALIDATION_FAILED',
          `a range of versions must be comparisons such as '>=0.1.0 <2.0.0', got ${JSON.stringify(range)}`,
        )
      return comparisons[operator](compareVersions(version, bound))
    })
}
