// A session beside the same graph operation by operation, with a binding that is told what to do: which of them serves, and why.
import { expect, test } from 'vitest'
import { findSessionForm, type SessionPorts } from '../../../src/backend/tfjs/session-form.ts'
import { type SessionBinding, sessionBindingOf } from '../../../src/backend/tfjs/tensorflow-session.ts'
import type { FrozenGraph } from '../../../src/backend/saved-model/saved-model.ts'
import { nodesOf } from '../../helpers/protobuf-reader.ts'

const product = {
  T: { type: 'DT_FLOAT' },
  fused_ops: { list: { s: [btoa('BiasAdd'), btoa('Relu')] } },
}

/** Doubles one column. */
const frozen: FrozenGraph = {
  nodes: [
    { name: 'features', op: 'Placeholder', input: [], attr: {} },
    { name: 'raw', op: '_FusedMatMul', input: ['features', 'weights', 'bias'], attr: product },
  ],
  constants: [
    { name: 'weights', shape: [1, 1], dtype: 'float32', values: Float32Array.of(2) },
    { name: 'bias', shape: [1], dtype: 'float32', values: Float32Array.of(0) },
  ],
  input: { name: 'features', width: 1 },
  output: { name: 'raw', width: 1 },
}

type Script = {
  /** Of a session; what is known to be right doubles. */
  readonly answer?: (value: number) => number
  readonly load?: () => void
  readonly knownMs?: number
  readonly sessionMs?: number
  readonly ports?: Partial<SessionPorts>
  readonly constants?: FrozenGraph['constants']
}

async function find({
  answer = (value) => 2 * value,
  load,
  knownMs = 5,
  sessionMs = 1,
  ports,
  constants,
}: Script = {}) {
  const tensors = new Map<number, ArrayLike<number>>()
  const sessions = new Set<number>()
  const failures: unknown[] = []
  const saved: Uint8Array[] = []
  let isDone = false
  let last = 0
  let nowMs = 0
  const put = (values: ArrayLike<number>): number => {
    tensors.set(++last, values)
    return last
  }
  const binding: SessionBinding = {
    TF_INT32: 3,
    createTensor: (_, __, values) => put(new Float32Array(values.buffer, values.byteOffset, values.length)),
    tensorDataSync: (id) => tensors.get(id) ?? [],
    deleteTensor: (id) => void tensors.delete(id),
    loadSavedModel() {
      expect(isDone).toBe(false)
      load?.()
      sessions.add(++last)
      return last
    },
    runSavedModel(_, [input]) {
      nowMs += sessionMs
      return [{ id: put(Float32Array.from(tensors.get(input) ?? [], answer)) }]
    },
    deleteSavedModel: (id) => void sessions.delete(id),
    getNumOfSavedModels: () => sessions.size,
  }
  const found = await findSessionForm(
    {
      frozen: { ...frozen, ...(constants && { constants }) },
      compute({ rows }) {
        nowMs += knownMs
        return rows.map((value) => 2 * value)
      },
    },
    {
      binding,
      operations: 'fused',
      async save(bytes) {
        saved.push(bytes)
        return { path: '/model', done: async () => void (isDone = true) }
      },
      now: () => nowMs,
      onFailure: (cause) => failures.push(cause),
      ...ports,
    },
  )
  return { found, tensors, sessions, failures, saved, isDone: () => isDone }
}

test('takes a session that answers alike and is faster, and says by how much', async () => {
  const { found, tensors, sessions, isDone } = await find()
  expect(found.text).toBe('one call of TensorFlow a batch, 5.0 times as fast as operation by operation')
  expect(Array.from(found.session?.compute({ from: 0, rowCount: 2, rows: Float32Array.of(3, 4) }) ?? [])).toEqual([
    6, 8,
  ])
  expect([tensors.size, sessions.size, isDone()]).toEqual([0, 1, true])
  found.session?.dispose()
  expect(sessions.size).toBe(0)
})

const declined: readonly (readonly [title: string, script: Script, text: string | RegExp])[] = [
  ['is slower', { sessionMs: 10 }, 'a session is slower, 0.50 times as fast'],
  ['answers otherwise', { answer: (value) => 2.1 * value }, /^a session answers otherwise, by 0\.05\d? of the largest/],
  ['answers NaN', { answer: () => NaN }, 'a session answers otherwise, by Infinity of the largest value'],
  [
    'cannot be loaded',
    {
      load() {
        throw new Error('Failed to load SavedModel: Op type not registered')
      },
    },
    'no session: Failed to load SavedModel: Op type not registered',
  ],
  [
    'breaks at its run',
    {
      answer() {
        throw new Error('Session fail to run')
      },
    },
    'no session: Session fail to run',
  ],
  [
    'cannot be saved',
    { ports: { save: () => Promise.reject(new Error('EROFS: read-only file system')) } },
    'no session: EROFS: read-only file system',
  ],
  ['is not there', { ports: { binding: undefined } }, 'this add-on has no sessions'],
  [
    'would hold too much',
    { constants: [{ name: 'weights', shape: [2 ** 22 + 1], dtype: 'float32', values: new Float32Array(2 ** 22 + 1) }] },
    'its constants take 16777220 bytes',
  ],
]

test.each(declined)('stays with single operations where a session %s, and leaves nothing', async (_, script, text) => {
  const { found, tensors, sessions } = await find(script)
  expect(found.session).toBeUndefined()
  expect(found.text.startsWith('operation by operation: ')).toBe(true)
  const why = found.text.slice('operation by operation: '.length)
  if (typeof text === 'string') expect(why).toBe(text)
  else expect(why).toMatch(text)
  expect([tensors.size, sessions.size]).toEqual([0, 0])
})

test('takes a difference of rounding', async () => {
  const { found } = await find({ answer: (value) => 2 * value * (1 + 1e-5) })
  expect(found.session).toBeDefined()
})

test('tells the backend what a session threw: a card may be lost by it', async () => {
  const cause = new Error('CUDA_ERROR_ILLEGAL_ADDRESS')
  const { failures } = await find({
    load() {
      throw cause
    },
  })
  expect(failures).toEqual([cause])
})

test('gives a session fused operations, or those that are known where the device’s own are not', async () => {
  const operations = async (kind: 'fused' | 'single') => {
    const { saved } = await find({ ports: { operations: kind } })
    return nodesOf(saved[0]).map(({ op }) => op)
  }
  expect((await operations('fused')).slice(-1)).toEqual(['_FusedMatMul'])
  expect((await operations('single')).slice(-3)).toEqual(['MatMul', 'AddV2', 'Relu'])
})

test('reads a slice in the middle of a larger buffer', async () => {
  const { found } = await find()
  const rows = Float32Array.of(1, 2, 3, 4).subarray(1, 3)
  expect(Array.from(found.session?.compute({ from: 0, rowCount: 2, rows }) ?? [])).toEqual([4, 6])
})

test('has no sessions where the binding lacks a part of them', () => {
  expect(sessionBindingOf({})).toBeUndefined()
  expect(
    sessionBindingOf({ loadSavedModel: () => 1, runSavedModel: () => [], deleteSavedModel: () => undefined }),
  ).toBe(undefined)
})
