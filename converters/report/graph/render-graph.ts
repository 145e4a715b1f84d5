// What inspectModel found in, an SVG of its graph out.

import type { Inspection } from '../../convert/inspect-model.ts'
import { stepNodes } from './graph-nodes.ts'
import { graphSvg } from './graph-svg.ts'

/**
 * Of an artifact its TensorFlow.js graph; of a source the regions that it becomes, or its steps where it cannot be converted.
 * @example
 * await writeFile('graph.svg', renderGraph(await inspectModel('model.joblib')))
 */
export function renderGraph(inspection: Inspection): string {
  if (inspection.kind === 'artifact') {
    const { name, version } = inspection.metadata
    return graphSvg(`${name} ${version}`, inspection.graph)
  }
  const { file, model, estimator } = inspection
  if (model !== null) return graphSvg(`${file}: ${model.estimator}`, model.graph)
  return graphSvg(`${file}: cannot be converted`, estimator === null ? [] : stepNodes(estimator))
}
