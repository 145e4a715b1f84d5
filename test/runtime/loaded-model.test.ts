// Batches that overlap never share a slab, and the backend's model is given back when the last of them has ended.
import { expect, test } from 'vitest'
import type { BackendModel } from '../../src/backend/port.ts'
import { createLoadedModel } from '../../src/runtime/loaded-model.ts'
import { artifact, checked } from '../backend/choice/fake-backends.ts'

const rows = artifact.metadata.check.rows.map((row) => Float64Array.from(row, (value) => value ?? NaN))

/** Copies each row's first input to its output, when released. */
function createSlowModel(hostWaitMs?: number) {
  const releases: (() => void)[] = []
  let disposeCount = 0
  const model: BackendModel = {
    mode: 'async',
    hostWaitMs,
    run: ([input], rowCount, [raw]) =>
      new Promise((resolve) =>
        releases.push(() => {
          for (let i = 0; i < rowCount; i++) raw.values[i] = input.values[i * input.width]
          resolve()
        }),
      ),
    dispose: () => void disposeCount++,
  }
  return {
    loaded: createLoadedModel(artifact, { model, encoder: checked.encoder }),
    releases,
    count: () => disposeCount,
  }
}

async function valuesOf(results: ReturnType<ReturnType<typeof createSlowModel>['loaded']['run']>) {
  return (await results).map((result) => 'value' in result && result.value)
}

test('keeps the rows of a batch that is overdue apart from those of the next one', async () => {
  const { loaded, releases } = createSlowModel()
  const alone = []
  for (const row of rows) {
    const answer = valuesOf(loaded.run([row]))
    releases.shift()?.()
    alone.push((await answer)[0])
  }
  expect(new Set(alone).size).toBeGreaterThan(2)
  const overdue = valuesOf(loaded.run(rows.slice(0, 3)))
  const next = valuesOf(loaded.run(rows.slice(3)))
  releases[1]()
  releases[0]()
  expect(await Promise.all([overdue, next])).toEqual([alone.slice(0, 3), alone.slice(3)])
})

test('gives the model back once, when nothing runs any more', async () => {
  const { loaded, releases, count } = createSlowModel()
  const pending = [valuesOf(loaded.run(rows)), valuesOf(loaded.run(rows))]
  loaded.dispose()
  expect(count()).toBe(0)
  for (const release of releases) release()
  await Promise.all(pending)
  expect(count()).toBe(1)
})

test('gives a model on a host back at once: the host ends what runs, and holds nobody up', async () => {
  const { loaded, releases, count } = createSlowModel(5000)
  const pending = valuesOf(loaded.run(rows))
  loaded.dispose()
  expect(count()).toBe(1)
  releases[0]()
  expect(await pending).toHaveLength(rows.length)
})
