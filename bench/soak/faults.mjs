// A registry under traffic in; swaps, routes, dying workers, crowds that leave and Redis in trouble, each at its own interval, out.

import { subscribe } from 'node:diagnostics_channel'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadModel } from 'tfjs-serving'

const threads = new Set()
subscribe('worker_threads', ({ worker }) => {
  threads.add(worker)
  worker.once('exit', () => threads.delete(worker))
})

/** Milliseconds between two of each; none waits for another. A thread that dies more often than thrice a minute is given up. */
export function createFaults({ registry, subjects, redis, tally }) {
  const counts = {}
  const [subject] = subjects
  let turn = 0
  const other = () => ['2.0.0', '1.0.0'][turn++ % 2]
  const redisFaults = Object.entries(redis?.faults ?? {})

  const all = [
    [500, 'hot swaps', () => registry.activate(subject.name, other())],
    [3_000, 'models loaded, asked, unloaded', loadAskUnload],
    [5_000, 'crowds of 2,000 who leave', crowdLeaves],
    [7_000, 'bursts of 20,000 with 20 ms', burst],
    [9_000, 'routes set and ended', splitForASecond],
    [30_000, 'threads terminated in mid-batch', terminateThread],
    ...(redis === undefined ? [] : [[12_000, 'faults of Redis', redisFault]]),
  ]

  async function loadAskUnload() {
    const { files, rows } = subjects[turn % subjects.length]
    const model = await loadModel(files, { backend: 'wasm' })
    await model.predictBatch(rows.slice(0, 50))
    await model.close()
  }

  async function crowdLeaves() {
    const predictor = await registry.getModelPredictor(subject.name)
    const controller = new AbortController()
    const crowd = Array.from({ length: 2_000 }, (_, i) =>
      predictor.predict(subject.rows[i % subject.rows.length], { signal: controller.signal, useCache: false }),
    )
    await sleep(1)
    controller.abort('left')
    for (const { reason } of await Promise.allSettled(crowd))
      if (reason !== undefined && reason !== 'left' && reason.code !== 'QUEUE_FULL') tally.surprise(`crowd: ${reason}`)
  }

  async function burst() {
    const predictor = await registry.getModelPredictor(subjects[1].name)
    const { rows } = subjects[1]
    const asked = Array.from({ length: 20_000 }, (_, i) =>
      predictor.predict(rows[i % rows.length], { timeoutMs: 20, useCache: false }),
    )
    for (const { reason } of await Promise.allSettled(asked))
      if (reason !== undefined && !['QUEUE_FULL', 'DEADLINE_EXCEEDED'].includes(reason.code))
        tally.surprise(`burst: ${reason}`)
  }

  async function splitForASecond() {
    const { name } = subjects[1]
    await registry.route(name, { traffic: { stable: 70, canary: 30 }, shadow: { version: '2.0.0', share: 0.2 } })
    await sleep(1_000)
    await registry.route(name, {})
  }

  async function terminateThread() {
    const [thread] = [...threads].sort(() => Math.random() - 0.5)
    await thread?.terminate()
  }

  async function redisFault() {
    const [name, fault] = redisFaults[(counts['faults of Redis'] ?? 0) % redisFaults.length]
    await fault()
    return name
  }

  async function repeat([everyMs, name, fault], isOver) {
    await sleep(everyMs / 2)
    while (!isOver()) {
      try {
        await fault()
        counts[name] = (counts[name] ?? 0) + 1
      } catch (error) {
        tally.surprise(`${name}: ${error?.stack ?? error}`)
      }
      for (let waited = 0; waited < everyMs && !isOver(); waited += 250) await sleep(Math.min(250, everyMs))
    }
  }

  return { counts, run: (isOver) => Promise.all(all.map((each) => repeat(each, isOver))) }
}
