// One conversion under way: what it knows so far, and the steps that several of its parts take.

import { readArtifact } from '../../src/artifact/read-artifact.ts'
import type { CheckRows, Evaluation } from '../../src/artifact/metadata.ts'
import { sha256Hex } from '../../src/artifact/sha256.ts'
import { mostCheckNumbers } from '../../src/artifact/stored-check-rows.ts'
import type { ArtifactLoader } from '../../src/backend/port.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import { createDecoder } from '../../src/rows/decode.ts'
import type { Answer } from '../../src/rows/prediction.ts'
import { createArtifactRunner } from '../check/artifact-runner.ts'
import { answerCheckRows, makeCheckRows } from '../check/check-rows.ts'
import type { ParityReport } from '../check/parity.ts'
import type { RawAgreement } from '../check/raw-agreement.ts'
import type { SourceModel } from '../frontends/source-model.ts'
import { featureKnowledge } from '../quantize/feature-knowledge.ts'
import type { QuantizedModel } from '../quantize/quantized-tensors.ts'
import { type AssembledArtifact, assembleArtifact } from './artifact-parts.ts'
import { modelNameOf, type ResolvedConvertOptions } from './convert-options.ts'
import type { Stages } from './convert-stages.ts'
import type { GivenRows } from './given-rows.ts'
import type { DetectedSource } from './source-format.ts'

/** The parts of a conversion that the composition root hands in. */
export type ConvertPorts = {
  readonly backend: ArtifactLoader
  /** Content of the JSON file of an option that is a path. */
  readonly readJson: (path: string, option: string) => Promise<unknown>
}

export type Conversion = {
  readonly detected: DetectedSource
  readonly source: SourceModel
  readonly folded: RegionGraph
  readonly options: ResolvedConvertOptions
  readonly ports: ConvertPorts
  readonly given: GivenRows
  readonly stages: Stages
}

/** Finished files and how they stand against the tables that they were made of, and against golden answers. */
export type BuiltArtifact = {
  readonly quantized: QuantizedModel
  readonly assembled: AssembledArtifact
  readonly checkRows: readonly Float64Array[]
  readonly agreement: RawAgreement
  /** What the finished files answer to golden rows; empty without them. */
  readonly goldenAnswers: readonly Answer[]
  readonly parity: ParityReport | null
  readonly warnings: readonly string[]
}

export function assemble(
  conversion: Conversion,
  quantized: QuantizedModel,
  evaluation?: Evaluation,
): AssembledArtifact {
  const { detected, source, options } = conversion
  const hash = options.hash ?? sha256Hex
  const { name = modelNameOf(detected.name), version } = options
  return assembleArtifact(source, quantized, {
    identity: {
      name,
      version,
      file: detected.name.split(/[\\/]/).at(-1) ?? detected.name,
      sha256: hash(detected.bytes),
    },
    check: storedCheckRows(conversion, quantized),
    ...(evaluation && { evaluation }),
    ...(options.training && { training: options.training }),
    hash,
  })
}

/** No artifact has more; golden rows beyond are compared all the same. */
const mostStoredRows = 64

function storedCheckRows({ source, folded, options, given }: Conversion, quantized: QuantizedModel): CheckRows {
  const made = makeCheckRows(featureKnowledge(folded, source.schema))
  const most = Math.min(mostStoredRows, Math.floor(mostCheckNumbers / source.schema.features.length))
  const golden = options.storeGolden ? (given.golden?.rows ?? []).slice(0, most) : []
  return answerCheckRows(golden.length > 0 ? golden : made, { source: folded, stored: quantized.graph })
}

/** Raw columns that the finished files give. */
export async function runFiles(
  { options, ports }: Conversion,
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

export function decodeAll({ head }: SourceModel, raw: readonly Float64Array[]): Answer[] {
  const decode = createDecoder(head)
  return raw.map((columns) => decode(columns, 0))
}
