import { expect, test } from 'vitest'
import { flattenError, rebuildError } from '../../../src/backend/host/host-errors.ts'
import { createError, errorTable, type ErrorCode, isMLError } from '../../../src/errors.ts'

const codes = Object.keys(errorTable) as ErrorCode[]

test.each(codes)('carries %s between processes', (code) => {
  const error = createError(code, 'text', { details: { row: 3, names: ['a'] } })
  const again = rebuildError(structuredClone(flattenError(error, 'EXECUTION_FAILED')))
  expect(isMLError(again)).toBe(true)
  expect(again).toMatchObject({ name: error.name, code, message: 'text', details: { row: 3, names: ['a'] } })
})

test('gives an error of another kind the code of what was asked', () => {
  expect(flattenError(new TypeError('not a function'), 'MODEL_LOAD_FAILED')).toEqual({
    code: 'MODEL_LOAD_FAILED',
    message: 'not a function',
  })
  expect(flattenError('thrown text', 'EXECUTION_FAILED').message).toBe('thrown text')
})

test('tells the cause as text', () => {
  const error = createError('OUT_OF_MEMORY', 'no room', { cause: new RangeError('allocation failed') })
  const flat = flattenError(error, 'EXECUTION_FAILED')
  expect(flat.cause).toBe('RangeError: allocation failed')
  expect(rebuildError(flat).cause).toBe('RangeError: allocation failed')
})

test('sends details that cannot be cloned as text', () => {
  const error = createError('OUT_OF_MEMORY', 'no room', { details: { bytes: 5, free: () => 7 } })
  const flat = structuredClone(flattenError(error, 'EXECUTION_FAILED'))
  expect(flat.details).toEqual({ bytes: 5, free: '() => 7' })
})

test('takes codes of Object for what they are: unknown', () => {
  expect(rebuildError({ code: 'constructor', message: 'x' }).code).toBe('EXECUTION_FAILED')
})
