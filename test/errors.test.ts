// The table of errors, held against the classes, the printed documentation and the tests that produce each code.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import * as errors from '../src/errors.ts'
import { createError, errorTable, isMLError, MLError, type ErrorCode } from '../src/errors.ts'
import { assertedCodes } from './helpers/asserted-codes.ts'

const codes = Object.keys(errorTable) as ErrorCode[]

/** Codes of the public contract: none may go or change its kind without a major version. */
const contract = {
  MODEL_NOT_FOUND: errors.ModelNotFoundError,
  MODEL_LOAD_FAILED: errors.ModelLoadError,
  CHECKSUM_MISMATCH: errors.ModelLoadError,
  VERSION_INCOMPATIBLE: errors.ModelLoadError,
  VALIDATION_FAILED: errors.ModelValidationError,
  ACCURACY_BELOW_FLOOR: errors.ModelValidationError,
  INPUT_INVALID: errors.PredictionError,
  QUEUE_FULL: errors.PredictionError,
  DEADLINE_EXCEEDED: errors.PredictionError,
  BREAKER_OPEN: errors.PredictionError,
  EXECUTION_FAILED: errors.PredictionError,
  BACKEND_UNAVAILABLE: errors.ModelLoadError,
  NOT_SYNCHRONOUS: errors.PredictionError,
  OUT_OF_MEMORY: errors.PredictionError,
  CLOSED: errors.PredictionError,
  ALREADY_INITIALIZED: errors.ModelValidationError,
  FORMAT_UNKNOWN: errors.ConversionError,
  FILE_CORRUPT: errors.ConversionError,
  LIMIT_EXCEEDED: errors.ConversionError,
  UNSAFE_CONTENT: errors.ConversionError,
  UNSUPPORTED: errors.ConversionError,
  PARITY_FAILED: errors.ConversionError,
} satisfies Record<ErrorCode, typeof MLError>

describe.each(codes)('%s', (code) => {
  test('makes an error of the class that the contract gives it', () => {
    const error = createError(code, 'text')
    expect(error.constructor).toBe(contract[code])
    expect(error.name).toBe(contract[code].name)
    expect(error).toBeInstanceOf(MLError)
    expect(isMLError(error)).toBe(true)
  })

  test('carries what the table says', () => {
    const { retryable, httpStatus } = errorTable[code]
    expect(createError(code, 'text')).toMatchObject({ code, retryable, httpStatus, message: 'text' })
  })

  test('has an HTTP status that fits: 4xx for the caller, 5xx for the model, never retryable at 4xx', () => {
    const { httpStatus, retryable, countsAsModelFailure } = errorTable[code]
    expect(httpStatus).toBeGreaterThanOrEqual(400)
    expect(httpStatus).toBeLessThan(600)
    if (httpStatus < 500)
      expect({ retryable, countsAsModelFailure }).toEqual({ retryable: false, countsAsModelFailure: false })
  })
})

test('keeps cause, details and fallbackAvailable, and leaves them empty where none were given', () => {
  const cause = new Error('inner')
  const options = { cause, details: { row: 3 }, fallbackAvailable: true, retryAfterMs: 50 }
  expect(createError('BREAKER_OPEN', 'text', options)).toMatchObject(options)
  const bare = createError('BREAKER_OPEN', 'text')
  expect(bare).toMatchObject({ details: {}, fallbackAvailable: false, retryAfterMs: undefined })
  expect(Object.hasOwn(bare, 'cause')).toBe(false)
})

test('prints as code and message alone, so that no row reaches a response or a log', () => {
  const error = createError('INPUT_INVALID', 'text', {
    details: { row: { name: 'secret' } },
    cause: new Error('inner'),
  })
  expect(JSON.parse(JSON.stringify(error))).toEqual({ code: 'INPUT_INVALID', message: 'text' })
})

test.each([new Error('x'), { code: 'CLOSED', name: 'PredictionError' }, null, undefined, 'CLOSED'])(
  'does not take %s for an MLError',
  (value) => expect(isMLError(value)).toBe(false),
)

test('prints the table of docs/errors.md; after a change run: npx vitest run test/errors.test.ts -u', async () => {
  const rows = codes.map((code) => {
    const { kind, httpStatus, retryable, countsAsModelFailure, meaning } = errorTable[code]
    const yes = (claim: boolean) => (claim ? 'yes' : 'no')
    return `| \`${code}\` | \`${kind}\` | ${httpStatus} | ${yes(retryable)} | ${yes(countsAsModelFailure)} | ${meaning} |`
  })
  const head = [
    '# Errors',
    '',
    'Every error that this library throws is an `MLError` of one of five kinds, with one of these codes; an abort is rethrown as it is, as `signal.reason`. Codes are stable, texts are not. Printed from `src/errors.ts`.',
    '',
    '| Code | Class | HTTP status | `retryable` | Counts for the breaker | Meaning |',
    '|---|---|---|---|---|---|',
  ]
  await expect(`${[...head, ...rows].join('\n')}\n`).toMatchFileSnapshot('../docs/errors.md')
})

describe('every code is produced by a test', () => {
  /** Codes whose code is not written yet; the list must be empty at a release. */
  const awaited: readonly ErrorCode[] = []
  const here = new URL('./', import.meta.url)
  const files = readdirSync(here, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts') && path !== 'errors.test.ts')
    .map((path) => assertedCodes(readFileSync(new URL(path, here), 'utf8'), new Set(codes)))

  test.each(codes.filter((code) => !awaited.includes(code)))('%s', (code) => {
    expect(files.some((found) => found.has(code))).toBe(true)
  })

  test.each([
    ["expect(f).toThrow(code('CLOSED'))", true],
    ["['bad bytes', bytes, 'CLOSED']", true],
    ["expect(error).toMatchObject({ code: 'CLOSED' })", true],
    ["throw createError('CLOSED', 'text')", false],
    ["throw new PredictionError('CLOSED', 'text')", false],
    ["test('CLOSED', () => {})", false],
    ["// 'CLOSED'", false],
    ["'CLOSED_EARLY'", false],
  ])('tells whether a test expects a code: %s', (text, isAsserted) => {
    expect(assertedCodes(text, new Set(codes)).has('CLOSED')).toBe(isAsserted)
  })
})
