// Which backend a model gets: the first that is there and right, or the named one, or an error that says the way out.
import { expect, test } from 'vitest'
import { type Candidate, createCandidates } from '../../../src/backend/choice/candidates.ts'
import type { Backend, BackendName } from '../../../src/backend/port.ts'
import { selectBackend } from '../../../src/backend/choice/select-backend.ts'
import { createError } from '../../../src/errors.ts'
import { artifactOf, createRandom, randomEnsemble, randomRows } from '../../helpers/random-regions.ts'

const random = createRandom(12)
const source = randomEnsemble(random, { trees: 10, depth: 3, features: 4 })
const artifact = artifactOf(source, { checkRows: randomRows(random, source, 5) })

type Fault = 'right' | 'wrong' | 'absent' | 'throws'

/** A fake backend, and what was disposed. */
function fake(name: BackendName, fault: Fault, disposed: string[] = []): Candidate {
  const answers = artifact.metadata.check.quantized
  let next = 0
  const backend: Backend = {
    name,
    description: name,
    open: () => Promise.resolve({ library: name, device: { kind: 'cpu', name } }),
    tensorCount: () => Promise.resolve(0),
    health: () => ({ restartCount: 0 }),
    close: () => Promise.resolve(),
    load() {
      if (fault === 'absent') return Promise.reject(createError('BACKEND_UNAVAILABLE', `${name} is not installed`))
      return Promise.resolve({
        mode: 'sync',
        run(_inputs, rowCount, [raw]) {
          if (fault === 'throws') throw createError('EXECUTION_FAILED', `${name} broke`)
          for (let i = 0; i < rowCount; i++) {
            const row = rowCount === 1 ? next++ % answers.length : i
            raw.values[i] = (answers[row][0] ?? NaN) + (fault === 'wrong' ? 1 : 0)
          }
        },
        dispose: () => void disposed.push(name),
      })
    },
  }
  return { name, backend }
}

test('takes wasm where it is asked for automatically, and reports every candidate', async () => {
  const { model, choice } = await selectBackend({ artifact, requested: 'auto', candidates: createCandidates() })
  model.dispose()
  expect(choice.picked).toBe('wasm')
  expect(choice.candidates.map(({ name, available }) => [name, available])).toEqual([
    ['cuda', false],
    ['webgpu', false],
    ['native', false],
    ['wasm', true],
    ['cpu', true],
    ['kernel', false],
  ])
  expect(choice.candidates[0].reason).toBe('not in this release')
  expect(choice.candidates[3]).toMatchObject({ right: true, reason: 'right on all 5 check rows' })
})

test('takes a named backend, and loads no other', async () => {
  const { model, choice } = await selectBackend({ artifact, requested: 'cpu', candidates: createCandidates() })
  model.dispose()
  expect(choice).toMatchObject({ picked: 'cpu', why: 'asked for by name', candidates: [{ name: 'cpu', right: true }] })
})

test('measures with the clock it is given', async () => {
  let ms = 0
  const now = () => (ms += 10)
  const { choice } = await selectBackend({ artifact, requested: 'auto', candidates: [fake('wasm', 'right')], now })
  expect(choice.candidates[0].microsPerRow).toBe(2000)
})

const orders: readonly (readonly [string, Fault, string])[] = [
  ['answers wrongly', 'wrong', 'wrong on check row'],
  ['is not there', 'absent', 'is not installed'],
  ['throws', 'throws', 'broke'],
]

test.each(orders)('passes on to the next where one %s, and names it', async (_, fault, reason) => {
  const disposed: string[] = []
  const candidates = [fake('native', fault, disposed), fake('wasm', 'right', disposed)]
  const { choice } = await selectBackend({ artifact, requested: 'auto', candidates })
  expect(choice.picked).toBe('wasm')
  expect(choice.candidates[0].name).toBe('native')
  expect(choice.candidates[0].reason).toContain(reason)
  expect(disposed).toEqual(fault === 'absent' ? [] : ['native'])
})

const refused: readonly (readonly [string, BackendName | 'auto', readonly Candidate[], string])[] = [
  ['is not in this release', 'cuda', createCandidates(), "ask for 'auto' or one of wasm, cpu"],
  ['answers wrongly', 'wasm', [fake('wasm', 'wrong')], 'wrong on check row'],
  ['is not in the list', 'native', [fake('wasm', 'right')], 'no such backend'],
  ['fails, as all others', 'auto', [fake('wasm', 'wrong'), fake('cpu', 'absent')], 'convert the model again'],
]

test.each(refused)('refuses a backend that %s, with the way out', async (_, requested, candidates, text) => {
  const attempt = selectBackend({ artifact, requested, candidates })
  await expect(attempt).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringContaining(text) as string,
  })
})

test('verifies the regions before any backend sees them', async () => {
  const regions = { regions: [{ kind: 'input', width: 0 }], output: [] }
  const hostile = { ...artifact, metadata: { ...artifact.metadata, regions } }
  const attempt = selectBackend({ artifact: hostile, requested: 'auto', candidates: [fake('wasm', 'right')] })
  await expect(attempt).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
})
