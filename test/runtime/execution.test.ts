import { expect, it } from 'vitest'
import { resolveServingOptions } from '../../src/runtime/options.ts'

it('computes in the thread of the caller unless workers are asked for', () => {
  expect(resolveServingOptions({}).workers).toBe(0)
  expect(resolveServingOptions({ execution: 'inline' }).workers).toBe(0)
  expect(resolveServingOptions({ execution: { workers: 3 } }).workers).toBe(3)
})

const wrong: readonly unknown[] = [
  'threads',
  2,
  {},
  { workers: 0 },
  { workers: 1.5 },
  { workers: '2' },
  { workers: 257 },
]
it.each(wrong)('refuses execution %j by name', (execution) => {
  expect(() => resolveServingOptions({ execution: execution as never })).toThrow(
    expect.objectContaining({
      code: 'VALIDATION_FAILED',
      message: expect.stringContaining('option execution') as string,
    }),
  )
})
