// Golden, calibration and evaluation rows as a caller gives them in, canonical rows with what belongs to them out.

import { createError } from '../../src/errors.ts'
import type { Decision } from '../../src/artifact/metadata.ts'
import type { Answer } from '../../src/rows/prediction.ts'
import { shownValue } from '../../src/rows/shown-value.ts'
import { readCanonicalRows } from '../check/canonical-rows.ts'
import type { GivenSet } from '../check/compare-answers.ts'
import { readEvaluation } from '../check/evaluate.ts'
import { isRecord, readGolden, uncomparedWarnings } from '../check/golden-rows.ts'
import { truthWarnings } from '../check/truth.ts'
import type { SourceModel } from '../frontends/source-model.ts'
import type { ConvertOptions } from './convert-options.ts'

export type GivenRows = {
  readonly golden?: { readonly rows: readonly Float64Array[]; readonly answers: readonly Answer[] }
  readonly calibration: readonly Float64Array[]
  readonly evaluation?: {
    readonly rows: readonly Float64Array[]
    readonly truth: readonly unknown[]
    readonly decision?: Decision
    /** Of the source framework, where the rows bring them. */
    readonly answers?: readonly Answer[]
  }
  /** What the report should say of them. */
  readonly warnings: readonly string[]
}

/** @throws INPUT_INVALID where rows or answers do not fit the model */
export async function readGivenRows(
  { schema, head }: SourceModel,
  options: Pick<ConvertOptions, 'golden' | 'calibration' | 'evaluation'>,
  readJson: (path: string, option: string) => Promise<unknown>,
): Promise<GivenRows> {
  const contentOf = async (option: 'golden' | 'calibration' | 'evaluation'): Promise<unknown> => {
    const value = options[option]
    return typeof value === 'string' ? readJson(value, option) : value
  }
  const [golden, calibration, evaluation] = [
    await contentOf('golden'),
    await contentOf('calibration'),
    await contentOf('evaluation'),
  ]
  const expected = golden === undefined ? undefined : readGolden(golden, head)
  const evaluated = evaluation === undefined ? undefined : evaluationOf(evaluation)
  return {
    calibration: calibration === undefined ? [] : readCanonicalRows(schema, rowsOf(calibration), 'calibration'),
    ...(expected !== undefined && { golden: canonical(expected, 'golden') }),
    ...(evaluated !== undefined && { evaluation: canonical(evaluated, 'evaluation') }),
    warnings: [
      ...(expected === undefined ? [] : uncomparedWarnings(expected.answers, schema.outputs)),
      ...(evaluated === undefined ? [] : truthWarnings(evaluated.truth, head)),
    ],
  }

  function evaluationOf(content: unknown) {
    const read = readEvaluation(content, head)
    if (!isRecord(content) || content['expected'] === undefined) return read
    return { ...read, answers: readGolden(content, head, 'evaluation').answers }
  }

  function canonical<Given extends { readonly rows: readonly unknown[] }>(given: Given, set: GivenSet) {
    return { ...given, rows: readCanonicalRows(schema, given.rows, set) }
  }
}

function rowsOf(calibration: unknown): readonly unknown[] {
  if (!isRecord(calibration) || !Array.isArray(calibration['rows']))
    throw createError('INPUT_INVALID', `option calibration must be { "rows": […] }, got ${shownValue(calibration)}`)
  const rows: readonly unknown[] = calibration['rows']
  if (rows.length === 0) throw createError('INPUT_INVALID', 'option calibration must have at least one row, got none')
  return rows
}
