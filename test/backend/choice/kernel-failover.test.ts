// What becomes of a model that serves from kernels, or from a kernel and a graph, when one of them gives out.
import { describe, expect, test } from 'vitest'
import { createError } from '../../../src/errors.ts'
import type { FakeOptions } from './fake-backends.ts'
import { kernel, native, select, threads, wrongRows } from './kernel-scene.ts'

describe('a backend that gives out while it serves', () => {
  function breaking(code: 'BACKEND_UNAVAILABLE' | 'OUT_OF_MEMORY' | 'EXECUTION_FAILED', options: FakeOptions) {
    const state = { isBroken: false }
    const onRun = (): void => {
      if (state.isBroken) throw createError(code, 'gone')
    }
    return { state, options: { ...options, onRun } }
  }

  test('beside the kernel leaves all batches to it, and says so', async () => {
    const { state, options } = breaking('BACKEND_UNAVAILABLE', native)
    const { selected, model, fakes, events } = await select({ native: options, wasm: {}, kernel })
    state.isBroken = true
    for (const from of [0, 1]) expect(await wrongRows(model, 300, from)).toBe(0)
    expect([fakes.native.batches, fakes.kernel.batches]).toEqual([[300], [300, 300]])
    expect(selected.choice).toMatchObject({ picked: 'kernel', movedFrom: 'native' })
    expect(selected.choice).not.toHaveProperty('kernelMaxRows')
    expect(events).toMatchObject([{ kind: 'moved', from: 'native', to: 'kernel' }])
    expect(fakes.wasm.counts.opened).toBe(0)
  })

  test('for lack of memory leaves that batch to the kernel', async () => {
    const { state, options } = breaking('OUT_OF_MEMORY', native)
    const { selected, model, fakes, events } = await select({ native: options, kernel })
    state.isBroken = true
    expect(await wrongRows(model, 300)).toBe(0)
    state.isBroken = false
    expect(await wrongRows(model, 301)).toBe(0)
    expect([fakes.native.batches, fakes.kernel.batches]).toEqual([[300, 301], [300]])
    expect(selected.choice.picked).toBe('native')
    expect(events).toEqual([])
  })

  test('by a failure of the batch passes that on', async () => {
    const { state, options } = breaking('EXECUTION_FAILED', native)
    const { model, fakes } = await select({ native: options, kernel })
    state.isBroken = true
    await expect(wrongRows(model, 300)).rejects.toMatchObject({ code: 'EXECUTION_FAILED' })
    expect(fakes.kernel.batches).toEqual([])
  })

  test('as threads of the kernel leaves all batches to the graph beside it', async () => {
    const { state, options } = breaking('BACKEND_UNAVAILABLE', threads)
    const { selected, model, events } = await select({ native, kernel: options })
    state.isBroken = true
    for (const rowCount of [3, 300]) expect(await wrongRows(model, rowCount)).toBe(0)
    expect(selected.choice).toMatchObject({ picked: 'native', movedFrom: 'kernel' })
    expect(events).toMatchObject([{ kind: 'moved', from: 'kernel', to: 'native' }])
  })

  test('as threads of the kernel moves to a graph, which then takes the same rows', async () => {
    const { state, options } = breaking('BACKEND_UNAVAILABLE', threads)
    const { selected, model, fakes } = await select({ wasm: {}, kernel: options })
    expect(model.takes).toBe('rows')
    state.isBroken = true
    for (const from of [0, 1]) expect(await wrongRows(model, 30, from)).toBe(0)
    expect(selected.choice).toMatchObject({ picked: 'wasm', movedFrom: 'kernel' })
    expect(fakes.kernel.counts.disposed).toBe(1)
  })
})
