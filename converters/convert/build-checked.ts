// A conversion whose source is read in; its files, written and run, with what golden answers say of them, out.

import { createError } from '../../src/errors.ts'
import { interpret } from '../../src/regions/interpret.ts'
import { makeCheckRows } from '../check/check-rows.ts'
import { compareWithGolden, type ParityReport } from '../check/parity.ts'
import { float32Noise, rawAgreement } from '../check/raw-agreement.ts'
import { featureKnowledge } from '../quantize/feature-knowledge.ts'
import { type BudgetedModel, quantizeRegions } from '../quantize/quantize-regions.ts'
import { makeReport } from '../report/make-report.ts'
import type { ConversionReport } from '../report/report.ts'
import { numberText } from '../report/report-text.ts'
import { assemble, type BuiltArtifact, type Conversion, decodeAll, runFiles } from './conversion.ts'

/**
 * Quantizes, writes and checks; where golden answers refuse what quantizing did, once more with wider weights.
 * @throws PARITY_FAILED where the files give something else than the tables that they were made of
 */
export async function buildChecked(conversion: Conversion, firstLevel = 0): Promise<BuiltArtifact> {
  const { source, folded, options, given, stages } = conversion
  await stages.enter('quantize', firstLevel === 0 ? `storing weights as ${options.quantize}` : 'storing wider weights')
  const quantized = quantizeRegions(folded, {
    mode: options.quantize,
    schema: source.schema,
    head: source.head,
    calibration: given.calibration,
    firstLevel,
    isJudged: given.golden !== undefined,
    ...(given.evaluation && { evaluation: given.evaluation }),
    ...(options.accuracyBudget && { budget: options.accuracyBudget }),
  })
  await stages.enter('write', 'writing the graph')
  const assembled = assemble(conversion, quantized)
  await stages.enter('check', `running the finished files on ${conversion.ports.backend.name}`)
  const checkRows = makeCheckRows(featureKnowledge(folded, source.schema))
  const golden = given.golden
  const runRows = [...checkRows, ...(golden?.rows ?? [])]
  const raw = await runFiles(conversion, assembled, runRows)
  const agreement = rawAgreement(quantized.graph, runRows, raw)
  const goldenAnswers = decodeAll(source, raw.slice(checkRows.length))
  const parity =
    golden === undefined
      ? null
      : compareWithGolden(golden.answers, goldenAnswers, {
          mode: options.quantize,
          // A tolerance that a caller gives is meant as it stands.
          ...(options.tolerance
            ? { tolerance: options.tolerance }
            : { noise: golden.rows.map((row) => float32Noise(quantized.graph, row)) }),
        })
  const built: BuiltArtifact = {
    quantized,
    assembled,
    checkRows,
    agreement,
    goldenAnswers,
    parity,
    warnings: [...given.warnings, ...budgetWarnings(quantized)],
  }
  if (agreement.use > 1) throw graphDiffers(conversion, built)
  if (parity === null || parity.isPassed || quantized.isWidest || !isSourceFaithful(conversion)) return built
  const wider = await buildChecked(conversion, quantized.level + 1)
  return { ...wider, warnings: [`golden answers moved too far: weights were stored wider`, ...wider.warnings] }
}

function budgetWarnings({ excesses }: BudgetedModel): string[] {
  if (excesses.length === 0) return []
  return [`weights were stored wider, within the accuracy budget: ${excesses.join('; ')}`]
}

/** False where the unquantized tables already answer otherwise: then wider weights would not help. */
function isSourceFaithful({ source, folded, options, given }: Conversion): boolean {
  if (given.golden === undefined) return true
  const raw = given.golden.rows.map((row) => interpret(folded, row))
  const { quantize: mode, tolerance } = options
  return compareWithGolden(given.golden.answers, decodeAll(source, raw), { mode, ...(tolerance && { tolerance }) })
    .isPassed
}

function graphDiffers(conversion: Conversion, built: BuiltArtifact): Error {
  const { assembled, agreement } = built
  const { tensors, files } = assembled
  // nothing is measured on files that are wrong
  const options = { ...conversion.options, gates: {} }
  const report = makeReport({ ...conversion, ...built, options, tensors, files, evaluation: null, comparisons: [] })
  return createError(
    'PARITY_FAILED',
    `the graph of ${conversion.detected.name} must give what its tables give, got a difference of ${agreement.largestDifference} on ${conversion.ports.backend.name}. This is a fault of this library: please report it`,
    { details: { report } },
  )
}

/** Undefined where golden answers are met, or there are none. */
export function parityFailure(parity: ParityReport | null, report: ConversionReport): Error | undefined {
  if (parity === null || parity.isPassed) return undefined
  const worst = parity.worstRows[0]
  const parts = Object.entries(worst.differences)
    .filter(([, difference]) => difference > 0)
    .map(([part, difference]) => {
      const allowed = parity.tolerance[part as 'value']
      return `its ${part} by ${numberText(difference)}${allowed === undefined ? '' : ` (allowed ${numberText(allowed)})`}`
    })
  const differing = [...(worst.isFlipped ? ['its label'] : []), ...parts].join(', ')
  return createError(
    'PARITY_FAILED',
    `answers must be those of the source within the tolerance; golden row ${worst.row} differs in ${differing}. ` +
      'Check that golden rows and model belong together; where they do, give a wider tolerance or less quantization',
    { details: { report, row: worst.row } },
  )
}
