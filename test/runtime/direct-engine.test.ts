import { expect, it } from 'vitest'
import { createError } from '../../src/errors.ts'
import type { Engine } from '../../src/runtime/engine.ts'
import { directEngineOf } from '../../src/runtime/direct-engine.ts'
import type { SlotState } from '../../src/runtime/model-slot.ts'
import { createKernelDrivenModel } from '../helpers/kernel-driven-model.ts'

const kernel = { name: 'kernel', reason: 'wrong on check row 3' }

function without(picked: string, candidates: readonly object[]): SlotState {
  return { kind: 'loaded', engine: { choice: { picked, why: 'a test said so', candidates } } as unknown as Engine }
}

it.each([
  ['one that is asked for', 'wasm', [], "it was asked for on wasm, and only backend 'kernel' or 'auto'"],
  ['one whose kernel is wrong', 'cpu', [kernel], 'it runs on cpu; the kernel: wrong on check row 3'],
  ['threads', 'kernel', [kernel], 'its kernel computes in threads of its own'],
])('says of %s why it cannot answer at once', (_, picked, candidates, text) => {
  const ask = (): Engine => directEngineOf('churn', without(picked, candidates))
  const message = expect.stringContaining(`churn cannot answer synchronously: ${text}`) as string
  expect(ask).toThrow(
    expect.objectContaining({ code: 'NOT_SYNCHRONOUS', message, details: { model: 'churn' } }) as Error,
  )
  expect(ask).toThrow(/\. Await predict or predictBatch$/)
})

it('gives the engine of a kernel in this thread, and what a load failed with', async () => {
  const { engine } = await createKernelDrivenModel()
  expect(directEngineOf('tiny', { kind: 'loaded', engine })).toBe(engine)
  const error = createError('CHECKSUM_MISMATCH', 'no')
  expect(() => directEngineOf('tiny', { kind: 'failed', error })).toThrow(error)
})
