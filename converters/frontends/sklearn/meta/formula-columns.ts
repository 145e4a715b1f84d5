// Columns and what to compute of them in; columns that formulas give out.

import { exactTable } from '../../../../src/regions/formula/table.ts'
import type { ColumnFunctionName } from '../../../../src/regions/formula/column-functions.ts'
import type { ColumnRef, Region } from '../../../../src/regions/region.ts'
import type { Column } from '../columns.ts'
import type { GraphBuilder } from '../graph-builder.ts'

type Grouping = Extract<Region, { kind: 'groups' }>['operation']

/** Computes on what children answer. A child has said already what it does with missing values, so nothing is passed on. */
export class FormulaColumns {
  readonly #builder: GraphBuilder

  constructor(builder: GraphBuilder) {
    this.#builder = builder
  }

  /** One function of each column. */
  map(inputs: readonly ColumnRef[], name: ColumnFunctionName, ...settings: readonly number[]): ColumnRef[] {
    return this.#add({ kind: 'map', inputs, functions: inputs.map(() => ({ name, settings })) })
  }

  /** A function of its own for each column. */
  mapEach(
    inputs: readonly ColumnRef[],
    functions: readonly { readonly name: ColumnFunctionName; readonly settings: readonly number[] }[],
  ): ColumnRef[] {
    return this.#add({ kind: 'map', inputs, functions })
  }

  /** `size` neighbours at a time. */
  groups(inputs: readonly ColumnRef[], operation: Grouping, size: number): ColumnRef[] {
    return this.#add({ kind: 'groups', inputs, operation, size })
  }

  /** x · weights + bias, `weights` row-major [inputs, outputs]; terms are added in the order of the inputs. */
  linear(inputs: readonly ColumnRef[], weights: ArrayLike<number>, bias: ArrayLike<number>): ColumnRef[] {
    const width = bias.length
    return this.#add({
      kind: 'linear',
      inputs,
      weights: exactTable(Float64Array.from(weights), width),
      bias: exactTable(Float64Array.from(bias), width),
    })
  }

  /** Column k of the result is Σ weight · column k of the parts, added in their order. */
  weightedSum(parts: readonly (readonly ColumnRef[])[], weights: readonly number[]): ColumnRef[] {
    const width = parts[0].length
    const table = new Float64Array(parts.length * width * width)
    parts.forEach((_, part) => {
      for (let k = 0; k < width; k++) table[(part * width + k) * width + k] = weights[part]
    })
    return this.linear(parts.flat(), table, new Float64Array(width))
  }

  weightedMedian(inputs: readonly ColumnRef[], weights: Float64Array): ColumnRef[] {
    return this.#add({ kind: 'weighted-median', inputs, weights: exactTable(weights, weights.length) })
  }

  /** The same numbers for every row. */
  constants(values: ArrayLike<number>): ColumnRef[] {
    return this.linear([], [], values)
  }

  /** [1 − p, p] of each p. */
  withComplement([p]: readonly ColumnRef[]): ColumnRef[] {
    return this.linear([p], [-1, 1], [1, 0])
  }

  /** For steps that read columns: numbers that are never missing. */
  columns(refs: readonly ColumnRef[]): Column[] {
    return refs.map((ref) => ({ ref, feature: undefined, from: [], domain: 'number', missing: 0 }))
  }

  #add(region: Exclude<Region, { kind: 'input' }>): ColumnRef[] {
    return this.#builder.compute(region, [], 0).map(({ ref }) => ref)
  }
}
