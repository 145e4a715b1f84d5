// A source model file in, a checked artifact and a report of how it differs from the source out.

import { foldRegions } from '../fold/fold-regions.ts'
import { missedGates } from '../gates/gates.ts'
import { makeReport } from '../report/make-report.ts'
import type { ConversionReport } from '../report/report.ts'
import { annotate } from './annotate.ts'
import { buildChecked, parityFailure } from './build-checked.ts'
import { assemble, type Conversion, type ConvertPorts } from './conversion.ts'
import { modelNameOf, type ResolvedConvertOptions } from './convert-options.ts'
import { createStages } from './convert-stages.ts'
import { readGivenRows } from './given-rows.ts'
import { judgeAnswers } from './judge-answers.ts'
import { readSourceModel } from './read-source-model.ts'
import type { DetectedSource } from './source-format.ts'
import { printModelTypes, typesFileName } from '../types/types-file.ts'

export type ConvertResult = { readonly report: ConversionReport; readonly files: Record<string, Uint8Array> }

/** @throws as `convertModel` does, but for what it reads and writes */
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
  const conversion: Conversion = { detected, source, folded, options, ports, given, stages }
  const built = await buildChecked(conversion)
  const { evaluation, comparisons } = await judgeAnswers(conversion, built)
  // Evaluation is part of the metadata, and it is measured on the finished files: the weights are the same in both.
  const { files, tensors } =
    evaluation === null ? built.assembled : assemble(conversion, built.quantized, evaluation.artifact)
  const report = makeReport({ ...conversion, ...built, tensors, files, evaluation, comparisons })
  const refusal = parityFailure(built.parity, report) ?? missedGates(report)
  if (refusal !== undefined) throw refusal
  return { report, files: options.types === true ? { ...files, ...typesFile(conversion) } : files }
}

function typesFile({ source, detected, options }: Conversion): Record<string, Uint8Array> {
  const { name = modelNameOf(detected.name), version } = options
  const text = printModelTypes({ name, version, schema: source.schema, head: source.head })
  return { [typesFileName]: new TextEncoder().encode(text) }
}
