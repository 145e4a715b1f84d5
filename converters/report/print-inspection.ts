// What inspectModel found in, aligned text for people out.

import type { FeatureSchema } from '../../src/artifact/schema.ts'
import type { ArtifactInspection, Inspection, SourceInspection } from '../convert/inspect-model.ts'
import { alignColumns } from './align-columns.ts'
import { drawTree } from './draw-tree.ts'
import { drawGraph } from './graph/draw-graph.ts'
import { bytesText, numberText, storedAsText } from './report-text.ts'
import { visibleText } from './visible-text.ts'

export function printInspection(inspection: Inspection): string {
  return inspection.kind === 'source' ? printSource(inspection) : printArtifact(inspection)
}

function printSource({ file, format, byteLength, sha256, estimator, model, problems }: SourceInspection): string {
  const facts = [
    ['file', `${file} (${format}, ${bytesText(byteLength)} bytes)`],
    ['sha256', sha256],
    ...(model ? [['model', `${model.estimator}, ${model.framework} ${model.frameworkVersion}`]] : []),
    ...(model ? [['outputs', model.outputs.join(', ')]] : []),
    ...(model?.classes ? [['classes', clipped(JSON.stringify(model.classes))]] : []),
  ]
  return [
    alignColumns(facts),
    ...(estimator ? [drawTree(estimator)] : []),
    ...(model ? [featureTable(model.features)] : []),
    ...(model ? [drawGraph(model.graph)] : []),
    ...problems.map(({ code, message }) => visibleText(`${code}: ${message}`)),
  ].join('\n\n')
}

function printArtifact({ metadata, byteLength, sha256, checkRowCount, operations, graph }: ArtifactInspection): string {
  const { name, version, kind, source, schema, evaluation, tensors, writtenBy } = metadata
  const facts = [
    ['model', `${name} ${version} (${kind}), written by ${writtenBy}`],
    ['artifact', `${bytesText(byteLength)} bytes, sha256 ${sha256}`],
    ['source', `${source.file}: ${source.estimator}, ${source.framework} ${source.frameworkVersion}`],
    ['outputs', schema.outputs.join(', ')],
    ...(schema.classes ? [['classes', clipped(JSON.stringify(schema.classes))]] : []),
    ...(evaluation ? [['evaluation', JSON.stringify(evaluation)]] : []),
    ['check rows', `${checkRowCount}`],
    [
      'operations',
      Object.entries(operations)
        .map(([op, count]) => `${count} ${op}`)
        .join(', '),
    ],
  ]
  const table = tensors.map(({ name: tensor, role, shape, encoding, byteLength: bytes, maxError, escalated }) => [
    tensor,
    role,
    `[${shape.join(', ')}]`,
    storedAsText({ name: tensor, role, encoding }),
    bytesText(bytes),
    maxError === 0 ? 'exact' : `±${numberText(maxError)}`,
    escalated ?? '',
  ])
  return [
    alignColumns(facts),
    featureTable(schema.features),
    alignColumns([['tensor', 'role', 'shape', 'stored as', 'bytes', 'error', ''], ...table]),
    drawGraph(graph),
  ].join('\n\n')
}

/** Letters of the classes; clusters and names may be thousands. */
const mostClassLetters = 2000

function clipped(text: string): string {
  return text.length <= mostClassLetters ? text : `${text.slice(0, mostClassLetters)} …`
}

/** Categories past the first few are only counted. */
const shownCategories = 5
/** As on a page: a list of thousands hides what stands above it. */
const shownFeatures = 200

function featureTable(features: readonly FeatureSchema[]): string {
  const rows = features
    .slice(0, shownFeatures)
    .map(({ name, dtype, used, missing, categories }) => [
      name,
      dtype,
      used ? '' : 'unused',
      missing === 'handled' ? 'may be missing' : '',
      categories === undefined ? '' : categoryText(categories),
    ])
  const rest = features.length - rows.length
  return alignColumns([
    ['feature', 'dtype', '', '', ''],
    ...rows,
    ...(rest > 0 ? [[`… ${bytesText(rest)} more: --json has them all`]] : []),
  ])
}

function categoryText(categories: NonNullable<FeatureSchema['categories']>): string {
  const shown = categories.slice(0, shownCategories).map((category) => JSON.stringify(category))
  const more = categories.length - shown.length
  return shown.join(', ') + (more > 0 ? `, and ${more} more` : '')
}
