// Models on threads of their own, built: right answers, and none lost when a thread ends in mid-batch or never answers.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { existsSync } from 'node:fs'
import { createHostedBackend } from '../../../src/backend/host/hosted-backend.ts'
import type { HostLink } from '../../../src/backend/host/host-link.ts'
import { startHostThread } from '../../../src/backend/host/thread-host.ts'
import { createThreadedBackend } from '../../../src/backend/host/threaded-backend.ts'
import type { Backend } from '../../../src/backend/port.ts'
import { systemClock } from '../../../src/observe/clock.ts'
import { createWasmBackend } from '../../../src/backend/tfjs/wasm.ts'
import { artifactOf, createRandom, randomEnsemble, randomRows } from '../../helpers/random-regions.ts'
import { describeBackend, rawSlab, slabsOf } from '../../suites/backend-contract.ts'

const isBuilt = existsSync(new URL('../../../dist/src/backend/host/thread-main.js', import.meta.url))
beforeEach(({ skip }) => skip(!isBuilt, 'dist is not built: run npm run build'))

const random = createRandom(31)
const graph = randomEnsemble(random, { trees: 60, depth: 6, features: 8, leafChance: 0 })
const artifact = artifactOf(graph)
const rowCount = 400
const slabs = slabsOf(artifact, randomRows(random, graph, rowCount))

async function answersOf(backend: Backend): Promise<Float32Array> {
  const model = await backend.load(artifact)
  const raw = rawSlab(artifact, rowCount)
  await model.run(slabs, rowCount, [raw])
  model.dispose()
  return raw.values
}

const shared = createThreadedBackend('wasm', 2)
describeBackend('wasm in two threads', () => Promise.resolve(shared))

test('says in how many threads it computes', async () => {
  expect(await shared.open()).toMatchObject({
    device: { name: 'this process, 2 threads of their own' },
    threadCount: 2,
  })
})

describe('a thread that is lost', () => {
  const open: Backend[] = []
  afterEach(async () => {
    for (const backend of open.splice(0)) await backend.close()
  })

  /** A backend of one thread, and the links to every thread it has had. */
  function watched(runDeadlineMs?: number) {
    const links: HostLink[] = []
    const backend = createHostedBackend('wasm', {
      fork() {
        const link = startHostThread('wasm')
        links.push(link)
        return link
      },
      clock: systemClock,
      ...(runDeadlineMs === undefined ? {} : { runDeadlineMs }),
    })
    open.push(backend)
    return { backend, links }
  }

  test('in mid-batch is started anew, and the batch runs again', async () => {
    const expected = await answersOf(createWasmBackend())
    const { backend, links } = watched()
    const model = await backend.load(artifact)
    for (let round = 0; round < 2; round++) {
      const raw = rawSlab(artifact, rowCount)
      const run = model.run(slabs, rowCount, [raw])
      links[links.length - 1].kill()
      await run
      expect(raw.values).toEqual(expected)
    }
    expect(links).toHaveLength(3)
    expect(backend.health().restartCount).toBe(2)
    model.dispose()
  })

  test('to a batch that takes too long is ended, and the next batch is answered', async () => {
    const { backend, links } = watched(1)
    const slow = artifactOf(randomEnsemble(random, { trees: 200, depth: 8, features: 8, leafChance: 0 }))
    const model = await backend.load(slow)
    const raw = rawSlab(slow, 4000)
    const many = slabsOf(
      slow,
      Array.from({ length: 4000 }, () => randomRows(random, graph, 1)[0]),
    )
    await expect(model.run(many, 4000, [raw])).rejects.toMatchObject({ code: 'EXECUTION_FAILED' })
    expect(links.length).toBeGreaterThanOrEqual(1)
    model.dispose()
  })
})
