// A region graph and a mode in; the tables and trees whose rounding only the whole model's answers tell of, with the forms
// that each may be stored in, out.

import type { Head } from '../../src/artifact/head.ts'
import type { Region, RegionGraph } from '../../src/regions/region.ts'
import type { TreeEnsemble } from '../../src/regions/tree-ensemble.ts'
import { isValidFormula, tablesOf, withTables } from './formula-tables.ts'
import { measuredLeafForms } from './leaf-values.ts'
import type { QuantizeMode } from './quantize-mode.ts'
import { modeOf } from './steps-ahead.ts'
import { largestDifference, type StoredFloats } from './stored-floats.ts'
import { type StoredTableForm, tableForms } from './table-forms.ts'

/** A way to store a part. */
export type PartForm = {
  readonly name: string
  readonly maxError: number
  /** The part's region with this form in place of the source's. */
  readonly place: (region: Region) => Region
  readonly stored: StoredFloats | StoredTableForm
}

export type ComposedPart = {
  readonly region: number
  /** Of a formula; leaves have none. */
  readonly field?: string
  /** Smallest first; the last is as exact as the mode gets. */
  readonly forms: readonly PartForm[]
}

export function composedParts(graph: RegionGraph, mode: QuantizeMode, head: Head): ComposedPart[] {
  return graph.regions.flatMap((region, index): ComposedPart[] => {
    if (region.kind === 'tree-ensemble')
      return isBounded(graph, index, head)
        ? []
        : [
            {
              region: index,
              forms: formsOfLeaves(
                region,
                holdsPlaces(graph, index) ? 'none' : modeOf(graph, index, mode, region.leafValues.length),
              ),
            },
          ]
    return tablesOf(region).map(([field, table]) => ({
      region: index,
      field,
      forms: tableForms(table, modeOf(graph, index, mode, table.values.length))
        .map(
          (stored): PartForm => ({
            name: stored.name,
            maxError: stored.maxError,
            place: (each) => withTables(each, new Map([[field, stored.table]])),
            stored,
          }),
        )
        .filter((form, at, all) => at === all.length - 1 || isValidFormula(form.place(region))),
    }))
  })
}

/** What rounding does is bounded where an ensemble's columns are read by a head of a known slope alone. */
export function isBounded(graph: RegionGraph, index: number, head: Head): boolean {
  if (head.kind === 'labels' || graph.output.every((ref) => ref.region !== index)) return false
  return graph.regions.every((region) => region.kind === 'input' || region.inputs.every((ref) => ref.region !== index))
}

/** Leaf values that are places in a table of another region may not be rounded. */
function holdsPlaces(graph: RegionGraph, index: number): boolean {
  return graph.regions.some((region) => {
    return region.kind === 'linear-leaves' && region.inputs.some((ref) => ref.region === index)
  })
}

function formsOfLeaves(region: TreeEnsemble, mode: QuantizeMode): PartForm[] {
  return measuredLeafForms(region, mode).map(({ name, store }) => ({
    name,
    // most are never looked at, and fitting a book takes its time
    get maxError() {
      return largestDifference(store().values, region.leafValues)
    },
    get stored() {
      return store()
    },
    place: (each) => ({ ...each, leafValues: store().values }) as Region,
  }))
}
