// What a booster answers by itself, and the mark of the wrapper that saved it, in; the answers of the wrapper out.

import type { Region } from '../../../src/regions/region.ts'
import { appendRegions, type RegionSink } from '../boosters/append-regions.ts'
import { withMissing } from '../sklearn/boosters-missing.ts'
import type { SourceModel } from '../source-model.ts'
import type { WrapperMark } from './wrapper-mark.ts'

export function wrappedAnswers(model: SourceModel, { missing, labels }: WrapperMark): SourceModel {
  const labelled = labels === undefined ? model : withLabels(model, labels)
  return missing === undefined ? labelled : { ...labelled, graph: graphWithMissing(model, missing) }
}

function graphWithMissing(model: SourceModel, missing: number): SourceModel['graph'] {
  const width = model.schema.features.length
  const regions: Region[] = [{ kind: 'input', width }]
  const builder: RegionSink = {
    add: (region) => regions.push(region) - 1,
    kindOf: ({ region }) => regions[region].kind,
  }
  const refs = Array.from({ length: width }, (_, column) => ({ region: 0, column }))
  const { graph, inputs } = withMissing(model, refs, { builder, missing: [missing] })
  return { output: appendRegions(graph, inputs, builder), regions }
}

function withLabels(model: SourceModel, labels: readonly (string | number | boolean)[]): SourceModel {
  const { head, schema } = model
  const target = head.kind === 'classifier' ? head.targets[0] : undefined
  if (head.kind !== 'classifier' || target?.classes.length !== labels.length) return model
  return {
    ...model,
    head: { ...head, targets: [{ ...target, classes: labels }] },
    schema: { ...schema, classes: labels },
  }
}
