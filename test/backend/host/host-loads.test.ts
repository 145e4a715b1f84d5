// Models that a host could not load, or not load again.
import { expect, test } from 'vitest'
import { createScriptedBackend, runRow, smallArtifact } from '../../helpers/scripted-host.ts'

const outOfMemory = { code: 'OUT_OF_MEMORY', message: 'no room on the card', details: { needed: 5 } }

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

test('frees a model that is disposed while it is loaded again', async () => {
  const { hosts, load } = createScriptedBackend()
  const [model] = [await load(), await load()]
  hosts.last.die()
  hosts.last.answer()
  model.dispose()
  hosts.last.answerAll()
  expect([...hosts.last.models]).toEqual([2])
})
