import { expect, test } from 'vitest'
import { ClosingGate } from '../../src/runtime/closing-gate.ts'
import { settleMicrotasks } from '../helpers/hand-driven-model.ts'

const closed = new Error('closed')

test('lets results and failures through as they are', async () => {
  const gate = new ClosingGate()
  expect(await gate.pass(Promise.resolve(5))).toBe(5)
  await expect(gate.pass(Promise.reject(new RangeError('no')))).rejects.toThrow('no')
  expect(() => gate.assertOpen()).not.toThrow()
})

test('ends every wait by the first error it is closed with, and hears late failures', async () => {
  const gate = new ClosingGate()
  let fail: (error: Error) => void = () => undefined
  const late = new Promise<number>((_, reject) => (fail = reject))
  const waits = [gate.pass(late), gate.pass(new Promise<never>(() => undefined))]
  gate.close(closed)
  gate.close(new Error('again'))
  for (const wait of waits) await expect(wait).rejects.toBe(closed)
  const after = gate.pass(Promise.reject(new RangeError('nobody hears of it')))
  await expect(after).rejects.toBe(closed)
  fail(new RangeError('late'))
  await settleMicrotasks()
  expect(gate.isClosed).toBe(true)
  expect(() => gate.assertOpen()).toThrow(closed)
})
