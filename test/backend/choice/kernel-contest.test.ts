// Where `auto` serves from kernels, from graphs, or from both.
import { describe, expect, test } from 'vitest'
import { createError } from '../../../src/errors.ts'
import { fastKernel, kernel, missing, native, perRow, select, threads, wrongRows } from './kernel-scene.ts'

const wrong = (value: number): number => value + 1

describe('a kernel that is right', () => {
  test('serves alone where no graph could be faster, and none is opened', async () => {
    const { choice, fakes, model } = await select({ cuda: {}, native, wasm: {}, cpu: {}, kernel: fastKernel })
    expect(choice.picked).toBe('kernel')
    expect(choice.why).toBe('the kernel is there and right: 0.100 µs a row in batches of 512')
    expect([fakes.cuda, fakes.native, fakes.wasm, fakes.cpu].map(({ counts }) => counts.opened)).toEqual([0, 0, 0, 0])
    expect(choice.candidates[1].reason).toBe(
      'not tried: no graph on native could be faster than the kernel, 0.100 µs a row in batches of 512',
    )
    expect(await wrongRows(model, 20)).toBe(0)
  })

  test('has graphs of trees in WebAssembly left alone however long it takes', async () => {
    const { choice, fakes } = await select({ native: missing, wasm: {}, cpu: {}, kernel })
    expect(choice.picked).toBe('kernel')
    expect(choice.candidates[0]).toMatchObject({ name: 'native', available: false })
    expect([fakes.wasm.counts.opened, fakes.cpu.counts.opened]).toEqual([0, 0])
  })

  test('serves alone where the graph that was tried is slower at all sizes', async () => {
    const { choice, fakes } = await select({ native: { ...native, runMs: perRow(0.5, 0.001) }, kernel })
    expect(choice.picked).toBe('kernel')
    expect(choice.why).toMatch(
      /^the kernel is the fastest that is right \(µs a row of kernel and native by batch size: 1: /,
    )
    expect(choice).not.toHaveProperty('kernelMaxRows')
    expect(fakes.native.counts).toEqual({ opened: 1, loaded: 1, disposed: 1 })
  })

  test('is taken without a clock, and nothing else is opened', async () => {
    const { choice, fakes } = await select({ native, wasm: {}, kernel }, 'auto', false)
    expect(choice).toMatchObject({ picked: 'kernel', why: 'a kernel is there and right' })
    expect(choice.candidates.map(({ reason }) => reason).slice(0, 2)).toEqual([
      'not tried: kernel comes first',
      'not tried: kernel comes first',
    ])
    expect([fakes.native.counts.opened, fakes.wasm.counts.opened]).toEqual([0, 0])
  })

  test('is taken alone where it is asked for by name', async () => {
    const { choice, fakes } = await select({ native, kernel }, 'kernel')
    expect(choice).toMatchObject({ picked: 'kernel', why: 'asked for by name', candidates: [{ name: 'kernel' }] })
    expect(fakes.native.counts.opened).toBe(0)
  })
})

test('a kernel that is wrong is named, and the graph serves', async () => {
  const { choice, fakes, events, model } = await select({ wasm: {}, kernel: { ...kernel, answer: wrong } })
  expect(choice.picked).toBe('wasm')
  expect(choice.candidates[1]).toMatchObject({ right: false, reason: expect.stringMatching(/^wrong on/) as string })
  expect(events).toMatchObject([{ kind: 'disqualified', name: 'kernel' }])
  expect(fakes.kernel.counts.disposed).toBe(1)
  expect(await wrongRows(model, 20)).toBe(0)
  await expect(select({ kernel: { ...kernel, answer: wrong } }, 'kernel')).rejects.toThrow(/wrong on check row/)
})

test('a kernel that breaks while it is timed leaves the model to the graph', async () => {
  const onRun = (rowCount: number): void => {
    if (rowCount === 8) throw createError('EXECUTION_FAILED', 'broke')
  }
  const { choice, fakes } = await select({ wasm: {}, kernel: { ...kernel, onRun } })
  expect(choice.picked).toBe('wasm')
  expect(fakes.kernel.counts.disposed).toBe(1)
})

describe('a graph that is faster', () => {
  test('for large batches takes those, and the kernel the others', async () => {
    const { choice, fakes, model } = await select({ native, wasm: {}, kernel })
    expect(choice).toMatchObject({ picked: 'native', kernelMaxRows: 181 })
    expect(choice.why).toMatch(/^batches of over 181 rows are faster on native, smaller ones on the kernel \(µs a row/)
    for (const rowCount of [1, 181, 182, 700]) expect(await wrongRows(model, rowCount)).toBe(0)
    expect([fakes.kernel.batches, fakes.native.batches]).toEqual([
      [1, 181],
      [182, 700],
    ])
    model.dispose()
    expect([fakes.kernel.counts.disposed, fakes.native.counts.disposed]).toEqual([1, 1])
  })

  test('for all batches serves alone, and the kernel is given back', async () => {
    const { choice, fakes, model } = await select({ native: { ...native, runMs: perRow(0, 0.0001) }, kernel })
    expect(choice.picked).toBe('native')
    expect(choice.why).toMatch(/^native is the fastest that is right/)
    expect(choice).not.toHaveProperty('kernelMaxRows')
    expect(fakes.kernel.counts.disposed).toBe(1)
    expect(await wrongRows(model, 3)).toBe(0)
  })

  test('is found in the next tier where the first one never wins', async () => {
    const { choice, fakes } = await select({ cuda: { ...native, runMs: perRow(3, 0) }, native, kernel })
    expect(choice).toMatchObject({ picked: 'native', kernelMaxRows: 181 })
    expect(fakes.cuda.counts).toEqual({ opened: 1, loaded: 1, disposed: 1 })
  })

  test('where it counts is taken before one that is faster only where the kernel is faster still', async () => {
    const webgpu = { ...native, runMs: perRow(0.05, 0.002) }
    const { choice, fakes } = await select({ webgpu, native: { ...native, runMs: perRow(0.4, 0.0001) }, kernel })
    expect(choice).toMatchObject({ picked: 'native', kernelMaxRows: 181 })
    expect(fakes.webgpu.counts.disposed).toBe(1)
  })

  test('stands beside kernels in threads as well', async () => {
    const { choice, fakes, model } = await select({ native, kernel: threads })
    expect(choice.kernelMaxRows).toBe(181)
    expect(model.mode).toBe('async')
    for (const rowCount of [3, 300]) expect(await wrongRows(model, rowCount)).toBe(0)
    expect([fakes.kernel.batches, fakes.native.batches]).toEqual([[3], [300]])
    model.dispose()
    expect([fakes.kernel.counts.disposed, fakes.native.counts.disposed]).toEqual([1, 1])
  })

  test('gives batches under way at the same time columns of their own', async () => {
    let isServing = false
    const gates: (() => void)[] = []
    const onRun = (): Promise<void> | undefined =>
      isServing ? new Promise<void>((resolve) => gates.push(resolve)) : undefined
    const { model } = await select({ native: { ...native, onRun }, kernel })
    isServing = true
    const running = [0, 1, 2].map((from) => wrongRows(model, 200 + from, from))
    for (const open of gates.reverse()) open()
    expect(await Promise.all(running)).toEqual([0, 0, 0])
  })
})
