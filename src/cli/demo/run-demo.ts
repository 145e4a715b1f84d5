// The churn model and its held-out customers in; converted, served, overloaded and broken, with what was measured, out.

import type { ConversionReport } from '../../../converters/index.ts'
import { createError } from '../../errors.ts'
import { loadModel } from '../../runtime/load-model.ts'
import type { ModelPredictor } from '../../runtime/predictor.ts'
import { MLServiceRegistry } from '../../runtime/registry.ts'
import { churnName, type HeldOut, readHeldOut } from './churn-example.ts'
import { convertDemoModel, createDemoFolder, type DemoFolder } from './demo-folder.ts'
import type { DemoResult, Pass } from './demo-result.ts'
import { accuracyOf, driveTraffic } from './traffic.ts'

/** Called as each part is done, so that it can be shown while the next one runs. */
export type DemoListener = {
  onProgress(fraction: number, message: string): void
  onConverted(report: ConversionReport, durationMs: number): void | Promise<void>
  onServing(backend: DemoResult['backend']): void | Promise<void>
  onTraffic(passes: DemoResult['passes']): void | Promise<void>
  onFallback(fallback: DemoResult['fallback']): void | Promise<void>
}

/** As a busy service has requests under way. */
const callerCount = 64

/** A pass takes a fraction of a second, in which one pause of the garbage collector would count too much. */
const measuredRounds = 3

/** @throws what converting, loading or predicting throws; `signal.reason` when aborted */
export async function runDemo(listener: DemoListener, signal: AbortSignal): Promise<DemoResult> {
  const startedAt = performance.now()
  const heldOut = await readHeldOut()
  const folder = await createDemoFolder()
  try {
    const { onProgress } = listener
    const conversion = await convertDemoModel({
      folder,
      heldOut,
      signal,
      onProgress: ({ fraction, message }) => onProgress(0.5 * fraction, message),
    })
    const conversionMs = performance.now() - startedAt
    await listener.onConverted(conversion, conversionMs)
    const { backend, passes } = await serve(folder, heldOut, listener, signal)
    onProgress(0.9, 'taking the model away')
    await folder.removeArtifact()
    const fallback = await serveWithoutModel(folder, heldOut, signal)
    await listener.onFallback(fallback)
    const rowCount = heldOut.rows.length
    const totalMs = performance.now() - startedAt
    return { conversion, conversionMs, backend, rowCount, passes, fallback, totalMs }
  } finally {
    await folder.remove()
  }
}

async function serve(
  folder: DemoFolder,
  heldOut: HeldOut,
  listener: DemoListener,
  signal: AbortSignal,
): Promise<Pick<DemoResult, 'backend' | 'passes'>> {
  const registry = new MLServiceRegistry({ modelsDir: folder.modelsDir })
  let single: ModelPredictor | undefined
  try {
    listener.onProgress(0.5, 'loading the model')
    const churn = await registry.getModelPredictor(churnName, { fallback: false })
    const { backend } = churn.getHealth()
    if (backend === undefined) throw createError('MODEL_LOAD_FAILED', `${churnName} was not loaded`)
    await listener.onServing(backend)
    single = await loadModel(folder.versionDir, { backend: backend.picked, batching: false, caching: false })
    const measured = { heldOut, signal }
    listener.onProgress(0.55, 'warming up')
    await pass(single, { ...measured, callerCount: 1, name: 'warm-up', rounds: 1 })
    // twice, so that hits are warm as well
    for (const name of ['warm-up', 'warm-up']) await pass(churn, { ...measured, callerCount, name, rounds: 1 })
    listener.onProgress(0.65, 'asking one by one')
    const oneByOne = await pass(single, { ...measured, callerCount: 1, name: 'measured' })
    listener.onProgress(0.8, `asking by ${callerCount} callers`)
    const concurrent = await pass(churn, { ...measured, callerCount, name: 'measured' })
    const again = await pass(churn, { ...measured, callerCount, name: 'measured' })
    const passes = { oneByOne, concurrent, again }
    await listener.onTraffic(passes)
    return { backend, passes }
  } finally {
    await single?.close()
    await registry.close()
  }
}

type PassOptions = {
  readonly heldOut: HeldOut
  readonly callerCount: number
  readonly signal: AbortSignal
  /** Passes of one name find each other's answers in the cache. */
  readonly name: string
  /** @default measuredRounds */
  readonly rounds?: number
}

/** Every customer, `rounds` times as different tenants; batches and hits are what the model's own counters moved by. */
async function pass(model: ModelPredictor, options: PassOptions): Promise<Pass> {
  const { heldOut, callerCount, signal, name, rounds = measuredRounds } = options
  const rows = repeated(heldOut.rows, rounds)
  const before = model.getHealth().stats
  const { predictions, ...traffic } = await driveTraffic({
    rows,
    callerCount,
    // a kernel is faster than a cache, which is then asked only on request
    predict: (row, index) =>
      model.predict(row, { tenant: `${name} ${Math.floor(index / heldOut.rows.length)}`, useCache: true }),
    signal,
  })
  const after = model.getHealth().stats
  const batches = after.batches - before.batches
  return {
    ...traffic,
    callerCount,
    rowCount: rows.length,
    meanBatchRows: batches === 0 ? 0 : (after.rowsInBatches - before.rowsInBatches) / batches,
    cacheHitRate: (after.cache.hits - before.cache.hits) / rows.length,
    accuracy: accuracyOf(predictions, repeated(heldOut.truth, rounds)),
  }
}

function repeated<Value>(values: readonly Value[], rounds: number): Value[] {
  return Array.from({ length: rounds }, () => values).flat()
}

/** A fresh process would find the same: service.json names a rule, and there is no version to load. */
async function serveWithoutModel(
  { modelsDir }: DemoFolder,
  { rows, truth }: HeldOut,
  signal: AbortSignal,
): Promise<DemoResult['fallback']> {
  const registry = new MLServiceRegistry({ modelsDir })
  try {
    const churn = await registry.getModelPredictor(churnName)
    const { predictions } = await driveTraffic({ rows, callerCount, predict: (row) => churn.predict(row), signal })
    const { rule = '', reason = '', version } = predictions[0]
    const marked = predictions.filter(({ source, rule: by }) => source === 'fallback' && by === rule)
    return { rule, reason, version, markedCount: marked.length, accuracy: accuracyOf(predictions, truth) }
  } finally {
    await registry.close()
  }
}
