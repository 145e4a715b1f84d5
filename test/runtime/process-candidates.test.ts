// Models whose users say the same share backends, whose memory is counted once; closing ends them for all.
import { expect, test } from 'vitest'
import type { Candidate } from '../../src/backend/choice/candidates.ts'
import type { BackendOptions } from '../../src/backend/backend-options.ts'
import type { BackendName } from '../../src/backend/port.ts'
import { closeBackends, processCandidates } from '../../src/runtime/process-candidates.ts'

function find(options: BackendOptions, name: BackendName): Candidate | undefined {
  return processCandidates(options).find((candidate) => candidate.name === name)
}

test('lists every backend in the preferred order', () => {
  const names = ['cuda', 'webgpu', 'native', 'wasm', 'cpu', 'kernel']
  expect(processCandidates({}).map(({ name }) => name)).toEqual(names)
})

test('gives the same backends for the same options, in whatever order they are written', () => {
  const one = { native: { intraOpThreads: 2, interOpThreads: 1 }, webgpu: {} }
  const other = { native: { interOpThreads: 1, intraOpThreads: 2 } }
  for (const name of ['native', 'webgpu', 'wasm'] as const) expect(find(one, name)).toBe(find(other, name))
})

test('makes a backend of its own for other options of its own, and only for those', () => {
  const threads = { native: { intraOpThreads: 4 } }
  expect(find(threads, 'native')).not.toBe(find({}, 'native'))
  for (const name of ['cuda', 'webgpu', 'wasm', 'cpu'] as const) expect(find(threads, name)).toBe(find({}, name))
})

test('goes on with the backends that it has after they were closed', async () => {
  const wasm = find({}, 'wasm')
  await closeBackends()
  await closeBackends()
  expect(find({}, 'wasm')).toBe(wasm)
})
