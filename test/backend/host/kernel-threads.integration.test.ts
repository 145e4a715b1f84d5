// Kernels in threads of their own, built: the contract, models of `auto` that answer as in one thread, and threads that are lost.
import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { convertModel } from '../../../converters/index.ts'
import type { Backend } from '../../../src/backend/port.ts'
import { createHostedBackend } from '../../../src/backend/host/hosted-backend.ts'
import type { HostLink } from '../../../src/backend/host/host-link.ts'
import { startHostThread } from '../../../src/backend/host/thread-host.ts'
import { createThreadedBackend } from '../../../src/backend/host/threaded-backend.ts'
import { createKernelBackend } from '../../../src/backend/kernel/kernel-backend.ts'
import { rowSlabName } from '../../../src/backend/port.ts'
import { systemClock } from '../../../src/observe/clock.ts'
import { loadModel } from '../../../src/runtime/load-model.ts'
import { MLServiceRegistry } from '../../../src/runtime/registry.ts'
import { readGoldenCase } from '../../converters/frontends/golden-case.ts'
import { artifactFiles, heldOut, temporaryModelsDir } from '../../helpers/artifacts.ts'
import { artifactOf, createRandom, randomEnsemble, randomRows } from '../../helpers/random-regions.ts'
import { describeBackend } from '../../suites/backend-contract.ts'

const isBuilt = existsSync(new URL('../../../dist/src/backend/host/thread-main.js', import.meta.url))
beforeEach(({ skip }) => skip(!isBuilt, 'dist is not built: run npm run build'))

const shared = createThreadedBackend('kernel', 2)
afterAll(() => shared.close())
describeBackend('kernel in two threads', () => shared, { reads: 'regions' })

const { rows, expected } = heldOut('telco_churn')

test('a model of auto answers from kernels in threads, alone and in batches, to the bit as in one thread', async () => {
  const files = await artifactFiles('telco_churn')
  const options = { backend: 'auto', caching: false } as const
  const inline = await loadModel(files, { backend: 'kernel', caching: false })
  const threaded = await loadModel(files, { ...options, execution: { workers: 2 } })
  const some = rows.slice(0, 300)
  const answers = await threaded.predictBatch(some)
  expect(answers).toEqual(await inline.predictBatch(some))
  expect(answers.map((answer) => (answer instanceof Error ? answer.message : answer.label))).toEqual(
    expected.predict.slice(0, 300),
  )
  expect(await Promise.all(some.slice(0, 40).map((row) => threaded.predict(row)))).toEqual(answers.slice(0, 40))
  await threaded.close()
  await inline.close()
})

test('texts are added up before they go to threads, which answer to the bit as one thread does', async () => {
  const { file } = readGoldenCase('1.9/text_tfidf_classifier')
  const golden = JSON.parse(readFileSync(file.replace(/[^/]*$/, 'golden.json'), 'utf8')) as { rows: { text: string }[] }
  const { files } = await convertModel({ 'model.pkl': new Uint8Array(readFileSync(file)) })
  const texts = golden.rows.map(({ text }) => text)
  await using inline = await loadModel(files, { backend: 'kernel', caching: false })
  await using threaded = await loadModel(files, { caching: false, execution: { workers: 2 } })
  const { backend } = threaded.getHealth()
  expect(backend).toMatchObject({ picked: 'kernel', why: expect.stringMatching(/terms are added up/) as string })
  expect(await threaded.predictBatch(texts)).toEqual(await inline.predictBatch(texts))
  expect(await threaded.predict(texts[0])).toEqual(await inline.predict(texts[0]))
})

test('a registry says that kernels in threads serve', async () => {
  const dir = temporaryModelsDir()
  dir.addVersion('telco_churn', '1.0.0', await artifactFiles('telco_churn'))
  const registry = new MLServiceRegistry({ modelsDir: dir.path, backend: 'auto', execution: { workers: 2 } })
  await (await registry.getModelPredictor('telco_churn')).predict(rows[0])
  const { backend } = registry.getRegistryHealth().models['telco_churn']
  expect(backend).toMatchObject({ picked: 'kernel' })
  expect(backend?.candidates.find(({ name }) => name === 'kernel')?.device).toBe('this process, 2 threads of their own')
  await registry.close()
})

test('a thread that is lost takes its models along, and they answer again from another one', async () => {
  const random = createRandom(31)
  const graph = randomEnsemble(random, { trees: 60, depth: 6, features: 8, leafChance: 0 })
  const artifact = artifactOf(graph)
  const rowCount = 400
  const values = Float64Array.from(randomRows(random, graph, rowCount).flatMap((row) => [...row]))
  const answersOf = async (backend: Pick<Backend, 'load'>, beforehand: () => void = () => undefined) => {
    const model = await backend.load(artifact)
    const raw = { name: 'raw', width: 1, values: new Float32Array(rowCount) }
    beforehand()
    await model.run([{ name: rowSlabName, width: 8, values }], rowCount, [raw])
    model.dispose()
    return raw.values
  }
  const links: HostLink[] = []
  const fork = (): HostLink => {
    const link = startHostThread('kernel')
    links.push(link)
    return link
  }
  const hosted = createHostedBackend('kernel', { fork, clock: systemClock })
  const answers = await answersOf(hosted, () => links[0].kill())
  expect(answers).toEqual(await answersOf(createKernelBackend()))
  expect(hosted.health().restartCount).toBe(1)
  await hosted.close()
})
