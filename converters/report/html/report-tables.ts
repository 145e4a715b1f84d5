// Parts of a conversion report in, tables of an HTML page out.

import { type Cell, htmlTable, paragraph } from '../../../src/page/html-page.ts'
import type { FeatureSchema } from '../../../src/artifact/schema.ts'
import { amountText } from '../../gates/gates.ts'
import type { ConversionReport, EvaluationReport } from '../report.ts'
import { bytesText, numberText, storedAsText } from '../report-text.ts'

/** Of a table of a large model; past it a line says how many more there are. */
export const mostRows = 200
const mostCategories = 8

export function gatesTable(gates: ConversionReport['gates']): string {
  const rows = gates.map(({ gate, bound, measured, unit, isPassed }): Cell[] => [
    gate,
    { number: amountText(bound, unit) },
    { number: amountText(measured, unit) },
    { verdict: isPassed },
  ])
  return htmlTable(['gate', 'bound', 'measured', ''], rows)
}

export function accuracyTable({ source, against, float32, artifact, flips }: EvaluationReport): string {
  const measures = (['accuracy', 'rmse', 'r2'] as const).filter((measure) => artifact[measure] !== undefined)
  const name = against === 'source' ? "source, its framework's own answers" : 'source, its tables in float64'
  const lines = [
    [name, source, undefined],
    ['graph with float32 weights', float32, flips?.float32],
    ['artifact', artifact, flips?.artifact],
  ] as const
  const rows = lines.map(([title, measured, count]): Cell[] => [
    title,
    ...measures.map((measure) => ({ number: numberText(measured[measure] ?? NaN) })),
    ...(flips === null
      ? []
      : [{ number: count === undefined ? '' : `${count.labelFlips}` }, { number: `${count?.tieFlips ?? ''}` }]),
  ])
  const header = ['', ...measures, ...(flips === null ? [] : ['labels flipped', 'ties'])]
  return paragraph(`On ${artifact.rowCount} rows with known truth.`) + htmlTable(header, rows)
}

export function comparisonsTable(comparisons: ConversionReport['comparisons']): string {
  const rows = comparisons.map(({ set, against, rowCount, labelFlips, tieFlips, largest }): Cell[] => [
    set,
    against === 'source' ? "the framework's own answers" : "the source's tables in float64",
    { number: `${rowCount}` },
    { number: labelFlips === null ? '' : `${labelFlips}` },
    { number: labelFlips === null ? '' : `${tieFlips}` },
    Object.entries(largest)
      .map(([part, moved]) => `${part} ±${numberText(moved)}`)
      .join(', '),
  ])
  return htmlTable(['rows', 'against', 'count', 'labels flipped', 'ties', 'largest differences'], rows)
}

export function worstRowsTable({ worstRows, tolerance }: NonNullable<ConversionReport['parity']>): string {
  const parts = Object.keys(worstRows[0]?.differences ?? {}) as (keyof typeof tolerance)[]
  const rows = worstRows.map(({ row, use, isFlipped, differences }): Cell[] => [
    { number: `${row}` },
    { number: use === Infinity ? 'more than any' : `${(100 * use).toFixed(1)} %` },
    ...parts.map((part) => ({ number: numberText(differences[part] ?? 0) })),
    isFlipped ? 'flipped' : '',
  ])
  const bound = (part: (typeof parts)[number]): string =>
    tolerance[part] === undefined ? `${part}, only reported` : `${part}, allowed ${numberText(tolerance[part])}`
  return htmlTable(['golden row', 'share of the tolerance', ...parts.map(bound), 'label'], rows)
}

export function tensorsTable(tensors: ConversionReport['tensors']): string {
  const rows = tensors
    .slice(0, mostRows)
    .map(({ name, role, shape, encoding, byteLength, maxError, escalated }): Cell[] => [
      name,
      role,
      `[${shape.join(', ')}]`,
      storedAsText({ name, role, encoding }),
      { number: bytesText(byteLength) },
      { number: maxError === 0 ? 'exact' : `±${numberText(maxError)}` },
      escalated ?? '',
    ])
  const header = ['tensor', 'role', 'shape', 'stored as', 'bytes', 'largest error', 'why larger than asked for']
  return htmlTable(header, rows) + more(tensors.length)
}

export function featuresTable(features: readonly FeatureSchema[]): string {
  const rows = features.slice(0, mostRows).map((feature): Cell[] => {
    const { name, dtype, used, missing, categories, unknown, units, range, description } = feature
    return [
      name,
      `${dtype}${used ? '' : ', never read'}`,
      missing === 'handled' ? 'may be missing' : 'is refused where missing',
      categories === undefined ? '' : categoriesText(categories),
      unknown === undefined ? '' : unknown === 'error' ? 'refused' : 'counts as none of them',
      [units, range && `${range[0]} to ${range[1]}`, description].filter((text) => text !== undefined).join('; '),
    ]
  })
  return htmlTable(['feature', 'type', 'missing', 'categories', 'others', 'of it'], rows) + more(features.length)
}

function categoriesText(categories: NonNullable<FeatureSchema['categories']>): string {
  const shown = categories.slice(0, mostCategories).map((category) => JSON.stringify(category))
  const rest = categories.length - shown.length
  return `${shown.join(', ')}${rest > 0 ? `, … ${rest} more` : ''}`
}

function more(count: number): string {
  return count > mostRows ? paragraph(`… ${count - mostRows} more`) : ''
}
