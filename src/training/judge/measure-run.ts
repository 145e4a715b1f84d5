// A trained and converted model, and the rows that it never saw, in; everything that a run measures out.

import { crmRules } from '../../resilience/crm-rules/crm-rules.ts'
import { decisionListRule } from '../../resilience/decision-list.ts'
import { parseDecisionList } from '../../resilience/parse-decision-list.ts'
import { createRuleTable, type FallbackRule, type FallbackRules } from '../../resilience/rules.ts'
import { loadModel } from '../../runtime/load-model.ts'
import { pairedAccuracyDifference } from '../metrics/bootstrap.ts'
import { measure, type Measures, valuesOf } from '../metrics/measures.ts'
import { type ScoredRows, scoredRows } from '../metrics/scored-rows.ts'
import type { BestReachable, FoldRecord, RunRecord, ThresholdRecord } from '../run-record.ts'
import { type ConvertedModel, splitText } from '../source/convert-trained.ts'
import type { DataFacts } from '../table/check-data.ts'
import { thresholdAccuracy } from '../table/one-threshold.ts'
import { targetOf, type TrainingTable } from '../table/training-table.ts'
import type { TrainedModel } from '../trainer.ts'
import type { TrainingFolder } from '../training-folder.ts'
import { type GateInput, judge } from './gates.ts'
import { timeAnswers } from './latency.ts'
import { goldenOutputs, isClassifier, modelOutputs, namedRow, ruleOutputs } from './outputs.ts'

export type MeasureRunInput = {
  readonly folder: TrainingFolder
  readonly version: string
  readonly trained: TrainedModel
  readonly converted: ConvertedModel
  readonly facts: DataFacts
  /** Files of the production version, where there is one. */
  readonly production: { readonly version: string; readonly files: Readonly<Record<string, Uint8Array>> } | undefined
  readonly fallbacks?: FallbackRules
  readonly machine: string
  readonly now: () => number
  readonly signal?: AbortSignal
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
    const compared = await compare(input, heldOut)
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
      production: compared.kind === 'compared' ? picked(compared) : null,
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

async function compare(
  { folder, version, converted, production, signal }: MeasureRunInput,
  heldOut: ScoredRows,
): Promise<GateInput['production']> {
  if (production === undefined) return { kind: 'none' }
  if (production.version === version || isSame(production.files, converted.files))
    return { kind: 'same', version: production.version }
  const { config, table, split } = folder
  let output: Float64Array
  try {
    const model = await loadModel(production.files, { caching: false })
    try {
      output = await modelOutputs(model, table, split.heldOutRows, signal)
    } finally {
      await model.close()
    }
  } catch (error) {
    signal?.throwIfAborted()
    return {
      kind: 'unlike',
      version: production.version,
      reason: error instanceof Error ? error.message : String(error),
    }
  }
  const { threshold } = config.decision
  const { order } = heldOut
  const difference = pairedAccuracyDifference(
    heldOut.truth,
    heldOut.decided,
    Uint8Array.from(order, (row) => (output[row] >= threshold ? 1 : 0)),
    { seed: config.split.seed },
  )
  return { kind: 'compared', version: production.version, ...difference }
}

function picked({ version, difference, interval }: Extract<GateInput['production'], { kind: 'compared' }>) {
  return { version, difference, interval }
}

function isSame(a: Readonly<Record<string, Uint8Array>>, b: Readonly<Record<string, Uint8Array>>): boolean {
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => b[name]?.length === a[name].length && b[name].every((byte, i) => byte === a[name][i]))
  )
}

/** Only rows that may be judged: a fold's other rows were trained for, not on. */
function crossValidation({ folder, trained }: MeasureRunInput): {
  readonly outOfFold: Measures
  readonly folds: readonly FoldRecord[]
} {
  const { config, table, split } = folder
  const scored = (positions: Int32Array): ScoredRows => {
    const judged = positions.filter((position) => table.isJudged[split.trainRows[position]] === 1)
    return scoredRows(
      targetOf(
        table,
        judged.map((position) => split.trainRows[position]),
      ),
      Float64Array.from(judged, (position) => trained.outOfFold[position]),
      config.decision,
    )
  }
  return {
    outOfFold: measure(scored(Int32Array.from(split.trainRows, (_, position) => position)), {
      seed: config.split.seed,
    }),
    folds: split.folds.map((fold) => {
      const rows = scored(fold)
      const { accuracy, rocAuc, brier } = valuesOf(rows)
      return { rowCount: rows.rowCount, accuracy, rocAuc, brier }
    }),
  }
}

function bestReachable({ trueProbability }: TrainingTable, rows: Int32Array): BestReachable | null {
  if (trueProbability === undefined) return null
  const mean = (score: (p: number) => number): number =>
    rows.reduce((sum, row) => sum + score(trueProbability[row]), 0) / rows.length
  const entropy = (p: number): number => (p === 0 ? 0 : -p * Math.log(p))
  return {
    accuracy: mean((p) => Math.max(p, 1 - p)),
    brier: mean((p) => p * (1 - p)),
    logLoss: mean((p) => entropy(p) + entropy(1 - p)),
  }
}

function thresholdRecords(table: TrainingTable, facts: DataFacts, rows: Int32Array): ThresholdRecord[] {
  return facts.thresholds
    .map((one) => ({
      feature: one.feature,
      threshold: Number.isFinite(one.threshold) ? one.threshold : null,
      side: one.side,
      auc: one.auc,
      accuracy: thresholdAccuracy(table, one, rows),
    }))
    .sort((a, b) => b.accuracy - a.accuracy)
}
