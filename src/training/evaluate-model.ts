// A version of a model and rows with known truth in; what it measures there, beside the rule and the drift of the rows, out.

import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createError } from '../errors.ts'
import { nameHint } from '../rows/nearest-name.ts'
import type { FallbackRules } from '../resilience/rules.ts'
import { assertKnownOptions, type OptionNames } from '../runtime/known-options.ts'
import { loadModel } from '../runtime/load-model.ts'
import { modelOutputs, ruleOutputs } from './judge/outputs.ts'
import { ruleOf } from './judge/measure-run.ts'
import { measure } from './metrics/measures.ts'
import { scoredRows } from './metrics/scored-rows.ts'
import { columnDrift, judgedTrainRows } from './report/column-drift.ts'
import { type EvaluateResult, evaluationReport } from './report/evaluation-report.ts'
import { openModelStore } from './store/model-store.ts'
import { parseTable } from './table/parse-table.ts'
import { targetOf } from './table/training-table.ts'
import { readBytes, readTrainingFolder, type TrainingFolder } from './training-folder.ts'

export type EvaluateOptions = {
  /** Version or alias. @default the production version */
  readonly version?: string
  /** CSV with the columns of the training data. @default the rows that training held out */
  readonly data?: string
  /** File to write an HTML report to. */
  readonly report?: string
  readonly fallbacks?: FallbackRules
  readonly signal?: AbortSignal
}

const evaluateNames = {
  version: true,
  data: true,
  report: true,
  fallbacks: true,
  signal: true,
} as const satisfies OptionNames<EvaluateOptions>

/**
 * Measures a version on rows that it was not trained on.
 * @throws MODEL_NOT_FOUND for a version that is not there; what `loadModel` throws for one that cannot be served;
 *   INPUT_INVALID for the data; `signal.reason`
 * @example
 * const { measures, drift } = await evaluateModel('models/churn_predictor_v2', { data: 'march.csv' })
 */
export async function evaluateModel(modelDir: string, options: EvaluateOptions = {}): Promise<EvaluateResult> {
  assertKnownOptions('', options, evaluateNames)
  const { signal } = options
  signal?.throwIfAborted()
  const folder = await readTrainingFolder(modelDir)
  const { config, split } = folder
  const version = await versionOf(folder, options.version)
  const { table, rows, file } = await judgedRows(folder, options.data)
  const truth = targetOf(table, rows)
  const seed = config.split.seed
  const model = await loadModel(join(folder.path, 'versions', version), { caching: false })
  try {
    const answers = scoredRows(truth, await modelOutputs(model, table, rows, signal), config.decision)
    const rule = scoredRows(truth, await ruleOutputs(ruleOf(folder, options.fallbacks), table, rows), config.decision)
    const measures = measure(answers, { seed })
    const { accuracyFloor } = config.gates
    const result: EvaluateResult = {
      name: config.name,
      version,
      data: file,
      measures,
      rule: { name: config.fallback, measures: measure(rule, { seed }) },
      accuracyFloor,
      passed: measures.measures.accuracy.value >= accuracyFloor,
      drift: columnDrift({ table: folder.table, rows: judgedTrainRows(folder.table, split) }, { table, rows }),
    }
    if (options.report !== undefined)
      await writeFile(options.report, evaluationReport(result, answers, config.decision))
    return result
  } finally {
    await model.close()
  }
}

async function versionOf({ path, config, service }: TrainingFolder, asked: string | undefined): Promise<string> {
  const store = await openModelStore(path)
  const known = (await store.versions()).map(({ version }) => version)
  const version = asked === undefined ? await store.production() : (service.aliases?.[asked] ?? asked)
  if (version === undefined)
    throw createError(
      'MODEL_NOT_FOUND',
      `${config.name} has no production version; promote one, or name one of ${known.join(', ') || 'those that train makes'}`,
    )
  if (known.includes(version)) return version
  throw createError(
    'MODEL_NOT_FOUND',
    `${config.name} has no version or alias ${version}; ${nameHint(version, [...known, ...Object.keys(service.aliases ?? {})])}`,
  )
}

async function judgedRows(folder: TrainingFolder, data: string | undefined) {
  const { config, table, split } = folder
  if (data === undefined) return { table, rows: split.heldOutRows, file: config.data.file }
  const file = resolve(data)
  const { trueProbability: _trueProbability, group: _group, ...columns } = config.data
  const other = parseTable(await readBytes(file), file, {
    data: columns,
    split: { ...config.split, kind: 'stratified' },
  })
  const rows = Int32Array.from({ length: other.rowCount }, (_, row) => row).filter((row) => other.isJudged[row] === 1)
  if (rows.length > 0) return { table: other, rows, file: data }
  throw createError(
    'INPUT_INVALID',
    `${file} has no row to judge; expected rows with ${JSON.stringify(config.data.evaluateWhere ?? {})}`,
  )
}
