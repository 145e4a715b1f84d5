// A source file in, an artifact in memory or in a folder out: the composition root of the converters.

import type { ArtifactLoader } from '../src/backend/port.ts'
import { createCpuBackend } from '../src/backend/tfjs/cpu.ts'
import { createWasmBackend } from '../src/backend/tfjs/wasm.ts'
import { isMLError } from '../src/errors.ts'
import { type ConvertOptions, resolveConvertOptions } from './convert/convert-options.ts'
import { type ConvertResult, convertSource } from './convert/convert-model.ts'
import { createStages } from './convert/convert-stages.ts'
import { detectSource, type SourceFiles } from './convert/source-format.ts'
import { inspectFiles, type Inspection, type InspectOptions } from './convert/inspect-model.ts'

export type { ConvertOptions, ConvertProgress, ConvertStage } from './convert/convert-options.ts'
export type { ConvertResult } from './convert/convert-model.ts'
export type { Inspection, InspectOptions } from './convert/inspect-model.ts'
export type { SourceFiles, SourceFormat } from './convert/source-format.ts'
export type { AnswerComparison } from './check/compare-answers.ts'
export type { GateName, GateResult, Gates } from './gates/gate.ts'
export type { ErrorHistogram } from './check/weight-errors.ts'
export type { GoldenRows } from './check/golden-rows.ts'
export type { ParityReport, ParityRow } from './check/parity.ts'
export type { ToleranceOption } from './check/tolerance.ts'
export type { AccuracyBudget } from './quantize/accuracy-budget.ts'
export type { QuantizeMode } from './quantize/quantize-mode.ts'
export type {
  ByteReport,
  ConversionReport,
  EvaluationReport,
  FlipCount,
  QuantizationReport,
  SelfCheckReport,
} from './report/report.ts'
export type { EstimatorNode } from './report/describe-estimators.ts'
export type { GraphNode } from './report/graph/graph-node.ts'
export { printInspection } from './report/print-inspection.ts'
export { printReport } from './report/print-report.ts'
export { renderGraph } from './report/graph/render-graph.ts'
export { renderRefusal } from './report/html/render-refusal.ts'
export { renderReport } from './report/html/render-report.ts'
export { printModelsTypes, type TypedModel } from './types/types-file.ts'

/** Path of a file or folder, or bytes by file name. */
export type ConvertSource = string | SourceFiles

/**
 * The model of `source` as an artifact: files by name, written to `outDir` too where that is given, and a report of its
 * size and of how its answers differ from the source's.
 * @throws MODEL_LOAD_FAILED where a path cannot be read; FORMAT_UNKNOWN, FILE_CORRUPT, UNSAFE_CONTENT, UNSUPPORTED or
 * LIMIT_EXCEEDED for the source; INPUT_INVALID for options and rows, and for an `outDir` that holds another's model.json;
 * PARITY_FAILED, with `details.report`, where answers differ from golden ones by more than the tolerance; with `details.missedGates` too PARITY_FAILED, ACCURACY_BELOW_FLOOR or
 * LIMIT_EXCEEDED where a gate is missed; `signal.reason` when aborted
 * @example
 * const { report, files } = await convertModel('model.joblib', { outDir: 'models/churn/versions/1.0.0' })
 */
export async function convertModel(source: ConvertSource, options: ConvertOptions = {}): Promise<ConvertResult> {
  const resolved = resolveConvertOptions(options)
  const stages = createStages(resolved)
  await stages.enter('read', typeof source === 'string' ? `reading ${source}` : 'reading')
  const { outDir } = resolved
  // before long work, whose files would have no place to go
  if (outDir !== undefined) await (await import('./convert/source-files.ts')).assertNoForeignModel(outDir)
  const detected = detectSource(await filesOf(source), resolved.format)
  const result = await convertSource(detected, resolved, {
    backend: options.backend === undefined ? portableBackend() : backends[options.backend](),
    readJson: async (path, option) => (await import('./convert/source-files.ts')).readJsonFile(path, option),
  })
  resolved.signal?.throwIfAborted()
  if (outDir !== undefined) {
    const { writeArtifactFiles } = await import('./convert/source-files.ts')
    await writeArtifactFiles(outDir, result.files)
  }
  stages.finish(`${result.report.name} ${result.report.version}`)
  return result
}

/** wasm, or cpu in a realm where wasm does not start. */
function portableBackend(): ArtifactLoader {
  let used: ArtifactLoader = createWasmBackend()
  return {
    get name() {
      return used.name
    },
    get description() {
      return used.description
    },
    async load(artifact) {
      try {
        return await used.load(artifact)
      } catch (error) {
        if (used.name === 'cpu' || !isMLError(error) || error.code !== 'BACKEND_UNAVAILABLE') throw error
        used = createCpuBackend()
        return used.load(artifact)
      }
    },
  }
}

/**
 * What a source file or an artifact holds, as plain JSON; what cannot be converted is listed, not thrown.
 * @throws MODEL_LOAD_FAILED where a path cannot be read; FORMAT_UNKNOWN where the bytes are neither
 */
export async function inspectModel(source: ConvertSource, options: InspectOptions = {}): Promise<Inspection> {
  return inspectFiles(await filesOf(source), options)
}

const backends = {
  wasm: createWasmBackend,
  cpu: createCpuBackend,
} as const satisfies Record<NonNullable<ConvertOptions['backend']>, () => ArtifactLoader>

async function filesOf(source: ConvertSource): Promise<SourceFiles> {
  if (typeof source !== 'string') return source
  const { readSourceFiles } = await import('./convert/source-files.ts')
  return readSourceFiles(source)
}
