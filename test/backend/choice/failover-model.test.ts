// A model whose backend gives out goes on elsewhere: no batch is lost, moves are shared, and what is left is given back.
import { expect, test } from 'vitest'
import { createFailoverModel } from '../../../src/backend/choice/failover-model.ts'
import type { BackendModel, Slab } from '../../../src/backend/port.ts'
import { createError, type ErrorCode } from '../../../src/errors.ts'

type Post = { readonly model: BackendModel; readonly seen: number[]; disposeCount: number; fail?: Error }

/** Answers each value plus `offset`; waits for `gate` where there is one. */
function createPost(
  offset: number,
  options: { fail?: Error; gate?: Promise<void>; mode?: 'sync' | 'async' } = {},
): Post {
  const { gate, mode = 'async' } = options
  const post: Post = {
    seen: [],
    disposeCount: 0,
    ...(options.fail && { fail: options.fail }),
    model: {
      mode,
      run(inputs, rowCount, [raw]) {
        post.seen.push(rowCount)
        const fill = (): void => {
          if (post.fail !== undefined) throw post.fail
          for (let i = 0; i < rowCount; i++) raw.values[i] = inputs[0].values[i] + offset
        }
        return mode === 'sync' ? fill() : (gate ?? Promise.resolve()).then(fill)
      },
      dispose: () => void post.disposeCount++,
    },
  }
  return post
}

const slab = (name: string, values: number[]): Slab => ({ name, width: 1, values: Float32Array.from(values) })

async function answer(model: BackendModel, values: number[]): Promise<number[]> {
  const raw = slab('raw', new Array<number>(values.length).fill(0))
  await model.run([slab('ranks', values)], values.length, [raw])
  return [...raw.values]
}

function failover(first: Post, others: readonly Post[]) {
  const left = [...others]
  const causes: string[] = []
  const model = createFailoverModel({
    first: first.model,
    next: (cause) => {
      causes.push(cause.code)
      return Promise.resolve(left.shift()?.model)
    },
  })
  return { model, causes }
}

const full = () => createError('OUT_OF_MEMORY', 'full')
const gone = () => createError('BACKEND_UNAVAILABLE', 'gone')

test.each<[ErrorCode, Error]>([
  ['OUT_OF_MEMORY', full()],
  ['BACKEND_UNAVAILABLE', gone()],
])('runs the batch that met %s on the next backend, and all later ones', async (code, fail) => {
  const [first, second] = [createPost(100, { fail }), createPost(200)]
  const { model, causes } = failover(first, [second])
  expect(await answer(model, [1, 2])).toEqual([201, 202])
  expect(await answer(model, [3])).toEqual([203])
  expect([first.seen, second.seen, causes]).toEqual([[2], [2, 1], [code]])
  expect([first.disposeCount, second.disposeCount]).toEqual([1, 0])
})

test.each<ErrorCode>(['EXECUTION_FAILED', 'CLOSED'])('stays where a batch meets %s', async (code) => {
  const [first, second] = [createPost(100, { fail: createError(code, 'no') }), createPost(200)]
  const { model, causes } = failover(first, [second])
  await expect(answer(model, [1])).rejects.toMatchObject({ code })
  expect([causes, first.disposeCount]).toEqual([[], 0])
})

test('moves once for batches that fail at the same time', async () => {
  const [first, second] = [createPost(100, { fail: gone() }), createPost(200)]
  const { model, causes } = failover(first, [second, createPost(300)])
  const answers = await Promise.all([answer(model, [1]), answer(model, [2, 3]), answer(model, [4])])
  expect(answers).toEqual([[201], [202, 203], [204]])
  expect(causes).toHaveLength(1)
})

test('moves once where one batch finds no memory and another no backend', async () => {
  const [first, second] = [createPost(100), createPost(200)]
  const torn: BackendModel = {
    ...first.model,
    run: (_inputs, rowCount) => Promise.reject(rowCount === 1 ? full() : gone()),
  }
  const left = [second.model, createPost(300).model]
  const model = createFailoverModel({ first: torn, next: () => Promise.resolve(left.shift()) })
  expect(await Promise.all([answer(model, [1]), answer(model, [2, 3])])).toEqual([[201], [202, 203]])
  expect(left).toHaveLength(1)
})

test('sends batches that come during a move to where it goes, without asking what failed again', async () => {
  const [first, second] = [createPost(100, { fail: gone() }), createPost(200)]
  let arrive: (model: BackendModel) => void = () => undefined
  const model = createFailoverModel({ first: first.model, next: () => new Promise((resolve) => (arrive = resolve)) })
  const early = answer(model, [1])
  await new Promise(setImmediate)
  const late = answer(model, [2])
  await new Promise(setImmediate)
  arrive(second.model)
  expect(await Promise.all([early, late])).toEqual([[201], [202]])
  expect(first.seen).toEqual([1])
})

test('goes on through several backends that give out, to one that answers at once', async () => {
  const last = createPost(400, { mode: 'sync' })
  const { model, causes } = failover(createPost(100, { fail: full() }), [createPost(200, { fail: gone() }), last])
  expect(await answer(model, [1])).toEqual([401])
  expect(causes).toEqual(['OUT_OF_MEMORY', 'BACKEND_UNAVAILABLE'])
  expect(model.mode).toBe('async')
})

test('gives the first error where nothing is left, and goes on with the backend that it has', async () => {
  const first = createPost(100, { fail: full() })
  const { model } = failover(first, [])
  await expect(answer(model, [1, 2])).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' })
  delete first.fail
  expect(await answer(model, [1])).toEqual([101])
  expect(first.disposeCount).toBe(0)
})

test('lets batches that still run on the backend it leaves end there before it gives that back', async () => {
  let open: () => void = () => undefined
  const first = createPost(100, { gate: new Promise((resolve) => (open = resolve)) })
  const second = createPost(200)
  let isFull = true
  const fickle: BackendModel = {
    ...first.model,
    run: (inputs, rowCount, outputs) =>
      rowCount === 3 && isFull ? Promise.reject(full()) : first.model.run(inputs, rowCount, outputs),
  }
  const model = createFailoverModel({ first: fickle, next: () => Promise.resolve(second.model) })
  const slow = answer(model, [1])
  expect(await answer(model, [1, 2, 3])).toEqual([201, 202, 203])
  isFull = false
  expect(first.disposeCount).toBe(0)
  open()
  expect(await slow).toEqual([101])
  expect(first.disposeCount).toBe(1)
})

test('gives back everything when it is disposed, even in the middle of a move', async () => {
  const [first, second] = [createPost(100, { fail: gone() }), createPost(200)]
  let arrive: (model: BackendModel) => void = () => undefined
  const model = createFailoverModel({ first: first.model, next: () => new Promise((resolve) => (arrive = resolve)) })
  const pending = answer(model, [1])
  await new Promise(setImmediate)
  model.dispose()
  arrive(second.model)
  await expect(pending).rejects.toMatchObject({ code: 'CLOSED' })
  expect(first.disposeCount).toBeGreaterThan(0)
  expect(second.disposeCount).toBe(1)
  await expect(answer(model, [1])).rejects.toMatchObject({ code: 'CLOSED' })
  expect(second.seen).toEqual([])
})
