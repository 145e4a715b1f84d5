// Everything a conversion found out in, its report as plain JSON out.

import type { TensorRecord } from '../../src/artifact/metadata.ts'
import { sha256Hex } from '../../src/artifact/sha256.ts'
import { isMLError } from '../../src/errors.ts'
import { interpret } from '../../src/regions/interpret.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import { createDecoder } from '../../src/rows/decode.ts'
import type { AnswerComparison } from '../check/compare-answers.ts'
import { compareWithGolden, type ParityReport } from '../check/parity.ts'
import type { RawAgreement } from '../check/raw-agreement.ts'
import { weightErrors } from '../check/weight-errors.ts'
import { modelNameOf, type ResolvedConvertOptions } from '../convert/convert-options.ts'
import { plainByteLength } from '../convert/artifact-parts.ts'
import type { DetectedSource } from '../convert/source-format.ts'
import type { SourceModel } from '../frontends/source-model.ts'
import { measureGates } from '../gates/gates.ts'
import { smallChainBytes } from '../quantize/dense-chain-ladder.ts'
import type { QuantizedModel } from '../quantize/quantized-tensors.ts'
import type { ByteReport, ConversionReport, QuantizationReport } from './report.ts'

export type ReportParts = {
  readonly detected: DetectedSource
  readonly source: SourceModel
  readonly folded: RegionGraph
  readonly options: ResolvedConvertOptions
  readonly ports: { readonly backend: { readonly name: string } }
  readonly given: { readonly golden?: { readonly rows: readonly Float64Array[] } }
  readonly quantized: QuantizedModel
  readonly checkRows: readonly Float64Array[]
  readonly agreement: RawAgreement
  readonly parity: ParityReport | null
  readonly warnings: readonly string[]
  readonly tensors: readonly TensorRecord[]
  readonly files: Readonly<Record<string, Uint8Array>>
  readonly evaluation: ConversionReport['evaluation']
  readonly comparisons: readonly AnswerComparison[]
}

/** Of uint8: weights against their plain form. */
const promisedRatios = { dense: 0.3, trees: 0.55, tables: 0.55 } as const

export function makeReport(parts: ReportParts): ConversionReport {
  const { detected, source, options, agreement, parity, evaluation, comparisons } = parts
  const bytes = byteReport(parts)
  return {
    name: options.name ?? modelNameOf(detected.name),
    version: options.version,
    kind: source.kind,
    source: {
      file: detected.name,
      format: detected.format,
      sha256: (options.hash ?? sha256Hex)(detected.bytes),
      ...source.source,
    },
    schema: source.schema,
    bytes,
    tensors: parts.tensors,
    errors: weightErrors(parts.folded, parts.quantized),
    quantization: quantizationReport(parts),
    selfCheck: {
      backend: parts.ports.backend.name,
      rowCount: agreement.rowCount,
      largestDifference: agreement.largestDifference,
    },
    parity,
    evaluation,
    comparisons,
    gates: measureGates(options.gates, { bytes, evaluation, comparisons }),
    warnings: [...parts.warnings, ...sizeWarnings(bytes)],
  }
}

function byteReport({ detected, folded, options, tensors, files }: ReportParts): ByteReport {
  const { dense, trees, tables } = plainByteLength(folded)
  const float32 = dense + trees + tables
  const weights = tensors.reduce((sum, { byteLength }) => sum + byteLength, 0)
  const modelJson = files['model.json'].length
  const isPromised = options.quantize === 'uint8' && float32 >= smallChainBytes
  return {
    source: detected.bytes.length,
    float32,
    weights,
    modelJson,
    artifact: Object.values(files).reduce((sum, { length }) => sum + length, 0),
    ratio: float32 > 0 ? weights / float32 : null,
    promisedRatio: isPromised
      ? (promisedRatios.dense * dense + promisedRatios.trees * trees + promisedRatios.tables * tables) / float32
      : null,
  }
}

function sizeWarnings({ ratio, promisedRatio }: ByteReport): string[] {
  if (ratio === null || promisedRatio === null || ratio <= promisedRatio) return []
  const [got, promised] = [ratio, promisedRatio].map((share) => `${(100 * share).toFixed(1)} %`)
  return [`weights take ${got} of their plain form, more than ${promised}: see the tensors for why`]
}

/** Golden rows where there are some, made-up ones elsewhere. */
function quantizationReport(parts: ReportParts): QuantizationReport {
  const { folded, quantized, source, options, given, checkRows } = parts
  const decode = createDecoder(source.head)
  const rows = given.golden?.rows ?? checkRows
  const answered = rows.flatMap((row) => {
    try {
      return [{ before: decode(interpret(folded, row), 0), after: decode(interpret(quantized.graph, row), 0) }]
    } catch (error) {
      // A made-up row at the end of the numbers has no answer, before or after.
      if (isMLError(error) && error.code === 'EXECUTION_FAILED') return []
      throw error
    }
  })
  const mode = options.quantize
  if (answered.length === 0) return { mode, rowCount: 0, labelFlips: 0, largest: {} }
  const { labelFlips, largest } = compareWithGolden(
    answered.map(({ before }) => before),
    answered.map(({ after }) => after),
    { mode },
  )
  return { mode, rowCount: answered.length, labelFlips, largest }
}
