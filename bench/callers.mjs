// What do concurrent callers get? predict() of GBM 100 × 3 from 1 to 256 of them, beside each awaiting session.run for its row.

import { findOnnx, onnxName, onnxRemedy, openSession } from './contenders/onnx.mjs'
import { tolerance } from './contenders/open-peers.mjs'
import { loadKernel, oursName, rowsOf } from './contenders/ours.mjs'
import { median } from './harness.mjs'
import { openModel, untrainedNote } from './models/bench-models.mjs'
import { createResult, digits, progress, times } from './report/result.mjs'

const crowds = [1, 16, 64, 256]
const [rounds, sampleMs, warmUpMs] = [9, 60, 500]
const wantedGain = 3

const result = createResult(
  'callers',
  'Concurrent callers',
  `GradientBoosting 100 × 3. Each caller sends its next row when it has the answer to its last; rows are lists of 20 numbers. tfjs-serving: predict() with its defaults (queue, breaker, statistics) but without a cache. onnxruntime-node: a tensor from the row, then \`await session.run\`. Requests a second and latencies of each request, medians of ${rounds} interleaved rounds of at least ${sampleMs} ms.`,
)
const model = await openModel('gbm100x3')
if (model === undefined) result.note(untrainedNote)
else await measure()
result.save()

async function measure() {
  const rows = rowsOf(model)
  const { predictor, note } = await loadKernel(model.folders.uint8)
  if (note !== undefined) result.note(note)
  const asks = { [oursName]: async (row) => (await predictor.predict(row)).probabilities[1] }
  const ort = findOnnx()
  const session = ort === undefined ? undefined : await openSession(ort, model.onnx)
  if (session === undefined) result.note(onnxRemedy)
  else {
    const [name] = session.inputNames
    asks[onnxName] = async (row) => {
      const feeds = { [name]: new ort.Tensor('float32', Float32Array.from(row), [1, row.length]) }
      return (await session.run(feeds, ['probabilities'])).probabilities.data[1]
    }
  }
  for (const [name, ask] of Object.entries(asks)) await proveRight(name, ask, rows)
  const measured = []
  for (const callers of crowds) {
    measured.push([callers, await race(asks, rows, callers)])
    progress(`${callers} callers`)
  }
  report(measured, Object.keys(asks))
  const { successes, errors } = predictor.getHealth().stats
  result.note(`tfjs-serving counted ${successes.toLocaleString('en')} answers and ${errors} errors meanwhile`)
  await predictor.close()
  await session?.release()
}

async function proveRight(name, ask, rows) {
  for (let row = 0; row < 512; row++) {
    const difference = Math.abs((await ask(rows[row])) - model.answers[2 * row + 1])
    if (!(difference <= tolerance)) throw new Error(`${name}: row ${row} differs by ${difference}; nothing is timed`)
  }
}

/** By name: requests a second, and microseconds of the median and the slowest hundredth request. */
async function race(asks, rows, callers) {
  const entrants = []
  for (const [name, ask] of Object.entries(asks)) {
    const { perSecond } = await crowd(ask, rows, { callers, requests: await requestsIn(ask, rows, callers) })
    const requests = Math.max(callers * 4, Math.ceil((perSecond * sampleMs) / 1000))
    entrants.push({ name, ask, requests, samples: [] })
  }
  for (let round = 0; round < rounds; round++)
    for (let turn = 0; turn < entrants.length; turn++) {
      const { ask, requests, samples } = entrants[(round + turn) % entrants.length]
      samples.push(await crowd(ask, rows, { callers, requests }))
    }
  const middle = (samples, key) => median(samples.map((sample) => sample[key]))
  return Object.fromEntries(
    entrants.map(({ name, samples }) => [
      name,
      { perSecond: middle(samples, 'perSecond'), p50: middle(samples, 'p50'), p99: middle(samples, 'p99') },
    ]),
  )
}

/** Requests that warm up for long enough. */
async function requestsIn(ask, rows, callers) {
  let requests = callers * 4
  for (;;) {
    const { perSecond } = await crowd(ask, rows, { callers, requests })
    const wanted = (perSecond * warmUpMs) / 1000
    if (requests >= wanted / 2) return requests
    requests = Math.ceil(Math.min(requests * 4, wanted))
  }
}

async function crowd(ask, rows, { callers, requests }) {
  const latencies = new Float64Array(requests)
  let next = 0
  const call = async () => {
    while (next < requests) {
      const request = next++
      const askedAt = performance.now()
      await ask(rows[request % rows.length])
      latencies[request] = performance.now() - askedAt
    }
  }
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: callers }, call))
  const elapsedMs = performance.now() - startedAt
  latencies.sort()
  const at = (share) => latencies[Math.min(requests - 1, Math.floor(requests * share))] * 1000
  return { perSecond: (requests * 1000) / elapsedMs, p50: at(0.5), p99: at(0.99) }
}

function report(measured, names) {
  result.table(
    'Requests a second; latency in µs',
    ['callers', ...names.flatMap((name) => [name, 'p50', 'p99']), '×'],
    measured.map(([callers, cells]) => [
      callers,
      ...names.flatMap((name) => [cells[name].perSecond, cells[name].p50, cells[name].p99].map(digits)),
      times(cells[oursName].perSecond / cells[onnxName]?.perSecond),
    ]),
  )
  result.plot({
    file: 'rate',
    title: 'GradientBoosting 100 × 3: requests a second',
    xLabel: 'callers',
    yLabel: 'requests/s',
    series: names.map((name) => ({
      name,
      points: measured.map(([callers, cells]) => [callers, cells[name].perSecond]),
    })),
  })
  const [, at64] = measured.find(([callers]) => callers === 64)
  const [ours, peer] = [at64[oursName], at64[onnxName]]
  const gain = ours.perSecond / peer?.perSecond
  const isKnown = peer !== undefined
  result.bar('64 callers, requests/s', `≥ ${wantedGain} ×`, times(gain), isKnown ? gain >= wantedGain : undefined)
  const lower = `${digits(ours.p99)} µs against ${isKnown ? digits(peer.p99) : '–'}`
  result.bar('64 callers, p99', 'lower', lower, isKnown ? ours.p99 < peer.p99 : undefined)
}
