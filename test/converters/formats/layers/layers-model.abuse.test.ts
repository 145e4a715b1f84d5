// Layers models that are broken, hostile, or more than a chain: the code and the words of each refusal.
import { beforeAll, describe, expect, it } from 'vitest'
import { layersLimits } from '../../../../converters/formats/layers/layers-limits.ts'
import { convertModel, inspectModel } from '../../../../converters/index.ts'
import { dense, type LayersFiles, saveLayers, tf, tfl, withModelJson } from '../../../helpers/layers-models.ts'

type Json = { [key: string]: Json } & Json[]
type Change = (content: Json, files: LayersFiles) => void

let files: LayersFiles
let functional: LayersFiles

beforeAll(async () => {
  await tf.setBackend('cpu')
  files = await saveLayers(
    tfl.sequential({
      layers: [dense(4, 1, { inputShape: [3], activation: 'relu', name: 'hidden' }), dense(1, 2, { name: 'last' })],
    }),
  )
  const inputs = tfl.input({ shape: [3], name: 'in' })
  const outputs = dense(1, 4, { name: 'last' }).apply(dense(2, 3, { name: 'hidden' }).apply(inputs))
  functional = await saveLayers(tfl.model({ inputs, outputs: outputs as tfl.SymbolicTensor }))
})

const changed = (given: LayersFiles, change: Change): LayersFiles => {
  const copy = { ...given }
  return withModelJson(copy, (content) => change(content as unknown as Json, copy))
}
const layersOf = (content: Json): Json => content['modelTopology']['config']['layers']
const configOf = (content: Json, layer: number): Json => layersOf(content)[layer]['config']
const set = (target: Json, key: string | number, value: unknown): void => {
  ;(target as unknown as Record<string | number, unknown>)[key] = value
}

const broken: readonly (readonly [name: string, code: string, text: RegExp, change: Change])[] = [
  [
    'an unknown layer',
    'UNSUPPORTED',
    /layer "hidden" \(LSTM\).*Supported are InputLayer, Dense/,
    (c) => set(layersOf(c)[0], 'class_name', 'LSTM'),
  ],
  [
    'an unknown activation',
    'UNSUPPORTED',
    /layer "hidden".*activation selu.*relu/,
    (c) => set(configOf(c, 0), 'activation', 'selu'),
  ],
  [
    'an activation named after what every object has',
    'UNSUPPORTED',
    /activation constructor/,
    (c) => set(configOf(c, 0), 'activation', 'constructor'),
  ],
  [
    'an activation that is an object',
    'UNSUPPORTED',
    /activation that is an object/,
    (c) => set(configOf(c, 0), 'activation', {}),
  ],
  [
    'softmax before the last layer',
    'UNSUPPORTED',
    /layer "last".*after softmax/,
    (c) => set(configOf(c, 0), 'activation', 'softmax'),
  ],
  ['softmax of one unit', 'UNSUPPORTED', /always 1/, (c) => set(configOf(c, 1), 'activation', 'softmax')],
  ['images', 'UNSUPPORTED', /rows of numbers/, (c) => set(configOf(c, 0), 'batch_input_shape', [null, 28, 28, 1])],
  ['rows of any width', 'UNSUPPORTED', /fixed number/, (c) => set(configOf(c, 0), 'batch_input_shape', [null, null])],
  [
    'a width that allocates',
    'LIMIT_EXCEEDED',
    /inputWidth/,
    (c) => set(configOf(c, 0), 'batch_input_shape', [null, 2 ** 40]),
  ],
  [
    'an input that the kernel does not fit',
    'FILE_CORRUPT',
    /kernel must be a weight of shape \[7, any\]/,
    (c) => set(configOf(c, 0), 'batch_input_shape', [null, 7]),
  ],
  ['units that the kernel does not have', 'FILE_CORRUPT', /9 units/, (c) => set(configOf(c, 0), 'units', 9)],
  ['two layers of one name', 'FILE_CORRUPT', /only one of its name/, (c) => set(configOf(c, 1), 'name', 'hidden')],
  ['a layer without a name', 'FILE_CORRUPT', /name of a Dense/, (c) => set(configOf(c, 1), 'name', 7)],
  [
    'a weight that is not there',
    'FILE_CORRUPT',
    /layer "last".*kernel must be among the weights/,
    (c) => set(c['weightsManifest'][0]['weights'][2], 'name', 'x'),
  ],
  [
    'a weight file that is not there',
    'MODEL_LOAD_FAILED',
    /"other.bin".*must be beside it/,
    (c) => set(c['weightsManifest'][0], 'paths', ['other.bin']),
  ],
  [
    'a weight file elsewhere',
    'MODEL_LOAD_FAILED',
    /beside it/,
    (c) => set(c['weightsManifest'][0], 'paths', ['../weights.bin']),
  ],
  [
    'a weight file of the prototype',
    'MODEL_LOAD_FAILED',
    /beside it/,
    (c) => set(c['weightsManifest'][0], 'paths', ['__proto__']),
  ],
  [
    'one weight file twice',
    'FILE_CORRUPT',
    /listed once/,
    (c) => set(c['weightsManifest'][0], 'paths', ['weights.bin', 'weights.bin']),
  ],
  [
    'weights beyond the end',
    'FILE_CORRUPT',
    /ends at byte/,
    (c) => set(c['weightsManifest'][0]['weights'][0], 'shape', [3, 400]),
  ],
  [
    'a shape that allocates',
    'LIMIT_EXCEEDED',
    /weightByteLength/,
    (c) => set(c['weightsManifest'][0]['weights'][0], 'shape', [2 ** 20, 2 ** 20]),
  ],
  [
    'bytes that no weight has',
    'FILE_CORRUPT',
    /bytes that the manifest lists/,
    (c) => set(c['weightsManifest'][0]['weights'][0], 'shape', [3, 3]),
  ],
  [
    'weights that are text',
    'UNSUPPORTED',
    /dtype "string"/,
    (c) => set(c['weightsManifest'][0]['weights'][0], 'dtype', 'string'),
  ],
  ['a manifest of the wrong form', 'FILE_CORRUPT', /weightsManifest/, (c) => set(c, 'weightsManifest', { paths: [] })],
  [
    'a scale that is endless',
    'FILE_CORRUPT',
    /finite/,
    (c) => set(c['weightsManifest'][0]['weights'][0], 'quantization', { dtype: 'uint8', scale: '1', min: 0 }),
  ],
  ['no layers', 'UNSUPPORTED', /without layers/, (c) => set(c['modelTopology']['config'], 'layers', [])],
  [
    'layers without end',
    'LIMIT_EXCEEDED',
    /layerCount/,
    (c) => set(c['modelTopology']['config'], 'layers', Array(2000).fill(layersOf(c)[0])),
  ],
  [
    'a model of an unknown class',
    'UNSUPPORTED',
    /Sequential and Functional/,
    (c) => set(c['modelTopology'], 'class_name', 'Bidirectional'),
  ],
  [
    'metadata with an unknown key',
    'FILE_CORRUPT',
    /no key "mean"/,
    (c) => set(c, 'userDefinedMetadata', { 'tfjs-serving-source': { mean: 1 } }),
  ],
  [
    'metadata for another width',
    'FILE_CORRUPT',
    /3 inputs, got 1/,
    (c) => set(c, 'userDefinedMetadata', { 'tfjs-serving-source': { features: [{ name: 'a' }] } }),
  ],
  [
    'a scale of 0',
    'FILE_CORRUPT',
    /must not be 0/,
    (c) =>
      set(c, 'userDefinedMetadata', {
        'tfjs-serving-source': { features: [1, 2, 3].map((n) => ({ name: `${n}`, scale: 0 })) },
      }),
  ],
  [
    'a probability without sigmoid',
    'UNSUPPORTED',
    /without sigmoid/,
    (c) => set(c, 'userDefinedMetadata', { 'tfjs-serving-source': { output: 'probability' } }),
  ],
  [
    'classes of a value',
    'FILE_CORRUPT',
    /output is a value/,
    (c) => set(c, 'userDefinedMetadata', { 'tfjs-serving-source': { classes: ['a', 'b'] } }),
  ],
  [
    'one of our own artifacts',
    'UNSUPPORTED',
    /artifact of this library already.*loadModel/,
    (c) => set(c, 'userDefinedMetadata', { 'tfjs-serving': {} }),
  ],
  ['a graph model', 'UNSUPPORTED', /graph model.*Save the tf.LayersModel/, (c) => set(c, 'format', 'graph-model')],
]

describe('a saved model with', () => {
  it.each(broken)('%s gives %s', async (_, code, text, change) => {
    const source = changed(files, change)
    await expect(convertModel(source)).rejects.toMatchObject({ code, message: expect.stringMatching(text) })
  })
})

const branches: readonly (readonly [name: string, code: string, text: RegExp, change: Change])[] = [
  [
    'two inputs',
    'UNSUPPORTED',
    /2 input_layers/,
    (c) =>
      set(c['modelTopology']['config'], 'input_layers', [
        ['in', 0, 0],
        ['b', 0, 0],
      ]),
  ],
  [
    'a layer of two tensors',
    'UNSUPPORTED',
    /several tensors/,
    (c) =>
      set(layersOf(c)[2], 'inbound_nodes', [
        [
          ['hidden', 0, 0, {}],
          ['in', 0, 0, {}],
        ],
      ]),
  ],
  [
    'a layer that is called twice',
    'UNSUPPORTED',
    /called 2 times/,
    (c) => set(layersOf(c)[2], 'inbound_nodes', [[['hidden', 0, 0, {}]], [['in', 0, 0, {}]]]),
  ],
  [
    'a layer beside the chain',
    'UNSUPPORTED',
    /"hidden" beside the chain/,
    (c) => set(layersOf(c)[2], 'inbound_nodes', [[['in', 0, 0, {}]]]),
  ],
  ['a cycle', 'FILE_CORRUPT', /inbound_nodes/, (c) => set(layersOf(c)[1], 'inbound_nodes', [[['last', 0, 0, {}]]])],
]

describe('a functional model with', () => {
  it.each(branches)('%s gives %s', async (_, code, text, change) => {
    await expect(convertModel(changed(functional, change))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(text),
    })
  })
})

it('refuses sequential models inside each other without end', async () => {
  let config: unknown = { name: 'deepest', layers: [] }
  for (let level = 0; level <= layersLimits.nestingDepth; level++)
    config = { name: `at ${level}`, layers: [{ class_name: 'Sequential', config }] }
  const deep = changed(files, (content) => set(content['modelTopology'], 'config', config))
  await expect(convertModel(deep)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
})

it('refuses an activation that would make a matrix that no file has', async () => {
  const wide = tfl.sequential({ layers: [tfl.layers.reLU({ batchInputShape: [null, 5000] })] })
  await expect(convertModel(await saveLayers(wide))).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
    message: expect.stringContaining('madeElementCount'),
  })
})

it('refuses JSON that holds no model, and JSON that is none', async () => {
  const bytes = (text: string) => ({ 'model.json': new TextEncoder().encode(text) })
  await expect(convertModel(bytes('{"a": 1}'))).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' })
  await expect(convertModel(bytes('{"a": '))).rejects.toMatchObject({ code: 'FILE_CORRUPT' })
  await expect(convertModel(bytes('[1]'), { format: 'layers-model' })).rejects.toMatchObject({ code: 'FILE_CORRUPT' })
})

it('is inspected without being converted, with what stands in the way', async () => {
  const found = await inspectModel(files)
  expect(found).toMatchObject({
    kind: 'source',
    format: 'layers-model',
    problems: [],
    estimator: {
      className: 'Sequential',
      children: [{ className: 'Dense', name: 'hidden', parameters: { units: '4' } }, {}],
    },
  })
  const refused = await inspectModel(changed(files, (c) => set(configOf(c, 0), 'activation', 'selu')))
  expect(refused).toMatchObject({ model: null, problems: [{ code: 'UNSUPPORTED' }] })
})
