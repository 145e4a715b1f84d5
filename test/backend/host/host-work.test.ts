import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { BackendModel } from '../../../src/backend/port.ts'
import { isMLError } from '../../../src/errors.ts'
import {
  createScriptedBackend,
  endTurn,
  outcomeOf,
  runRow,
  type ScriptedHost,
  smallArtifact,
} from '../../helpers/scripted-host.ts'

const outOfMemory = { code: 'OUT_OF_MEMORY', message: 'no room on the card', details: { needed: 5 } }

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

test('loads the models again at once where the host dies idle, so that the next batch finds it ready', async () => {
  const { hosts, load } = createScriptedBackend()
  const model = await load()
  await load()
  hosts.last.die()
  hosts.last.answerAll()
  expect(hosts.last.asked).toEqual(['open', 'load 1', 'load 2'])
  const running = runRow(model, 1)
  hosts.last.answerAll()
  expect(await running).toBe(2)
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

test('loads once more where the host dies in a load, and rejects when that one dies too', async () => {
  const { backend, hosts, load } = createScriptedBackend()
  const model = await load()
  const loading = backend.load(smallArtifact)
  hosts.last.die('was out of memory')
  hosts.last.answer()
  expect(hosts.last.pending.map(({ kind }) => kind)).toEqual(['load', 'load'])
  hosts.last.answer()
  hosts.last.die('was out of memory')
  await expect(loading).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringContaining('twice while it should load model synthetic: was out of memory'),
  })
  hosts.last.answerAll()
  expect(hosts.last.asked).toEqual(['open', 'load 1'])
  const running = runRow(model, 1)
  hosts.last.answerAll()
  expect(await running).toBe(2)
})

test('ends a host that does not finish a load and does not try that one again', async () => {
  const { backend, hosts, clock, load } = createScriptedBackend()
  await load()
  const loading = backend.load(smallArtifact)
  clock.advance(120_000)
  await expect(loading).rejects.toMatchObject({
    code: 'MODEL_LOAD_FAILED',
    message: expect.stringContaining('120000 ms'),
  })
  clock.advance(5)
  hosts.last.answerAll()
  expect(hosts.last.asked).toEqual(['open', 'load 1'])
})

test('hands on why a model cannot be loaded, and keeps nothing of it', async () => {
  const { backend, hosts, clock } = createScriptedBackend()
  const loading = backend.load(smallArtifact)
  hosts.last.answer()
  hosts.last.fail(outOfMemory)
  await expect(loading).rejects.toMatchObject({ name: 'PredictionError', ...outOfMemory })
  clock.advance(5000)
  expect(hosts.last.isAskedToEnd).toBe(true)
})

test('keeps nothing of a model that found no host', async () => {
  const { backend, hosts, clock } = createScriptedBackend()
  const loading = backend.load(smallArtifact)
  hosts.last.fail({ code: 'BACKEND_UNAVAILABLE', message: 'no device' })
  await expect(loading).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' })
  clock.advance(60_000)
  const opening = backend.open()
  hosts.last.answerAll()
  await opening
  expect(hosts.last.asked).toEqual(['open'])
})

test('ends a host that has nothing but models which it could not load', async () => {
  const { hosts, clock, load } = createScriptedBackend()
  const model = await load()
  hosts.last.die()
  hosts.last.answer()
  hosts.last.fail(outOfMemory)
  clock.advance(5000)
  expect(hosts.last.isAskedToEnd).toBe(true)
  clock.advance(5)
  const running = runRow(model, 1)
  hosts.last.answerAll()
  expect(await running).toBe(2)
})

test('gives the batches of a model that a new host cannot load that reason, and loads it for the next one', async () => {
  const { hosts, load } = createScriptedBackend()
  const [large, small] = [await load(), await load()]
  const running = [runRow(large, 1), runRow(small, 2)]
  hosts.last.die()
  hosts.last.answer()
  hosts.last.fail(outOfMemory)
  await expect(running[0]).rejects.toMatchObject(outOfMemory)
  hosts.last.answerAll()
  expect(await running[1]).toBe(4)
  const next = runRow(large, 3)
  hosts.last.answerAll()
  expect(await next).toBe(6)
  expect(hosts.last.asked).toEqual(['open', 'load 1', 'load 2', 'run 2', 'load 1', 'run 1'])
})

test('says BACKEND_UNAVAILABLE to a batch whose model a new host does not load again, whatever the reason', async () => {
  const { hosts, load } = createScriptedBackend()
  const model = await load()
  const running = runRow(model, 1)
  hosts.last.die()
  hosts.last.answer()
  hosts.last.fail({ code: 'MODEL_LOAD_FAILED', message: 'shader 3 did not compile' })
  await expect(running).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringContaining('shader 3 did not compile'),
  })
})

test('leaves a model out whose loading kills hosts, until somebody runs it', async () => {
  const { hosts, load } = createScriptedBackend()
  const [deadly, other] = [await load(), await load()]
  hosts.last.die()
  hosts.last.answer()
  hosts.last.die()
  hosts.last.answer()
  hosts.last.die()
  hosts.last.answerAll()
  expect(hosts.last.asked).toEqual(['open', 'load 2'])
  const running = runRow(other, 1)
  hosts.last.answerAll()
  expect(await running).toBe(2)
  const again = runRow(deadly, 2)
  hosts.last.answerAll()
  expect(await again).toBe(4)
})

test('rejects what waits where the device does not come back', async () => {
  const { hosts, load } = createScriptedBackend()
  const model = await load()
  const running = runRow(model, 1)
  hosts.last.die()
  hosts.last.fail({ code: 'BACKEND_UNAVAILABLE', message: 'no CUDA device' })
  const expected = { code: 'BACKEND_UNAVAILABLE', message: 'no CUDA device' }
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

test('frees a model that is disposed while it is loaded again', async () => {
  const { hosts, load } = createScriptedBackend()
  const [model] = [await load(), await load()]
  hosts.last.die()
  hosts.last.answer()
  model.dispose()
  hosts.last.answerAll()
  expect([...hosts.last.models]).toEqual([2])
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

type StepKind = keyof typeof weights
type Step = { readonly kind: StepKind; readonly pick: number }

/** How often each comes, roughly as in life, only with more deaths. */
const weights = { load: 4, run: 14, answer: 24, dispose: 1, die: 3, lose: 1, pass: 4, close: 1 } as const
const stepKinds = Object.entries(weights).flatMap(([kind, weight]) => new Array(weight).fill(kind) as StepKind[])

/** A scripted host that is asked what a real one could not do says RangeError, which is none of these. */
const refusal = /^(BACKEND_UNAVAILABLE .*|CLOSED .*|(EXECUTION|MODEL_LOAD)_FAILED .*no answer within \d+ ms)$/
const textOf = (error: unknown): string => (isMLError(error) ? `${error.code} ${error.message}` : String(error))

/** Plays the steps, lets the last host answer everything that is left, and gives what became of each call. */
async function play(steps: readonly Step[]) {
  const { backend, hosts, clock } = createScriptedBackend({ runDeadlineMs: 4000 })
  const models: BackendModel[] = []
  const runs: { readonly expected: number; readonly outcome: ReturnType<typeof outcomeOf> }[] = []
  const others: ReturnType<typeof outcomeOf>[] = []
  const living = (): ScriptedHost | undefined => hosts.all.find(({ isGone }) => !isGone)
  for (const [i, { kind, pick }] of steps.entries()) {
    const model = models.length === 0 ? undefined : models[pick % models.length]
    if (kind === 'load') {
      const loading = backend.load(smallArtifact)
      others.push(outcomeOf(loading))
      loading.then(
        (loaded) => models.push(loaded),
        () => undefined,
      )
    } else if (kind === 'run' && model !== undefined) {
      runs.push({ expected: 2 * i, outcome: outcomeOf(runRow(model, i)) })
    } else if (kind === 'answer') {
      if (living()?.pending.length) living()?.answer()
    } else if (kind === 'dispose') model?.dispose()
    else if (kind === 'die') living()?.die()
    else if (kind === 'lose') living()?.say({ kind: 'lost', reason: 'device lost' })
    else if (kind === 'pass') clock.advance([1, 10, 100, 1000, 5000, 70_000][pick % 6])
    else {
      models.length = 0
      others.push(outcomeOf(backend.close()))
    }
    if (pick % 2 === 0) await endTurn()
  }
  for (let round = 0; round < 12; round++) {
    for (const host of hosts.all) if (!host.isGone && !host.isAskedToEnd) host.answerAll()
    clock.advance(10)
    await endTurn()
  }
  const countAlive = () => hosts.all.filter(({ isGone }) => !isGone).length
  const aliveCount = countAlive()
  const closing = outcomeOf(backend.close())
  clock.advance(3000)
  await endTurn()
  return { runs, others: [...others, closing], aliveCount, leftCount: countAlive(), timerCount: clock.pendingTimers }
}

test('settles every call exactly once and with its own answer, whatever happens in between', async () => {
  const step = fc.record({ kind: fc.constantFrom(...stepKinds), pick: fc.nat(99) })
  const steps = fc.array(step, { minLength: 30, maxLength: 90, size: 'max' })
  let answered = 0
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const { runs, others, aliveCount, leftCount, timerCount } = await play(script)
      for (const { expected, outcome } of runs) {
        expect(outcome.count).toBe(1)
        if (outcome.settled !== expected) expect(textOf(outcome.settled)).toMatch(refusal)
        else answered++
      }
      for (const { count, settled } of others) {
        expect(count).toBe(1)
        if (isMLError(settled)) expect(textOf(settled)).toMatch(refusal)
      }
      expect(aliveCount).toBeLessThanOrEqual(1)
      expect({ leftCount, timerCount }).toEqual({ leftCount: 0, timerCount: 0 })
    }),
    { numRuns: 1000, seed: 20261122 },
  )
  expect(answered).toBeGreaterThan(1000)
})
