// A trained and converted model, and the rows that it never saw, in; everything that a run measures out.

import { crmRules } from '../../resilience/crm-rules/crm-rules.ts'
import { decisionListRule } from '../../resilience/decision-list.ts'
import { parseDecisionList } from '../../resilience/parse-decision-list.ts'
import { createRuleTable, type FallbackRule, type FallbackRules } from '../../resilience/rules.ts'
import { loadModel } from '../../runtime/load-model.ts'
import { measure } from '../metrics/measures.ts'
import { type ScoredRows, scoredRows } from '../metrics/scored-rows.ts'
import type { RunRecord } from '../run-record.ts'
import { type ConvertedModel, splitText } from '../source/convert-trained.ts'
import type { DataFacts } from '../table/check-data.ts'
import { targetOf } from '../table/training-table.ts'
import type { TrainedModel } from '../trainer.ts'
import type { TrainingFolder } from '../training-folder.ts'
import { type CompareInput, compareProduction, productionRecord } from './compare-production.ts'
import { judge } from './gates.ts'
import { timeAnswers } from './latency.ts'
import { goldenOutputs, isClassifier, modelOutputs, namedRow, ruleOutputs } from './outputs.ts'
import { bestReachable, crossValidation, thresholdRecords } from './yardsticks.ts'

export type MeasureRunInput = CompareInput & {
  readonly trained: TrainedModel
  readonly facts: DataFacts
  readonly fallbacks?: FallbackRules
  readonly machine: string
  readonly now: () => number
}

export type MeasuredRun = {
  readonly record: RunRecord
  /** The artifact's answers on the held-out rows, for plots. */
  readonly heldOut: ScoredRows
}

export async function measureRun(input: MeasureRunInput): Promise<MeasuredRun> {
  const { folder, version, trained, converted, facts, signal } = input
  const { config, table, split } = folder
  const { heldOutRows } = split
  const { decision } = config
  const seed = config.split.seed
  const truth = targetOf(table, heldOutRows)
  const model = await loadModel(converted.files, { caching: false })
  try {
    const heldOut = scoredRows(truth, await modelOutputs(model, table, heldOutRows, signal), decision)
    const artifact = measure(heldOut, { seed })
    const golden = goldenOutputs(trained.golden, table, heldOutRows)
    const source = measure(scoredRows(targetOf(table, golden.rows), golden.output, decision), { seed })
    const rule = ruleOf(folder, input.fallbacks)
    const rows = scoredRows(truth, await ruleOutputs(rule, table, heldOutRows), decision)
    const latency = await timeAnswers(
      (index) => model.predict(namedRow(table, heldOutRows[index % heldOutRows.length]), { useCache: false }),
      input,
    )
    const compared = await compareProduction(input, heldOut)
    const { parity } = converted.report
    const byteLength = Object.values(converted.files).reduce((sum, bytes) => sum + bytes.byteLength, 0)
    const gates = judge({
      config: config.gates,
      artifact,
      quantizationLoss: quantizationLoss(converted),
      parity: parity && { rowCount: parity.rowCount, use: parity.worstRows[0].use },
      p95Ms: latency.p95Ms,
      byteLength,
      production: compared,
    })
    const { value: brier } = artifact.measures.brier
    const record: RunRecord = {
      name: config.name,
      version,
      framework: trained.framework,
      estimator: converted.report.source.estimator,
      data: {
        file: config.data.file,
        origin: config.data.origin,
        description: config.data.description,
        sha256: table.sha256,
        rowCount: table.rowCount,
        trainRowCount: facts.trainRowCount,
        heldOutRowCount: facts.heldOutRowCount,
        sharedRowCount: facts.sharedRowCount,
        featureCount: config.data.features.length,
      },
      split: splitText(config),
      seed,
      parameters: config.trainer.parameters,
      decision,
      artifact,
      ...(!isClassifier(trained.golden) && { rmse: (decision.scale ?? 1) * Math.sqrt(brier) }),
      source,
      ...crossValidation(input),
      rule: { name: config.fallback, measures: measure(rows, { seed }) },
      bestReachable: bestReachable(table, heldOutRows),
      majorityAccuracy: Math.max(artifact.positives, truth.length - artifact.positives) / truth.length,
      thresholds: thresholdRecords(table, facts, heldOutRows),
      production: productionRecord(compared),
      bytes: {
        artifact: byteLength,
        weights: converted.report.bytes.weights,
        source: converted.report.bytes.source,
      },
      parity: parity && {
        rowCount: parity.rowCount,
        labelFlips: parity.labelFlips,
        largest: Math.max(...Object.values(parity.largest)),
      },
      latency,
      gates,
    }
    return { record, heldOut }
  } finally {
    await model.close()
  }
}

/** Of the same rows, by the source's own tables and by the finished files. */
function quantizationLoss({ report: { evaluation } }: ConvertedModel): number {
  return (evaluation?.source.accuracy ?? NaN) - (evaluation?.artifact.accuracy ?? NaN)
}

/** @throws VALIDATION_FAILED where nobody knows the rule */
export function ruleOf({ config, ruleText }: TrainingFolder, fallbacks: FallbackRules = {}): FallbackRule {
  const own: Record<string, FallbackRule> = {}
  if (ruleText !== undefined) {
    const list = parseDecisionList(JSON.parse(ruleText), 'rule.json')
    const answer = decisionListRule(list)
    own[list.name] = (row) => answer(row, config.data.features)
  }
  return createRuleTable(crmRules, own, fallbacks).require(config.fallback, config.name)
}
