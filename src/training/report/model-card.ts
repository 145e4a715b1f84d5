// What a run found in, the model's card as Markdown out: no number in it is typed by hand, and no time of day is in it.

import type { RunRecord } from '../run-record.ts'
import { besideTable, foldsTable, gatesTable, measuresTable } from './card-tables.ts'
import { countText, intervalText, numberText, shareText } from './number-text.ts'

export function modelCard(record: RunRecord): string {
  return `${[
    `# ${record.name} ${record.version}`,
    decisionText(record),
    '## How good it is',
    `On ${countText(record.artifact.rowCount)} held-out rows that training never saw (${record.split}), by the quantized artifact that is served:`,
    measuresTable(record.artifact),
    errorText(record),
    '![How often what was said with a probability happened](calibration.svg)',
    '## Beside it',
    besideTable(record),
    besideText(record),
    '## Cross-validation',
    foldsTable(record),
    '## Gates',
    gatesTable(record),
    '## Size and speed',
    sizeText(record),
    '## Data',
    dataText(record),
    '## Limits',
    limitsText(record),
    'Written by `tfjs-serving train` from its run; see `lineage.json` of the version.',
  ].join('\n\n')}\n`
}

function decisionText({ decision, estimator, framework, data, rmse }: RunRecord): string {
  const { threshold, positive, negative, scale = 1 } = decision
  const output = rmse === undefined ? 'the probability of class 1' : `a value of 0 to ${scale}`
  return (
    `${estimator} (${framework}) of ${data.featureCount} features; it answers with ${output}, and at ${threshold} or more ` +
    `that means **${positive}**, below it ${negative}.`
  )
}

function errorText({ artifact, rmse }: RunRecord): string {
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = artifact.confusion
  const counts =
    `Right: ${countText(truePositives)} positives and ${countText(trueNegatives)} negatives. ` +
    `Wrong: ${countText(falsePositives)} negatives called positive, ${countText(falseNegatives)} positives missed.`
  return rmse === undefined ? counts : `${counts} Root mean squared error of the value: ${numberText(rmse)}.`
}

function besideText({ rule, bestReachable, production }: RunRecord): string {
  return [
    rule === null ? '' : 'The rule answers while the model cannot.',
    bestReachable === null
      ? ''
      : 'Best reachable is the mean of max(p, 1 − p) over the true probabilities with which the labels were drawn: nothing that sees these features can do better on average.',
    'The single threshold was chosen on the training rows.',
    production === null
      ? ''
      : `Accuracy less that of ${production.version}, which served before, on the same rows: ${shareText(production.difference)} (${intervalText(production.interval)}).`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ')
}

function sizeText({ bytes, latency, parity }: RunRecord): string {
  const moved =
    parity === null
      ? ''
      : ` Of ${countText(parity.rowCount)} answers of the source, quantizing moved none by more than ${numberText(parity.largest)} and turned ${parity.labelFlips}.`
  return (
    `${countText(bytes.artifact)} bytes, of them ${countText(bytes.weights)} of weights; the source has ${countText(bytes.source)}.${moved} ` +
    `A single \`predict\`: median ${milliseconds(latency.p50Ms)}, 95 % within ${milliseconds(latency.p95Ms)} (${countText(latency.count)} calls, ${latency.machine}).`
  )
}

/** In microseconds a warm call would change with every run of the same machine. */
function milliseconds(value: number): string {
  return `${value < 0.1 ? value.toFixed(3) : value.toFixed(1)} ms`
}

function dataText({ data, seed, split }: RunRecord): string {
  const origin = {
    synthetic: 'The rows are **synthetic**: no person is in them, and what holds of them need not hold of yours.',
    mixed: 'The rows are **mixed**: real listings, and **synthetic** people and behaviour.',
    real: 'The rows are real.',
  }[data.origin]
  const simulator =
    data.origin === 'real'
      ? ''
      : ' The generating process is on top of [simulate.mjs](simulate.mjs), which writes the file again from its seed.'
  const shared =
    data.sharedRowCount === 0
      ? 'No held-out row equals a row that was trained on.'
      : `${data.sharedRowCount} held-out rows equal a row that was trained on.`
  return (
    `${origin} ${data.description}.${simulator}\n\n` +
    `\`${data.file}\`: ${countText(data.rowCount)} rows, ${countText(data.trainRowCount)} to train on and ${countText(data.heldOutRowCount)} held out (${split}, seed ${seed}). ${shared} ` +
    `SHA-256 \`${data.sha256}\`.`
  )
}

function limitsText({ data }: RunRecord): string {
  const lines = [
    '- An interval covers the draw of the held-out rows, not another market or another year: watch the inputs for drift, and measure again on rows of your own.',
    '- A probability is of the outcome as the data defines it; where labels come late or are wrong, so is the model.',
  ]
  if (data.origin !== 'real')
    lines.unshift(
      '- The labels were drawn by a simulator. The accuracy shows that the model learns what is there to be learnt, and that the path from data to answers is sound; it says nothing about real leads.',
    )
  return lines.join('\n')
}
