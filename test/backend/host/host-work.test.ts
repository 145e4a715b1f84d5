import { expect, test } from 'vitest'
import { createScriptedBackend, endTurn, outcomeOf, runRow, smallArtifact } from '../../helpers/scripted-host.ts'

test('runs a batch again on a new host, with its model loaded again, where the host dies with it', async () => {
  const { backend, hosts, load } = createScriptedBackend()
  const model = await load()
  const running = runRow(model, 21)
  hosts.last.die('killed by SIGKILL')
  hosts.last.answerAll()
  expect(await running).toBe(42)
  expect(hosts.all.map(({ asked }) => asked)).toEqual([
    ['open', 'load 1', 'run 1'],
    ['open', 'load 1', 'run 1'],
  ])
  expect(backend.health()).toEqual({ restartCount: 1, lastLoss: 'killed by SIGKILL' })
})

test('runs a batch again where the host says that its device is lost', async () => {
  const { backend, hosts, clock, load } = createScriptedBackend()
  const model = await load()
  const running = runRow(model, 21)
  hosts.last.say({ kind: 'lost', reason: 'device lost: unplugged' })
  clock.advance(5)
  hosts.last.answerAll()
  expect(await running).toBe(42)
  expect(backend.health()).toEqual({ restartCount: 1, lastLoss: 'device lost: unplugged' })
})

test('rejects a batch that a second host dies with, and goes on with the others', async () => {
  const { hosts, load } = createScriptedBackend()
  const [poisoned, healthy] = [await load(), await load()]
  const running = runRow(poisoned, 1)
  const waiting = runRow(healthy, 2)
  hosts.last.die('died by SIGSEGV')
  for (let i = 0; i < 3; i++) hosts.last.answer()
  hosts.last.die('died by SIGSEGV')
  await expect(running).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringMatching(/twice while it should run 1 rows of model synthetic: died by SIGSEGV/),
  })
  hosts.last.answerAll()
  expect(await waiting).toBe(4)
  expect(hosts.last.asked).toEqual(['open', 'load 1', 'load 2', 'run 2'])
})

test('keeps the order of batches over the loss of a host', async () => {
  const { hosts, load } = createScriptedBackend()
  const model = await load()
  const running = [1, 2, 3].map((first) => runRow(model, first))
  hosts.last.answer()
  hosts.last.die()
  running.push(runRow(model, 4))
  for (let i = 0; i < 2; i++) hosts.last.answer()
  running.push(runRow(model, 5))
  const firsts = hosts.last.pending.map((request) => request.kind === 'run' && request.inputs[0].values[0])
  expect(firsts).toEqual([2, 3, 4, 5])
  hosts.last.answerAll()
  expect(await Promise.all(running)).toEqual([2, 4, 6, 8, 10])
})

test('starts no host anew where the dead one held nothing', async () => {
  const { backend, hosts } = createScriptedBackend()
  const opening = backend.open()
  hosts.last.answerAll()
  await opening
  hosts.last.die()
  expect(hosts.all).toHaveLength(1)
  expect(await backend.tensorCount()).toBe(0)
})

test('ignores what a host says after its end', async () => {
  const { hosts, clock, load } = createScriptedBackend({ runDeadlineMs: 1000 })
  const model = await load()
  hosts.killsAfterMs = 50
  const hung = runRow(model, 1)
  const [old] = hosts.all
  clock.advance(1000)
  await expect(hung).rejects.toMatchObject({ code: 'EXECUTION_FAILED' })
  const running = outcomeOf(runRow(model, 5))
  for (let id = 1; id < 9; id++) old.say({ id, ok: true, value: [Float32Array.of(-1)] })
  old.say({ kind: 'lost', reason: 'late' })
  clock.advance(50)
  for (let id = 1; id < 9; id++) old.say({ id, ok: true, value: [Float32Array.of(-1)] })
  await endTurn()
  expect(running.count).toBe(0)
  hosts.last.answerAll()
  await endTurn()
  expect(running).toEqual({ settled: 10, count: 1 })
  expect(hosts.all).toHaveLength(2)
})

test('ignores answers to questions that it never asked', async () => {
  const { hosts, load } = createScriptedBackend()
  const model = await load()
  const running = runRow(model, 1)
  hosts.last.say({ id: 77, ok: true, value: [Float32Array.of(-1)] })
  hosts.last.say({ id: 1, ok: false, error: { code: 'CLOSED', message: 'again' } })
  hosts.last.answerAll()
  expect(await running).toBe(2)
})

test('ends a host that does not answer a batch in time: that batch is over, the waiting ones run again', async () => {
  const { backend, hosts, clock, load } = createScriptedBackend({ runDeadlineMs: 2000 })
  const [slow, other] = [await load(), await load()]
  const hung = runRow(slow, 1)
  const waiting = runRow(other, 2)
  clock.advance(2000)
  expect(hosts.last.isKilled).toBe(true)
  await expect(hung).rejects.toMatchObject({
    code: 'EXECUTION_FAILED',
    message: expect.stringContaining('no answer within 2000 ms'),
    details: { backend: 'native' },
  })
  clock.advance(5)
  hosts.last.answerAll()
  expect(await waiting).toBe(4)
  expect(hosts.last.asked).toEqual(['open', 'load 1', 'load 2', 'run 2'])
  expect(backend.health()).toEqual({ restartCount: 1, lastLoss: 'no answer within 2000 ms' })
})

const budget = { timeBudgetMs: 300 }

test('ends a host whose run is past the budget of its model, and does not run that batch again', async () => {
  const { backend, hosts, clock, load } = createScriptedBackend()
  const model = await load()
  const hung = runRow(model, 1, budget)
  const next = runRow(model, 2, budget)
  clock.advance(299)
  expect(hosts.last.isKilled).toBe(false)
  clock.advance(1)
  expect(hosts.last.isKilled).toBe(true)
  await expect(hung).rejects.toMatchObject({
    code: 'EXECUTION_FAILED',
    message: 'synthetic took longer than its time budget of 300 ms for one batch',
    details: { model: 'synthetic', timeBudgetMs: 300, backend: 'native' },
  })
  clock.advance(5)
  hosts.last.answerAll()
  expect(await next).toBe(4)
  expect(hosts.last.asked).toEqual(['open', 'load 1', 'run 1'])
  expect(backend.health()).toEqual({ restartCount: 1, lastLoss: 'no answer within 300 ms' })
})

test('lets models have budgets of their own, below and above that of a run without one', async () => {
  const { hosts, clock, load } = createScriptedBackend({ runDeadlineMs: 2000 })
  const [hasty, patient] = [await load(), await load()]
  const slow = runRow(patient, 1, { timeBudgetMs: 5000 })
  clock.advance(4999)
  hosts.last.answer()
  expect(await slow).toBe(2)
  const hung = runRow(hasty, 1, budget)
  clock.advance(300)
  await expect(hung).rejects.toMatchObject({ code: 'EXECUTION_FAILED' })
})

test('counts neither the wait for a new host nor the batches before it against the budget', async () => {
  const { hosts, clock, load } = createScriptedBackend()
  const [slow, model] = [await load(), await load()]
  const first = runRow(slow, 1, { timeBudgetMs: 2000 })
  const second = runRow(model, 2, budget)
  clock.advance(1999)
  hosts.last.answer()
  expect(await first).toBe(2)
  clock.advance(200)
  hosts.last.die()
  clock.advance(1000)
  hosts.last.answerAll()
  expect(await second).toBe(4)
})

test('sends no batch to a new host whose callers have given up by then', async () => {
  const { hosts, clock, load } = createScriptedBackend()
  const model = await load()
  const lost = runRow(model, 1, budget)
  hosts.last.die()
  clock.advance(300 + 5000)
  const next = runRow(model, 2, budget)
  hosts.last.answerAll()
  await expect(lost).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' })
  expect(await next).toBe(4)
  expect(hosts.last.asked).toEqual(['open', 'load 1', 'run 1'])
})

test('counts the time of a batch from when the host can begin it', async () => {
  const { hosts, clock, load } = createScriptedBackend({ runDeadlineMs: 2000 })
  const model = await load()
  const running = [1, 2, 3].map((first) => runRow(model, first))
  for (let i = 0; i < 3; i++) {
    clock.advance(1999)
    hosts.last.answer()
  }
  expect(await Promise.all(running)).toEqual([2, 4, 6])
  expect(clock.pendingTimers).toBe(0)
})

test('gives a batch one minute where nothing else was said', async () => {
  const { clock, load } = createScriptedBackend()
  const hung = outcomeOf(runRow(await load(), 1))
  clock.advance(59_999)
  await endTurn()
  expect(hung.count).toBe(0)
  clock.advance(1)
  await endTurn()
  expect(hung.settled).toMatchObject({ code: 'EXECUTION_FAILED' })
})

test('rejects what waits where the device does not come back', async () => {
  const { hosts, load } = createScriptedBackend()
  const model = await load()
  const running = runRow(model, 1)
  hosts.last.die()
  hosts.last.fail({ code: 'BACKEND_UNAVAILABLE', message: 'no CUDA device' })
  const expected = { code: 'BACKEND_UNAVAILABLE', message: expect.stringMatching(/^no CUDA device; it is tried again/) }
  await expect(running).rejects.toMatchObject(expected)
  await expect(runRow(model, 1)).rejects.toMatchObject(expected)
})

test('finishes the batches of a disposed model before it is freed, on a new host too', async () => {
  const { hosts, load } = createScriptedBackend()
  const model = await load()
  const running = [runRow(model, 1), runRow(model, 2)]
  model.dispose()
  model.dispose()
  await expect(runRow(model, 3)).rejects.toMatchObject({ code: 'CLOSED' })
  hosts.last.answer()
  hosts.last.die()
  hosts.last.answerAll()
  expect(await Promise.all(running)).toEqual([2, 4])
  expect(hosts.last.asked).toEqual(['open', 'load 1', 'run 1', 'dispose 1'])
  expect(hosts.last.models.size).toBe(0)
})

test('settles everything that waits when closed, and starts anew afterwards', async () => {
  const { backend, hosts, clock, load } = createScriptedBackend()
  const model = await load()
  const waiting = [runRow(model, 1), backend.load(smallArtifact), backend.tensorCount()]
  const [closing, again] = [backend.close(), backend.close()]
  for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'CLOSED' })
  await expect(runRow(model, 1)).rejects.toMatchObject({ code: 'CLOSED' })
  hosts.last.answerAll()
  const opening = backend.open()
  clock.advance(5)
  await Promise.all([closing, again])
  hosts.last.answerAll()
  await opening
  expect(hosts.all).toHaveLength(2)
})

test('kills a host that does not end within a second of close', async () => {
  const { backend, hosts, clock, load } = createScriptedBackend()
  await load()
  hosts.endsAfterMs = Infinity
  const closing = outcomeOf(backend.close())
  clock.advance(1000)
  expect(hosts.last.isKilled).toBe(true)
  await endTurn()
  expect(closing.count).toBe(0)
  clock.advance(5)
  await endTurn()
  expect(closing.count).toBe(1)
  expect(clock.pendingTimers).toBe(0)
})

test('closes a host that is only starting', async () => {
  const { backend, hosts, clock } = createScriptedBackend()
  const opening = backend.open()
  const closing = backend.close()
  await expect(opening).rejects.toMatchObject({ code: 'CLOSED' })
  clock.advance(5)
  await closing
  expect(hosts.last.isGone).toBe(true)
  expect(hosts.all).toHaveLength(1)
})

test('counts the tensors of the host', async () => {
  const { backend, hosts, load } = createScriptedBackend()
  await load()
  const counting = backend.tensorCount()
  hosts.last.answerAll()
  expect(await counting).toBe(1)
})
