// Answers given at once leave others their turn.
import { expect, test } from 'vitest'
import { createTurnShare } from '../../src/runtime/turn-share.ts'

test('is used up after four milliseconds of a turn, and whole again in the next', () => {
  const deferred: (() => void)[] = []
  const share = createTurnShare((callback) => deferred.push(callback))
  for (let i = 0; i < 3; i++) share.spend(1)
  expect(share.hasLeft).toBe(true)
  share.spend(1)
  expect(share.hasLeft).toBe(false)
  expect(deferred).toHaveLength(1)
  deferred[0]()
  expect(share.hasLeft).toBe(true)
  share.spend(5)
  expect(share.hasLeft).toBe(false)
  expect(deferred).toHaveLength(2)
})
