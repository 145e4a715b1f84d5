// Where in a scikit-learn document something was found in; the errors that name it out.

import { createError, type MLError } from '../../../src/errors.ts'

/** One estimator of the document: the names of the steps that lead to it, its class and the version that wrote it. */
export type Place = {
  readonly path: string
  readonly className: string
  readonly version: string
  /** Which framework wrote the document. @default 'scikit-learn' */
  readonly framework?: string
}

/** `pipeline › preprocess › num › StandardScaler`. */
export function describePlace(place: Place): string {
  return place.path === '' ? place.className : `${place.path} › ${place.className}`
}

/** Path of a part of the estimator at `place`. */
export function pathWithin(place: Place, part: string): string {
  return `${place.path === '' ? place.className : place.path} › ${part}`
}

/** UNSUPPORTED: something scikit-learn can do and we cannot; `instead` says what would work. */
export function unsupported(place: Place, what: string, instead: string): MLError {
  const where = describePlace(place)
  return createError('UNSUPPORTED', `${where} (${writerOf(place)}): ${what} is not supported. ${instead}`, {
    details: { step: where, version: place.version },
  })
}

/** FILE_CORRUPT: an attribute that no fitted estimator of this class can have. */
export function corruptAttribute(place: Place, attribute: string, expected: string, got: string): MLError {
  const where = describePlace(place)
  return createError(
    'FILE_CORRUPT',
    `${where} (${writerOf(place)}): attribute ${attribute} is broken: expected ${expected}, got ${got}. ` +
      'Save the fitted model again.',
    { details: { step: where, attribute, version: place.version } },
  )
}

/** FILE_CORRUPT: an attribute that every fitted estimator of this class has. */
export function missingAttribute(place: Place, attribute: string): MLError {
  const where = describePlace(place)
  return createError(
    'FILE_CORRUPT',
    `${where} (${writerOf(place)}): attribute ${attribute} is missing: expected a fitted estimator, got one that was not fitted ` +
      'or was changed since. Fit it, then save it again.',
    { details: { step: where, attribute, version: place.version } },
  )
}

/** UNSUPPORTED: a search that kept what it found, and no estimator. */
export function notRefitted(place: Place): MLError {
  return unsupported(place, 'refit=False', 'Search with refit=True, or fit the best parameters and save that.')
}

function writerOf({ framework = 'scikit-learn', version }: Place): string {
  return `${framework} ${version}`
}
