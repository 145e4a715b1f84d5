// What a run found in, the model's card as Markdown out: no number in it is typed by hand, and no time of day is in it.

import type { Measure, MeasureName, Measures } from '../metrics/measures.ts'
import type { RunRecord } from '../run-record.ts'
import { countText, intervalText, numberText, shareText } from './number-text.ts'

export const measureTitles = {
  accuracy: 'accuracy',
  precision: 'precision',
  recall: 'recall',
  f1: 'F1',
  rocAuc: 'ROC AUC',
  averagePrecision: 'average precision',
  brier: 'Brier score',
  logLoss: 'log loss',
  calibrationError: 'expected calibration error',
} as const satisfies Record<MeasureName, string>

export const methodTexts = {
  wilson: 'Wilson',
  bootstrap: 'bootstrap, 2,000 resamples',
  chance: 'what a perfectly calibrated model shows by chance',
} as const satisfies Record<Measure['method'], string>

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

function measuresTable({ measures, positives, rowCount }: Measures): string {
  const lines = Object.entries(measureTitles).map(([name, title]) => {
    const { value, interval, method } = measures[name as MeasureName]
    return `| ${title} | ${shareText(value)} | ${intervalText(interval)} | ${methodTexts[method]} |`
  })
  const rate = `${countText(positives)} of the rows are positive (${((100 * positives) / rowCount).toFixed(1)} %).`
  return ['| measure | value | 95 % interval | how |', '|---|---|---|---|', ...lines, '', rate].join('\n')
}

function errorText({ artifact, rmse }: RunRecord): string {
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = artifact.confusion
  const counts =
    `Right: ${countText(truePositives)} positives and ${countText(trueNegatives)} negatives. ` +
    `Wrong: ${countText(falsePositives)} negatives called positive, ${countText(falseNegatives)} positives missed.`
  return rmse === undefined ? counts : `${counts} Root mean squared error of the value: ${numberText(rmse)}.`
}

function besideTable(record: RunRecord): string {
  const { artifact, source, rule, bestReachable, majorityAccuracy, thresholds } = record
  const [best] = thresholds
  const line = (name: string, accuracy: string, auc: string, brier: string) =>
    `| ${name} | ${accuracy} | ${auc} | ${brier} |`
  const measured = (name: string, { measures, rowCount }: Measures, note = '') =>
    line(
      `${name}${note}`,
      `${shareText(measures.accuracy.value)} (${intervalText(measures.accuracy.interval)})`,
      shareText(measures.rocAuc.value),
      `${shareText(measures.brier.value)}${rowCount === artifact.rowCount ? '' : ` (${countText(rowCount)} rows)`}`,
    )
  return [
    '| | accuracy (95 %) | ROC AUC | Brier score |',
    '|---|---|---|---|',
    ...(bestReachable === null
      ? []
      : [
          line(
            'best reachable from these features',
            shareText(bestReachable.accuracy),
            '',
            shareText(bestReachable.brier),
          ),
        ]),
    measured('**this model, quantized**', artifact),
    measured('its source, unquantized', source),
    ...(rule === null ? [] : [measured(`the rule \`${rule.name}\``, rule.measures)]),
    ...(best === undefined
      ? []
      : [
          line(
            `best single threshold: ${best.feature} ${thresholdText(best)}`,
            shareText(best.accuracy),
            shareText(best.auc),
            '',
          ),
        ]),
    line('always the commoner answer', shareText(majorityAccuracy), '0.5000', ''),
  ].join('\n')
}

function thresholdText({ threshold, side }: RunRecord['thresholds'][number]): string {
  return threshold === null ? `(all alike)` : `${side} ${numberText(threshold)}`
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

function foldsTable({ folds, outOfFold }: RunRecord): string {
  return [
    '| fold | rows | accuracy | ROC AUC | Brier score |',
    '|---|---|---|---|---|',
    ...folds.map(
      ({ rowCount, accuracy, rocAuc, brier }, fold) =>
        `| ${fold + 1} | ${countText(rowCount)} | ${shareText(accuracy)} | ${shareText(rocAuc)} | ${shareText(brier)} |`,
    ),
    `| all | ${countText(outOfFold.rowCount)} | ${shareText(outOfFold.measures.accuracy.value)} | ${shareText(outOfFold.measures.rocAuc.value)} | ${shareText(outOfFold.measures.brier.value)} |`,
  ].join('\n')
}

function gatesTable({ gates }: RunRecord): string {
  return [
    '| gate | passed | |',
    '|---|---|---|',
    ...gates.map(({ name, passed, text }) => `| ${name} | ${passed ? 'yes' : '**no**'} | ${text} |`),
  ].join('\n')
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
