// A model that only adds up what dicts name: which backend gets the sums, and which every column.
import { expect, it } from 'vitest'
import type { Candidate } from '../../../src/backend/choice/candidates.ts'
import { probeRows } from '../../../src/backend/choice/probe.ts'
import { selectBackend } from '../../../src/backend/choice/select-backend.ts'
import { createKernelBackend } from '../../../src/backend/kernel/kernel-backend.ts'
import type { BackendModel, BackendName } from '../../../src/backend/port.ts'
import type { RegionGraph } from '../../../src/regions/region.ts'
import { artifactOf, createRandom } from '../../helpers/random-regions.ts'

const random = createRandom(3)
const refs = (region: number, count: number) => Array.from({ length: count }, (_, column) => ({ region, column }))
const weights = Float64Array.from({ length: 24 }, random)
const graph: RegionGraph = {
  regions: [
    { kind: 'input', width: 8 },
    {
      kind: 'dense-chain',
      inputs: refs(0, 8),
      layers: [{ inputWidth: 8, outputWidth: 3, weights, bias: Float64Array.of(1, 2, 3), activation: 'identity' }],
    },
  ],
  output: refs(1, 3),
}
const checkRows = Array.from({ length: 6 }, () => Float64Array.from({ length: 8 }, () => Math.round(3 * random())))
const whole = artifactOf(graph, { checkRows })
const { metadata } = whole
const artifact = { ...whole, metadata: { ...metadata, schema: { ...metadata.schema, dict: { separator: '=' } } } }

const kernel = createKernelBackend()
/** Another one, which has whatever a test says it has. */
const named = (name: BackendName, more: object = {}): Candidate => ({ name, backend: { ...kernel, name, ...more } })

async function select(candidates: readonly Candidate[], requested: BackendName | 'auto' = 'auto') {
  const { model, choice, summed, program } = await selectBackend({ artifact, requested, candidates })
  model.dispose()
  return { choice, summed, program }
}

const wrong = (model: BackendModel): BackendModel => ({
  ...model,
  run(inputs, rowCount, outputs) {
    // as many sums as there are: the whole model has more columns
    if (inputs[0].width === 3) outputs[0].values.fill(7)
    else return model.run(inputs, rowCount, outputs)
  },
})

it.each(['auto', 'kernel'] as const)('are the rows of a kernel in this thread that %s gets', async (requested) => {
  const { choice, summed, program } = await select(
    [named('wasm', { computesRegions: false }), named('kernel')],
    requested,
  )
  expect(choice).toMatchObject({
    picked: 'kernel',
    why: expect.stringContaining('terms are added up as rows are read') as string,
  })
  expect(summed?.artifact.metadata.schema.features).toHaveLength(3)
  expect(program?.rows).toHaveLength(3 * (program?.blockRows ?? 0))
  const [row] = probeRows(summed!.artifact)
  expect([...row]).toEqual(artifact.metadata.check.quantized[0])
  const reasons = choice.candidates.map(({ name, reason }) => [name, /not tried|added up/.exec(reason)?.[0]])
  expect(reasons).toEqual(
    requested === 'auto'
      ? [
          ['wasm', 'not tried'],
          ['kernel', 'added up'],
        ]
      : [['kernel', 'added up']],
  )
})

it('say what is not there as it is', async () => {
  const missing: Candidate = { name: 'native', unavailable: 'needs Node', remedy: 'npm install' }
  const { choice } = await select([missing, named('kernel')])
  expect(choice.candidates[0]).toEqual({
    name: 'native',
    available: false,
    remedy: 'npm install',
    reason: 'needs Node',
  })
})

it.each<[string, readonly Candidate[], BackendName | 'auto']>([
  ['a graph that was asked for', [named('wasm', { computesRegions: false }), named('kernel')], 'wasm'],
  ['a kernel in threads, which reads the artifact itself', [named('kernel', { computesRegions: false })], 'auto'],
  [
    'a kernel that answers sums wrongly',
    [named('kernel', { load: async (...given: Parameters<typeof kernel.load>) => wrong(await kernel.load(...given)) })],
    'auto',
  ],
])('are none for %s', async (_, candidates, requested) => {
  const { choice, summed } = await select(candidates, requested)
  expect(summed).toBeUndefined()
  expect(choice.why).not.toContain('added up')
})

it('have a name of their own for caches', async () => {
  const { summed } = await select([named('kernel')])
  expect(summed?.artifact.sha256).not.toBe(artifact.sha256)
})
