// A plan's groups of steps in, the functions that run them out, in the same order.

import type { ElementType, KernelBuild } from '../kernel-stage.ts'
import type { EncodePlan, KeyResults, Operation, Step, StepGroup } from './encode-plan.ts'
import { addIndicatorGroup } from './indicator-group.ts'
import { addKeyGroups } from './key-group.ts'
import { addRankGroups } from './rank-group.ts'
import type { GroupFunction } from './step-loop.ts'
import { addValueGroup } from './value-group.ts'
import { formulaOf, parametersOf } from './value-formula.ts'

/** Where values lie, in bytes from the bases that the functions get. */
export type GroupPlace = {
  readonly order: 'rows' | 'columns'
  readonly element: ElementType
  sourceByte(group: StepGroup, source: number): number
  targetByte(group: StepGroup, target: number): number
  /** Between neighbouring columns of the block. */
  readonly columnByte: number
}

export type EmittedGroup = Pick<StepGroup, 'source' | 'target'> & { readonly run: GroupFunction }

export function emitGroups(build: KernelBuild, plan: EncodePlan, place: GroupPlace): readonly EmittedGroup[] {
  return plan.groups.flatMap((group) =>
    emitGroup(build, group, place).map((run) => ({ source: group.source, target: group.target, run })),
  )
}

function emitGroup(build: KernelBuild, group: StepGroup, place: GroupPlace): readonly GroupFunction[] {
  const { order } = place
  const element = group.target === 'scratch' ? 'f64' : place.element
  const bytesOf = ({ source, target }: Step) => ({
    source: place.sourceByte(group, source),
    target: place.targetByte(group, target),
  })
  const stepsOf = <Kind extends Operation['kind']>(kind: Kind) =>
    group.steps.flatMap((step) => {
      const { operation } = step
      // The check narrows the union; the compiler does not see that for a type parameter.
      return operation.kind === kind
        ? [{ ...bytesOf(step), operation: operation as Extract<Operation, { kind: Kind }> }]
        : []
    })
  switch (group.kind) {
    case 'rank': {
      const steps = stepsOf('rank').map(({ operation, ...bytes }) => ({ ...bytes, column: operation.column }))
      return addRankGroups(build, { order, element, steps })
    }
    case 'table': {
      const steps = stepsOf('table').map(({ operation, ...bytes }) => ({ ...bytes, table: operation }))
      return addKeyGroups(build, { order, element, use: 'store', steps })
    }
    case 'set-one': {
      const steps = stepsOf('set-one').map(({ operation, ...bytes }) => ({
        ...bytes,
        table: inBytes(operation, place.columnByte),
      }))
      return addKeyGroups(build, { order, element, use: 'set one', steps })
    }
    case 'indicator': {
      const records = stepsOf('indicator').map(({ operation, ...bytes }) => ({
        ...bytes,
        ints: [],
        floats: [operation.missing],
      }))
      return [addIndicatorGroup(build, { order, element, records })]
    }
    case 'copy':
    case 'impute':
    case 'subtract-divide':
    case 'multiply-add':
      return addValueGroups(group.kind)
  }

  function addValueGroups(kind: 'copy' | 'impute' | 'subtract-divide' | 'multiply-add'): readonly GroupFunction[] {
    const steps = stepsOf(kind).map(({ operation, ...bytes }) => ({
      operation,
      record: { ...bytes, ints: [], floats: parametersOf(operation) },
    }))
    const counts = [...new Set(steps.map(({ record }) => record.floats.length))]
    // As many parameters mean the same formula: only clipping adds some.
    return counts.map((count) => {
      const alike = steps.filter(({ record }) => record.floats.length === count)
      const formula = formulaOf(alike[0].operation)
      return addValueGroup(build, { order, element, formula, records: alike.map(({ record }) => record) })
    })
  }
}

/** Columns from the target become bytes; −1 stays. */
function inBytes({ keys, results, otherwise }: KeyResults, columnByte: number): KeyResults {
  const toBytes = (column: number): number => (column < 0 ? -1 : column * columnByte)
  return { keys, results: results.map(toBytes), otherwise: toBytes(otherwise) }
}
