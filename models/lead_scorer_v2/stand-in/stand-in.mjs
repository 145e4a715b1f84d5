// The records of models/credit_risk (real) and models/telco_churn in; stand-in.md out: how the trainer of lead_scorer_v2 does on them.
// npm run build && node models/lead_scorer_v2/stand-in/stand-in.mjs
//
// No public data set says which leads of an estate agency bought. Nearest are yes-or-no outcomes of applicants and customers: two sets
// are here already, with a card of what scikit-learn reaches; credit_risk is of real loans, telco_churn by its own source
// "artificial based on claims similar to real world". The same trainer, architecture and parameters as training.json are
// fitted on the same training rows and judged once, as a uint8 artifact, on the same held-out rows.

import { readFileSync, writeFileSync } from 'node:fs'
import { convertModel } from 'tfjs-serving/converters'
import { loadModel } from 'tfjs-serving'
import { calibrationBins, measure, scoredRows } from 'tfjs-serving/training'
// not a public export: what training.json names is what users give
import { createLayersTrainer } from '../../../dist/src/training/layers/layers-trainer.js'

const sets = [
  {
    name: 'credit_risk',
    file: 'credit_data.csv',
    target: 'Status',
    positive: 'bad',
    title: 'Will this loan go bad?',
    peer: 'MLPClassifier with one hidden layer of 64, chosen by cross-validation',
  },
  {
    name: 'telco_churn',
    file: 'mlc_churn.csv',
    target: 'churn',
    positive: 'yes',
    title: 'Will this customer leave?',
    peer: 'GradientBoostingClassifier, chosen by cross-validation',
  },
]
const shownMeasures = { accuracy: 'accuracy', rocAuc: 'ROC AUC', brier: 'Brier score', logLoss: 'log loss' }
const models = new URL('../../', import.meta.url)
const seed = 42

const { trainer } = JSON.parse(readFileSync(new URL('../training.json', import.meta.url), 'utf8'))
const sections = []
for (const set of sets) sections.push(await sectionOf(set))
const parameters = JSON.stringify(trainer.parameters).replaceAll('"', '').replaceAll(',', ', ')
const text = `# The trainer of lead_scorer_v2 on public records

The rows of lead_scorer_v2 are simulated: no public data set says which leads of an estate agency bought. These two sets of
yes-or-no outcomes are the nearest here: credit_risk is of real loans, telco_churn by its own source "artificial based on
claims similar to real world". Trainer, architecture and parameters are those of \`training.json\`, unchanged and not tuned on
these data (seed ${seed}):

${parameters}

Numeric columns: the median for a missing value, and a column that says it was missing. Text: the most frequent for a missing
one, then a column of 0 and 1 for each category. Both learnt from training rows. Measured on the uint8 artifact, at a
probability of 0.5, on the held-out rows of the two cards; intervals are 95 %, Wilson's for accuracy, else the bootstrap of
2,000 resamples. What lead_scorer_v2 reaches on simulated leads says nothing about real ones; these figures are the better guess.

Written by \`stand-in.mjs\` (\`npm run build && node models/lead_scorer_v2/stand-in/stand-in.mjs\`); no number is typed by hand.

${sections.join('\n')}`
writeFileSync(new URL('stand-in.md', import.meta.url), text)
console.log(text)

async function sectionOf({ name, file, target, positive, title, peer }) {
  const { header, records } = readCsv(new URL(`${name}/data/${file}`, models))
  const columns = header.filter((column) => column !== target)
  const heldOut = heldOutOf(records, { name, columns, target })
  const trainRows = records.flatMap((_, row) => (heldOut.has(row) ? [] : [row]))
  const { names, encode } = learnEncoding(
    trainRows.map((row) => records[row]),
    columns,
  )
  const job = {
    config: {
      data: { file, features: names },
      trainer,
      decision: { threshold: 0.5, positive, negative: `not ${positive}` },
    },
    features: Float64Array.from(records.flatMap(encode)),
    rowCount: records.length,
    target: Uint8Array.from(records, (record) => Number(record[target] === positive)),
    trainRows: Int32Array.from(trainRows),
    folds: [],
    heldOutRows: Int32Array.from(heldOut),
    seed,
  }
  const trained = await createLayersTrainer().train(job)
  const { files } = await convertModel(trained.files, { name, golden: trained.golden })
  const model = await loadModel(files, { caching: false })
  const answers = await model.predictBatch([...heldOut].map((row) => encode(records[row])))
  await model.close()
  const truth = Uint8Array.from(heldOut, (row) => job.target[row])
  const probability = Float64Array.from(answers, ({ probabilities }) => probabilities[1])
  return describe(scoredRows(truth, probability, { threshold: 0.5 }), {
    ...{ name, title, positive, peer },
    trained: trainRows.length,
    width: names.length,
  })
}

function describe(rows, { name, title, positive, peer, trained, width }) {
  const { rowCount, positives, measures } = measure(rows)
  const card = readFileSync(new URL(`${name}/card.md`, models), 'utf8')
  const of = ({ value, interval: [low, high] }) => `${value.toFixed(4)} | ${low.toFixed(4)} to ${high.toFixed(4)}`
  const lines = Object.entries(shownMeasures).map(
    ([key, title]) => `| ${title} | ${of(measures[key])} | ${cardCells(card, title).join(' | ')} |`,
  )
  const [, cardError] = /Expected calibration error: (\d\.\d+)/.exec(card) ?? []
  const bins = calibrationBins(rows).map(
    ({ low, high, rowCount: count, positives: hits, meanProbability }) =>
      `| ${low.toFixed(1)} to ${high.toFixed(1)} | ${count} | ${meanProbability.toFixed(3)} | ${(hits / count).toFixed(3)} |`,
  )
  return `## ${name}: ${title.toLowerCase()}

${rowCount} held-out rows, ${positives} ${positive}; ${trained} rows to train on, ${width} columns after encoding. scikit-learn's figures
are those of \`models/${name}/card.md\`: ${peer}, on the same rows.

| measure | layers, uint8 | 95 % interval | scikit-learn | 95 % interval |
|---|---|---|---|---|
${lines.join('\n')}
| calibration error | ${of(measures.calibrationError)} | ${cardError} | |

Always saying the more frequent has an accuracy of ${(1 - Math.min(positives, rowCount - positives) / rowCount).toFixed(4)}.

| predicted | rows | mean predicted | observed |
|---|---|---|---|
${bins.join('\n')}
`
}

function cardCells(card, title) {
  const line = card.split('\n').find((candidate) => candidate.startsWith(`| ${title} | `))
  return line
    .split('|')
    .slice(2, 4)
    .map((cell) => cell.trim())
}

/** The rows that the card was measured on, by what they hold. */
function heldOutOf(records, { name, columns, target }) {
  const { rows, truth } = JSON.parse(readFileSync(new URL(`${name}/heldout.json`, models), 'utf8'))
  const keyOf = (record, outcome) => JSON.stringify([...columns.map((column) => record[column] ?? null), outcome])
  const byKey = new Map()
  records.forEach((record, row) => {
    const key = keyOf(record, record[target])
    byKey.set(key, [...(byKey.get(key) ?? []), row])
  })
  return new Set(
    rows.map((row, i) => {
      const found = byKey.get(keyOf(row, truth[i]))?.pop()
      if (found === undefined) throw new Error(`held-out row ${i} of ${name} is not in its data`)
      return found
    }),
  )
}

function learnEncoding(records, columns) {
  const parts = columns.map((column) => {
    const values = records.map((record) => record[column])
    const known = values.filter((value) => value !== null)
    const isMissing = known.length < values.length
    if (typeof known[0] === 'number') {
      const fill = medianOf(known)
      const names = isMissing ? [column, `${column}_missing`] : [column]
      return { names, encode: (value) => [value ?? fill, ...(isMissing ? [Number(value === null)] : [])] }
    }
    const categories = [...new Set(known)].sort()
    const counts = categories.map((category) => known.filter((value) => value === category).length)
    const fill = categories[counts.indexOf(Math.max(...counts))]
    return {
      names: categories.map((category) => `${column}_${category}`),
      encode: (value) => categories.map((category) => Number((value ?? fill) === category)),
    }
  })
  return {
    names: parts.flatMap(({ names }) => names),
    encode: (record) => columns.flatMap((column, i) => parts[i].encode(record[column])),
  }
}

function medianOf(values) {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2
}

/** No value of these files has a comma or a quote within it. */
function readCsv(url) {
  const [header, ...lines] = readFileSync(url, 'utf8').trim().split(/\r?\n/)
  const names = header.split(',').map((cell) => cell.replaceAll('"', ''))
  const valueOf = (cell) =>
    cell === '' || cell === 'NA' ? null : cell.startsWith('"') ? cell.slice(1, -1) : Number(cell)
  const records = lines.map((line) => {
    const cells = line.split(',')
    return Object.fromEntries(names.map((name, i) => [name, valueOf(cells[i])]))
  })
  return { header: names, records }
}
