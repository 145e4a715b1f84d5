// What does an explanation cost? explain() awaited one by one, beside predict(); first proven to add up to the model's own answer.
// node bench/explain.mjs

import { loadKernel, rowsOf } from './contenders/ours.mjs'
import { openModel, trainedTitles } from './models/bench-models.mjs'
import { createResult, digits, progress } from './report/result.mjs'
import { asyncSample, compete, inTurn } from './tournament.mjs'

/** Rows that are proven to add up, and timed in turn. */
const rowCount = 256

const result = createResult(
  'explain',
  'Explanations',
  `Milliseconds an explain() of one row, awaited one by one, ${rowCount} rows in turn, medians of 7 interleaved rounds. Each explanation was first shown to add up to the raw score that predict() gives for the row, within 1e-5 of it.`,
)
const table = []
for (const name of ['telco_churn', 'gbm100x3', 'gbm500x6', 'forest200x12', 'logreg20']) {
  const model = await openModel(name)
  if (model === undefined) result.note(`${trainedTitles[name]} is left out: it could not be trained`)
  else await measure(model)
}
result.table('ms a row', ['model', 'method', 'first explanation', 'explain', 'predict, µs'], table)
result.save()

async function measure(model) {
  const { predictor } = await loadKernel(model.folders.uint8)
  const rows = rowsOf(model).slice(0, rowCount)
  const startedAt = performance.now()
  const { method } = await predictor.explain(rows[0])
  const firstMs = performance.now() - startedAt
  for (const row of rows) await prove(predictor, row)
  const one = inTurn(rows)
  const other = inTurn(rows)
  const { explained, predicted } = await compete(
    [
      { name: 'explained', sample: asyncSample(() => predictor.explain(one())) },
      { name: 'predicted', sample: asyncSample(() => predictor.predict(other())) },
    ],
    { rounds: 7, sampleMs: 60, warmUpMs: 400 },
  )
  const ms = (us) => digits(us / 1000)
  table.push([model.title, method, digits(firstMs), ms(explained.us), digits(predicted.us)])
  progress(`${model.name}: ${ms(explained.us)} ms an explanation`)
  await predictor.close()
}

/** Of a forest the raw output is the probability of the second class. */
async function prove(predictor, row) {
  const [{ scores, probabilities }, { base, margin, contributions, output }] = [
    await predictor.predict(row),
    await predictor.explain(row, { output: 0 }),
  ]
  const raw = scores?.[output] ?? probabilities[probabilities.length === 2 ? 1 : output]
  const sum = contributions.reduce((total, { contribution }) => total + contribution, base)
  const most = 1e-5 * Math.max(1, Math.abs(raw))
  if (Math.abs(sum - raw) > most || Math.abs(margin - raw) > most)
    throw new Error(`an explanation of ${predictor.name} adds up to ${sum}, and the answer is ${raw}: nothing is timed`)
}
