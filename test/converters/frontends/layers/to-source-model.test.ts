// What becomes of a saved layers model beyond its answers: names, standardizing, heads and the fewest layers.
import { beforeAll, describe, expect, it } from 'vitest'
import { readLayersModel } from '../../../../converters/formats/layers/read-layers-model.ts'
import { layersToSourceModel } from '../../../../converters/frontends/layers/to-source-model.ts'
import type { SourceModel } from '../../../../converters/frontends/source-model.ts'
import { interpret } from '../../../../src/regions/interpret.ts'
import { float32 } from '../../../helpers/close.ts'
import {
  answersOf,
  batchNormalization,
  dense,
  type LayersFiles,
  saveLayers,
  tf,
  tfl,
  withModelJson,
} from '../../../helpers/layers-models.ts'

const open = (files: LayersFiles): SourceModel => layersToSourceModel(readLayersModel('model.json', files))

const saved = (...layers: tfl.layers.Layer[]): Promise<LayersFiles> => saveLayers(tfl.sequential({ layers }))

const annotated = (files: LayersFiles, annotations: unknown): LayersFiles =>
  withModelJson(files, (content) => (content['userDefinedMetadata'] = { 'tfjs-serving-source': annotations }))

const chainOf = ({ graph }: SourceModel) => {
  const last = graph.regions.at(-1)
  if (last?.kind !== 'dense-chain') throw new Error('the last region is no dense chain')
  return last.layers.map(({ inputWidth, outputWidth, activation }) => `${inputWidth}-${outputWidth} ${activation}`)
}

beforeAll(() => tf.setBackend('cpu'))

it('names features x0, x1 and refuses missing ones where the model says nothing', async () => {
  const source = open(await saved(dense(1, 1, { inputShape: [2] })))
  const feature = { dtype: 'number', used: true, missing: 'error' }
  expect(source.schema.features).toEqual([
    { name: 'x0', ...feature },
    { name: 'x1', ...feature },
  ])
  expect(source).toMatchObject({
    kind: 'regressor',
    head: { kind: 'regressor', link: 'identity', targetCount: 1 },
    source: { framework: 'TensorFlow.js layers', frameworkVersion: '4.22.0', estimator: 'Sequential(Dense)' },
  })
})

it('standardizes in float64 by what the trainer wrote, and keeps its names, units and ranges', async () => {
  const files = await saved(dense(4, 2, { inputShape: [2], activation: 'relu' }), dense(1, 3))
  const features = [
    { name: 'age', units: 'years', range: [0, 120], description: 'of the lead', mean: 40, scale: 12 },
    { name: 'id', mean: 1e12, scale: 3 },
  ]
  const source = open(annotated(files, { features, framework: 'my trainer' }))
  expect(source.schema.features[0]).toMatchObject({
    name: 'age',
    units: 'years',
    range: [0, 120],
    description: 'of the lead',
  })
  expect(source.source.framework).toBe('my trainer')
  // 1e12 + 4 is no float32: only a standardizing in double sees the 4.
  const row = Float64Array.of(52, 1e12 + 4)
  const [expected] = await answersOf(files, [[1, 4 / 3]])
  expect(float32(1)(interpret(source.graph, row)[0], expected[0])).toBe(true)
})

describe('how the last layer is read', () => {
  const probability = (units: number, activation: string) => saved(dense(units, 4, { inputShape: [3], activation }))

  it.each([
    ['one sigmoid', 1, 'sigmoid', { kind: 'classifier', targets: [{ classes: [0, 1], link: 'sigmoid' }] }],
    ['softmax', 3, 'softmax', { kind: 'classifier', targets: [{ classes: [0, 1, 2], link: 'softmax' }] }],
    ['several sigmoids', 3, 'sigmoid', { kind: 'multilabel', classes: [0, 1, 2] }],
  ])('%s is a classifier of numbered classes', async (_, units, activation, head) => {
    const source = open(await probability(units, activation))
    expect(source.head).toMatchObject(head)
    expect(chainOf(source)).toEqual([`3-${units} identity`])
    expect(source.schema.outputs).toEqual(['label', 'probabilities'])
  })

  it('a sigmoid is a value where the metadata says so', async () => {
    const source = open(annotated(await probability(1, 'sigmoid'), { output: 'value' }))
    expect(source.kind).toBe('regressor')
    expect(chainOf(source)).toEqual(['3-1 logistic'])
  })

  it('classes have the labels of the metadata', async () => {
    const source = open(annotated(await probability(1, 'sigmoid'), { classes: ['cold', 'hot'] }))
    expect(source.schema.classes).toEqual(['cold', 'hot'])
  })
})

it('folds batch normalization and scalings into dense layers, and those before them into one scaling', async () => {
  const source = open(
    await saved(
      tfl.layers.rescaling({ scale: 2, offset: 1, inputShape: [3] }),
      batchNormalization(5),
      dense(4, 6, { activation: 'relu' }),
      batchNormalization(7),
      dense(2, 8),
      batchNormalization(9),
      tfl.layers.rescaling({ scale: 100 }),
    ),
  )
  expect(source.graph.regions.map(({ kind }) => kind)).toEqual(['input', 'scale', 'dense-chain'])
  expect(chainOf(source)).toEqual(['3-4 relu', '4-2 identity'])
})

it('100 times a sigmoid is a layer of one unit behind it', async () => {
  const source = open(
    await saved(dense(1, 10, { inputShape: [3], activation: 'sigmoid' }), tfl.layers.rescaling({ scale: 100 })),
  )
  expect(source.kind).toBe('regressor')
  expect(chainOf(source)).toEqual(['3-1 logistic', '1-1 identity'])
})

it('reads the form in which the converter of Keras writes a model', async () => {
  const files = await saved(dense(4, 11, { inputShape: [3], activation: 'relu' }), dense(1, 12))
  const keras = withModelJson(files, (content) => {
    content['modelTopology'] = {
      keras_version: '2.15.0',
      backend: 'tensorflow',
      model_config: content['modelTopology'],
    }
    content['generatedBy'] = 'keras v2.15.0'
    const [{ weights }] = content['weightsManifest'] as [{ weights: { name: string }[] }]
    for (const weight of weights) weight.name = `sequential/${weight.name}`
  })
  const source = open(keras)
  expect(source.graph).toEqual(open(files).graph)
  expect(source.source.frameworkVersion).toBe('2.15.0')
})

it('takes the number of features from the first kernel where the model does not state it', async () => {
  const files = await saved(dense(4, 13, { inputShape: [3] }), dense(1, 14))
  const silent = withModelJson(files, (content) => {
    const { config } = content['modelTopology'] as { config: { layers: { config: Record<string, unknown> }[] } }
    delete config.layers[0].config['batch_input_shape']
  })
  expect(open(silent).graph).toEqual(open(files).graph)
})
