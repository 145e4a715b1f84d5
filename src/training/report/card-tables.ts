// What a run found in, the tables of the model's card as Markdown out.

import type { MeasureName, Measures } from '../metrics/measures.ts'
import type { RunRecord } from '../run-record.ts'
import { measureTitles, methodTexts } from './measure-titles.ts'
import { countText, intervalText, numberText, shareText } from './number-text.ts'

export function measuresTable({ measures, positives, rowCount }: Measures): string {
  const lines = Object.entries(measureTitles).map(([name, title]) => {
    const { value, interval, method } = measures[name as MeasureName]
    return `| ${title} | ${shareText(value)} | ${intervalText(interval)} | ${methodTexts[method]} |`
  })
  const rate = `${countText(positives)} of the rows are positive (${((100 * positives) / rowCount).toFixed(1)} %).`
  return ['| measure | value | 95 % interval | how |', '|---|---|---|---|', ...lines, '', rate].join('\n')
}

export function besideTable(record: RunRecord): string {
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

export function foldsTable({ folds, outOfFold }: RunRecord): string {
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

export function gatesTable({ gates }: RunRecord): string {
  return [
    '| gate | passed | |',
    '|---|---|---|',
    ...gates.map(({ name, passed, text }) => `| ${name} | ${passed ? 'yes' : '**no**'} | ${text} |`),
  ].join('\n')
}

function thresholdText({ threshold, side }: RunRecord['thresholds'][number]): string {
  return threshold === null ? `(all alike)` : `${side} ${numberText(threshold)}`
}
