// A watched device: late errors reach the work that caused them, and its loss is told once.
import { expect, test } from 'vitest'
import { type GpuDevice, type GpuError, watchDevice } from '../../../src/backend/tfjs/webgpu-device.ts'

/** A device whose scopes keep the errors that the test raises, innermost first, as WebGPU's do. */
function fakeDevice() {
  const scopes: { filter: string; error: GpuError | null }[] = []
  const uncaptured: Parameters<GpuDevice['addEventListener']>[1][] = []
  let lose: (info: { reason: string; message: string }) => void = () => undefined
  const lost = new Promise<{ reason: string; message: string }>((resolve) => void (lose = resolve))
  const device: GpuDevice = {
    limits: {},
    lost,
    pushErrorScope: (filter) => void scopes.push({ filter, error: null }),
    popErrorScope: () => Promise.resolve(scopes.pop()?.error ?? null),
    addEventListener: (_, listener) => void uncaptured.push(listener),
    destroy: () => lose({ reason: 'destroyed', message: 'device was destroyed' }),
  }
  let prevented = 0
  const raise = (filter: string, message: string): void => {
    const scope = scopes.findLast((open) => open.filter === filter)
    if (scope !== undefined) scope.error ??= { message }
    else for (const listener of uncaptured) listener({ error: { message }, preventDefault: () => void prevented++ })
  }
  return {
    device,
    raise,
    lose: () => lose({ reason: 'unknown', message: 'the driver went' }),
    scopes,
    prevented: () => prevented,
  }
}

test('lets work without errors pass, and leaves no scope open', async () => {
  const { device, scopes } = fakeDevice()
  await expect(watchDevice(device, () => undefined).watch()()).resolves.toBeUndefined()
  expect(scopes).toEqual([])
})

test.each([
  ['validation', 'the device reported an error of validation: bad WGSL'],
  ['internal', 'the device reported an error of internal: bad WGSL'],
  ['out-of-memory', 'the device reported an error of out of memory: bad WGSL'],
])('rejects work that had an error of %s', async (filter, message) => {
  const { device, raise } = fakeDevice()
  const settle = watchDevice(device, () => undefined).watch()
  raise(filter, 'bad WGSL\n at line 3')
  await expect(settle()).rejects.toThrow(message)
})

test('names missing memory where errors of other kinds follow from it', async () => {
  const { device, raise } = fakeDevice()
  const settle = watchDevice(device, () => undefined).watch()
  for (const filter of ['validation', 'out-of-memory']) raise(filter, filter)
  await expect(settle()).rejects.toThrow('out of memory')
})

test('keeps the errors of runs in flight apart', async () => {
  const { device, raise } = fakeDevice()
  const watch = watchDevice(device, () => undefined)
  const settleFirst = watch.watch()
  raise('validation', 'first')
  const first = settleFirst()
  const second = watch.watch()()
  await expect(first).rejects.toThrow('first')
  await expect(second).resolves.toBeUndefined()
})

test('fails all work in flight for an error that no scope caught, or else the next, and keeps it off the console', async () => {
  const { device, raise, prevented } = fakeDevice()
  const watch = watchDevice(device, () => undefined)
  const flights = [watch.watch()(), watch.watch()()]
  raise('nowhere', 'late')
  for (const flight of flights) await expect(flight).rejects.toThrow('the device reported an error: late')
  raise('nowhere', 'later')
  await expect(watch.watch()()).rejects.toThrow('later')
  await expect(watch.watch()()).resolves.toBeUndefined()
  expect(prevented()).toBe(2)
})

test('tells of a loss once, and fails work in flight and all work after it', async () => {
  const { device, lose } = fakeDevice()
  const reasons: string[] = []
  const watch = watchDevice(device, (reason) => void reasons.push(reason))
  const settle = watch.watch()
  lose()
  const expected = { code: 'BACKEND_UNAVAILABLE', message: expect.stringContaining('the driver went') as unknown }
  expect(await watch.lost).toMatchObject(expected)
  await expect(settle()).rejects.toMatchObject(expected)
  expect(() => watch.watch()).toThrow(expect.objectContaining(expected))
  expect(reasons).toEqual(['the driver went'])
})

test('does not call its own end a loss', async () => {
  const { device } = fakeDevice()
  const reasons: string[] = []
  const watch = watchDevice(device, (reason) => void reasons.push(reason))
  watch.destroy()
  await watch.lost
  expect(reasons).toEqual([])
  expect(() => watch.watch()).toThrow(expect.objectContaining({ code: 'BACKEND_UNAVAILABLE' }))
})
