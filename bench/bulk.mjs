// What do many rows cost? 100,000 rows of GBM 500 × 6 as lists of numbers: predictBatch and runSync beside session.run, and the C limit.

import { findOnnx, onnxName, onnxRemedy, openSession } from './contenders/onnx.mjs'
import { limitName, openLimit } from './contenders/limit.mjs'
import { tolerance } from './contenders/open-peers.mjs'
import { loadKernel } from './contenders/ours.mjs'
import { openModel, rowCount, untrainedNote } from './models/bench-models.mjs'
import { createResult, digits, progress, times } from './report/result.mjs'
import { asyncSample, compete, syncSample } from './tournament.mjs'

const [wantedGain, mostOfLimit] = [4, 3]
const batchName = 'predictBatch'
const directName = 'runSync, from lists'
const matrixName = 'runSync, from a matrix'
/** Measured once on another machine, of models of the size of GradientBoosting 100 × 3: a scale, no race. */
const known =
  'Compiled trees of others are not in this run. On an Intel Xeon with AVX-512, one thread, 1,024 rows, 100 boosted trees over 20 features, they took: lleaves (LLVM) 0.175 µs a row, tl2cgen (gcc) 0.42 to 0.47, onnxruntime 1.2 to 1.3. GradientBoosting 100 × 3 in `direct` is of that size.'

const result = createResult(
  'bulk',
  'Many rows',
  'GradientBoosting 500 × 6. predictBatch and session.run start from the same lists of 20 numbers (session.run: one Float32Array filled from them, one tensor, one run, one thread); predictBatch answers with one prediction object a row, session.run with its flat array. Medians of 5 interleaved rounds.',
)
const model = await openModel('gbm500x6')
if (model === undefined) result.note(untrainedNote)
else await measure(model)
result.save()

async function measure({ rows, answers, featureCount, folders, onnx }) {
  const { predictor, note } = await loadKernel(folders.uint8)
  if (note !== undefined) result.note(note)
  // the graph in place of a kernel would take minutes
  const total = note === undefined ? 100_000 : 4000
  const lists = Array.from({ length: total }, (_, i) => {
    const start = (i % rowCount) * featureCount
    return Array.from(rows.subarray(start, start + featureCount))
  })
  const matrix = Float32Array.from(lists.flat())
  const contenders = [
    { name: batchName, answer: async () => (await predictor.predictBatch(lists)).map((one) => one.probabilities?.[1]) },
  ]
  if (note === undefined)
    contenders.push(
      { name: directName, answer: () => second(predictor.runSync(flat(lists, featureCount), total).probabilities) },
      { name: matrixName, answer: () => second(predictor.runSync(matrix, total).probabilities) },
    )
  const ort = findOnnx()
  const session = ort === undefined ? undefined : await openSession(ort, onnx)
  if (session === undefined) result.note(onnxRemedy)
  else
    contenders.push({
      name: onnxName,
      async answer() {
        const tensor = new ort.Tensor('float32', flat(lists, featureCount), [total, featureCount])
        return second((await session.run({ [session.inputNames[0]]: tensor }, ['probabilities'])).probabilities.data)
      },
    })
  for (const { name, answer } of contenders) proveRight(name, await answer(), answers)
  const samples = contenders.map(({ name }) => ({ name, sample: calls(name) }))
  const limit = await openLimit({ ...model, name: 'gbm500x6-bulk' }, matrix)
  if (limit.skipped !== undefined) result.note(limit.skipped)
  else {
    proveRight(limitName, second(limit.answers()), answers)
    for (const [library, version] of Object.entries(limit.versions)) result.version(library, version)
    samples.push({ name: limitName, sample: limit.sampleAt(total) })
  }
  progress('timing')
  report(await compete(samples, { rounds: 5, warmUpMs: 300, mostCallMs: 20_000 }), total)
  limit.close?.()
  await session?.release()
  await predictor.close()

  /** The same calls without the copies that comparing makes. */
  function calls(name) {
    if (name === batchName) return asyncSample(() => predictor.predictBatch(lists))
    if (name === directName) return syncSample(() => predictor.runSync(flat(lists, featureCount), total))
    if (name === matrixName) return syncSample(() => predictor.runSync(matrix, total))
    return asyncSample(() =>
      session.run(
        { [session.inputNames[0]]: new ort.Tensor('float32', flat(lists, featureCount), [total, featureCount]) },
        ['probabilities'],
      ),
    )
  }
}

function flat(lists, width) {
  const values = new Float32Array(lists.length * width)
  for (let row = 0, at = 0; row < lists.length; row++) {
    const list = lists[row]
    for (let column = 0; column < width; column++) values[at++] = list[column]
  }
  return values
}

function second(probabilities) {
  return Array.from({ length: probabilities.length / 2 }, (_, row) => probabilities[2 * row + 1])
}

function proveRight(name, probabilities, answers) {
  const wrong = probabilities.filter((p, row) => !(Math.abs(p - answers[2 * (row % rowCount) + 1]) <= tolerance)).length
  if (wrong > 0) throw new Error(`${name} is wrong on ${wrong} of ${probabilities.length} rows; nothing is timed`)
}

function report(measured, total) {
  const us = (name) => measured[name]?.us ?? NaN
  const names = Object.keys(measured)
  result.table(
    `${total.toLocaleString('en')} rows`,
    ['', 'ms', 'µs a row', `against ${onnxName}`, 'times the C limit'],
    names.map((name) => [
      name,
      digits(us(name) / 1000),
      digits(us(name) / total),
      times(us(onnxName) / us(name)),
      digits(us(name) / us(limitName)),
    ]),
  )
  const gain = us(onnxName) / us(batchName)
  const share = us(batchName) / us(limitName)
  result.bar('predictBatch, 100,000 rows', `≥ ${wantedGain} ×`, times(gain), isKnown(gain, gain >= wantedGain))
  result.bar(
    'predictBatch against the C limit',
    `≤ ${mostOfLimit} × its time`,
    times(share),
    isKnown(share, share <= mostOfLimit),
  )
  result.note(known)
}

function isKnown(value, isMet) {
  return Number.isNaN(value) ? undefined : isMet
}
