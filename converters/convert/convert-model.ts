// A source model file in, a checked artifact and a report of how it differs from the source out.

import { readArtifact } from '../../src/artifact/read-artifact.ts'
import type { CheckRows } from '../../src/artifact/metadata.ts'
import { sha256Hex } from '../../src/artifact/sha256.ts'
import type { ArtifactLoader } from '../../src/backend/port.ts'
import { createError } from '../../src/errors.ts'
import { interpret } from '../../src/regions/interpret.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import { createDecoder } from '../../src/rows/decode.ts'
import type { Answer } from '../../src/rows/prediction.ts'
import { createArtifactRunner } from '../check/artifact-runner.ts'
import { answerCheckRows, makeCheckRows } from '../check/check-rows.ts'
import { evaluate } from '../check/evaluate.ts'
import { compareWithGolden, type ParityReport } from '../check/parity.ts'
import { float32Noise, type RawAgreement, rawAgreement } from '../check/raw-agreement.ts'
import { foldRegions } from '../fold/fold-regions.ts'
import type { SourceModel } from '../frontends/source-model.ts'
import { featureKnowledge } from '../quantize/feature-knowledge.ts'
import { quantizeRegions } from '../quantize/quantize-regions.ts'
import type { QuantizedModel } from '../quantize/quantized-tensors.ts'
import type { ConversionReport } from '../report/report.ts'
import { makeReport } from '../report/make-report.ts'
import { annotate } from './annotate.ts'
import { type AssembledArtifact, assembleArtifact } from './artifact-parts.ts'
import { modelNameOf, type ResolvedConvertOptions } from './convert-options.ts'
import { createStages, type Stages } from './convert-stages.ts'
import { readGivenRows } from './given-rows.ts'
import { readSourceModel } from './read-source-model.ts'
import type { DetectedSource } from './source-format.ts'

export type ConvertResult = { readonly report: ConversionReport; readonly files: Record<string, Uint8Array> }

/** The parts of a conversion that the composition root hands in. */
export type ConvertPorts = {
  readonly backend: ArtifactLoader
  /** Content of the JSON file of an option that is a path. */
  readonly readJson: (path: string, option: string) => Promise<unknown>
}

export async function convertSource(
  detected: DetectedSource,
  options: ResolvedConvertOptions,
  ports: ConvertPorts,
): Promise<ConvertResult> {
  const stages = createStages(options)
  await stages.enter('parse', `reading ${detected.name} (${detected.format})`)
  const source = annotate(readSourceModel(detected), options.features)
  const folded = foldRegions(source.graph, source.schema)
  const given = await readGivenRows(source, options, ports.readJson)
  const context: Context = { detected, source, folded, options, ports, given, stages }
  const built = await buildChecked(context, 0)
  const evaluation = await evaluateBoth(context, built)
  // Evaluation is part of the metadata, and it is measured on the finished files: the weights are the same in both.
  const final = evaluation === null ? built.assembled : assemble(context, built.quantized, evaluation.artifact)
  const report = makeReport({ ...context, ...built, tensors: final.tensors, files: final.files, evaluation })
  return { report, files: final.files }
}

type Context = {
  readonly detected: DetectedSource
  readonly source: SourceModel
  readonly folded: RegionGraph
  readonly options: ResolvedConvertOptions
  readonly ports: ConvertPorts
  readonly given: Awaited<ReturnType<typeof readGivenRows>>
  readonly stages: Stages
}

type Built = {
  readonly quantized: QuantizedModel
  readonly assembled: AssembledArtifact
  readonly checkRows: readonly Float64Array[]
  readonly agreement: RawAgreement
  readonly parity: ParityReport | null
  readonly warnings: readonly string[]
}

/** Quantizes, writes and checks; where golden answers refuse what quantizing did, once more with wider weights. */
async function buildChecked(context: Context, firstLevel: number): Promise<Built> {
  const { source, folded, options, given, stages } = context
  await stages.enter('quantize', firstLevel === 0 ? `storing weights as ${options.quantize}` : 'storing wider weights')
  const quantized = quantizeRegions(folded, {
    mode: options.quantize,
    schema: source.schema,
    head: source.head,
    calibration: given.calibration,
    firstLevel,
    isJudged: given.golden !== undefined,
  })
  await stages.enter('write', 'writing the graph')
  const assembled = assemble(context, quantized)
  await stages.enter('check', `running the finished files on ${context.ports.backend.name}`)
  const checkRows = makeCheckRows(featureKnowledge(folded, source.schema))
  const golden = given.golden
  const runRows = [...checkRows, ...(golden?.rows ?? [])]
  const raw = await runFiles(context, assembled, runRows)
  const agreement = rawAgreement(quantized.graph, runRows, raw)
  const parity =
    golden === undefined
      ? null
      : compareWithGolden(golden.answers, decodeAll(source, raw.slice(checkRows.length)), {
          mode: options.quantize,
          // A tolerance that a caller gives is meant as it stands.
          ...(options.tolerance
            ? { tolerance: options.tolerance }
            : { noise: golden.rows.map((row) => float32Noise(quantized.graph, row)) }),
        })
  const built: Built = { quantized, assembled, checkRows, agreement, parity, warnings: [] }
  if (agreement.use > 1) throw graphDiffers(context, built)
  if (parity === null || parity.isPassed) return built
  if (quantized.isWidest || !isSourceFaithful(context)) throw parityFailed(context, built, parity)
  const wider = await buildChecked(context, quantized.level + 1)
  return { ...wider, warnings: [`golden answers moved too far: weights were stored wider`, ...wider.warnings] }
}

function assemble(
  context: Context,
  quantized: QuantizedModel,
  evaluation?: Parameters<typeof assembleArtifact>[2]['evaluation'],
): AssembledArtifact {
  const { detected, source, options } = context
  const hash = options.hash ?? sha256Hex
  const { name = modelNameOf(detected.name), version } = options
  return assembleArtifact(source, quantized, {
    identity: {
      name,
      version,
      file: detected.name.split(/[\\/]/).at(-1) ?? detected.name,
      sha256: hash(detected.bytes),
    },
    check: storedCheckRows(context, quantized),
    ...(evaluation && { evaluation }),
    ...(options.training && { training: options.training }),
    hash,
  })
}

/** No artifact has more; golden rows beyond are compared all the same. */
const mostStoredRows = 64

function storedCheckRows({ source, folded, options, given }: Context, quantized: QuantizedModel): CheckRows {
  const made = makeCheckRows(featureKnowledge(folded, source.schema))
  const golden = options.storeGolden ? (given.golden?.rows ?? []).slice(0, mostStoredRows) : []
  return answerCheckRows(golden.length > 0 ? golden : made, { source: folded, stored: quantized.graph })
}

async function runFiles(
  { options, ports }: Context,
  { files }: AssembledArtifact,
  rows: readonly Float64Array[],
): Promise<Float64Array[]> {
  const runner = await createArtifactRunner(
    readArtifact(files, options.hash ? { hash: options.hash } : {}),
    ports.backend,
  )
  try {
    return await runner.run(rows)
  } finally {
    runner.dispose()
  }
}

function decodeAll({ head }: SourceModel, raw: readonly Float64Array[]): Answer[] {
  const decode = createDecoder(head)
  return raw.map((columns) => decode(columns, 0))
}

/** False where the unquantized tables already answer otherwise: then wider weights would not help. */
function isSourceFaithful({ source, folded, options, given }: Context): boolean {
  if (given.golden === undefined) return true
  const raw = given.golden.rows.map((row) => interpret(folded, row))
  const { quantize: mode, tolerance } = options
  return compareWithGolden(given.golden.answers, decodeAll(source, raw), { mode, ...(tolerance && { tolerance }) })
    .isPassed
}

async function evaluateBoth(context: Context, { assembled }: Built): Promise<ConversionReport['evaluation']> {
  const { source, folded, given } = context
  if (given.evaluation === undefined) return null
  const { rows, truth, decision } = given.evaluation
  const raw = await runFiles(context, assembled, rows)
  const exact = rows.map((row) => interpret(folded, row))
  return {
    source: evaluate(decodeAll(source, exact), truth, decision),
    artifact: evaluate(decodeAll(source, raw), truth, decision),
  }
}

function graphDiffers(context: Context, built: Built): Error {
  const { assembled, agreement } = built
  const report = makeReport({
    ...context,
    ...built,
    tensors: assembled.tensors,
    files: assembled.files,
    evaluation: null,
  })
  return createError(
    'PARITY_FAILED',
    `the graph of ${context.detected.name} must give what its tables give, got a difference of ${agreement.largestDifference} on ${context.ports.backend.name}. This is a fault of this library: please report it`,
    { details: { report } },
  )
}

function parityFailed(context: Context, built: Built, parity: ParityReport): Error {
  const { assembled } = built
  const report = makeReport({
    ...context,
    ...built,
    tensors: assembled.tensors,
    files: assembled.files,
    evaluation: null,
  })
  const worst = parity.worstRows[0]
  const parts = Object.entries(worst.differences).map(
    ([part, difference]) => `${part} by ${difference} (allowed ${parity.tolerance[part as 'value'] ?? 'any'})`,
  )
  return createError(
    'PARITY_FAILED',
    `answers must be those of the source within the tolerance; golden row ${worst.row} differs in ${parts.join(', ') || 'nothing'}${worst.isFlipped ? ', and its label' : ''}. ` +
      'Check that golden rows and model belong together; where they do, give a wider tolerance or less quantization',
    { details: { report, row: worst.row } },
  )
}
