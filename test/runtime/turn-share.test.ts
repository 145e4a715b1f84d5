// Answers given at once leave others their turn.
import { expect, test } from 'vitest'
import { loadModel } from '../../src/runtime/load-model.ts'
import { createTurnShare } from '../../src/runtime/turn-share.ts'
import { artifactFiles, heldOut } from '../helpers/artifacts.ts'

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

test('lets timers fire while a loop awaits answers of a kernel', async () => {
  await using model = await loadModel(await artifactFiles('telco_churn'), { caching: false })
  const [row] = heldOut('telco_churn').rows
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  // a loop that only ever awaits what is there already would never see it
  while (turns < 3) await model.predict(row)
  clearInterval(timer)
  expect(turns).toBe(3)
})
