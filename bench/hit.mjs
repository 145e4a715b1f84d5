// What does predict() cost where the memory cache has the answer? One caller awaiting each, and 64 at once; hits are proven to be hits.

import { loadModel } from 'tfjs-serving'
import { loadKernel, rowsOf } from './contenders/ours.mjs'
import { openModel, trainedTitles } from './models/bench-models.mjs'
import { createResult, digits, progress } from './report/result.mjs'
import { asyncSample, compete, inTurn } from './tournament.mjs'

const mostUs = 5
const callers = 64
/** Looked up whatever the model costs. */
const options = { useCache: true }

const result = createResult(
  'hit',
  'A hit in the memory cache',
  `Microseconds a request of predict(), its row found in the memory cache: 640 rows in turn, medians of 11 interleaved rounds. Beside it the same predict() that runs the model. \`node bench/cache.mjs\` has misses, Redis and batches.`,
)
const table = []
for (const name of ['telco_churn', 'credit_risk', 'gbm100x3']) {
  const model = await openModel(name)
  if (model === undefined) result.note(`${trainedTitles[name]} is left out: it could not be trained`)
  else await measure(model)
}
result.table('µs a request', ['model', 'hit, 1 caller', `hit, ${callers} callers`, 'no cache, 1 caller'], table)
result.save()

async function measure(model) {
  const rows = rowsOf(model).slice(0, 640)
  const caching = { maxEntries: 1e5, maxByteLength: 2 ** 28 }
  const cached = await load(model, caching)
  const { predictor: uncached } = await loadKernel(model.folders.uint8)
  await cached.predictBatch(rows, options)
  const again = await Promise.all(rows.map((row) => cached.predict(row, options)))
  const hits = again.filter(({ source }) => source === 'cache').length
  if (hits < rows.length) throw new Error(`${hits} of ${rows.length} rows of ${model.name} are hits: nothing is timed`)
  const one = inTurn(rows)
  const other = inTurn(rows)
  const crowds = inTurn(Array.from({ length: 10 }, (_, i) => rows.slice(i * callers, (i + 1) * callers)))
  const measured = await compete(
    [
      { name: 'one', sample: asyncSample(() => cached.predict(one(), options)) },
      { name: 'many', sample: asyncSample(() => Promise.all(crowds().map((row) => cached.predict(row, options)))) },
      { name: 'none', sample: asyncSample(() => uncached.predict(other())) },
    ],
    { rounds: 11, sampleMs: 15, warmUpMs: 600 },
  )
  const [alone, together, none] = [measured.one.us, measured.many.us / callers, measured.none.us]
  table.push([model.name, digits(alone), digits(together), digits(none)])
  result.bar(`${model.name}, 1 caller`, `≤ ${mostUs} µs`, `${digits(alone)} µs`, alone <= mostUs)
  progress(`${model.name}: ${digits(alone)} µs`)
  await cached.close()
  await uncached.close()
}

/** On the backend that tfjs-serving chooses by itself. */
function load(model, caching) {
  return loadModel(model.folders.uint8, { caching })
}
