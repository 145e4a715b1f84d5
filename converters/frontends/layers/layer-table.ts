// Every TensorFlow.js layer that can be converted: class name in, what it adds to a chain out.

import { activationNames, activationTable, cappedRelu, leakyRelu } from './activation-table.ts'
import type { ChainBuilder } from './chain-builder.ts'
import type { LayerReader } from './layer-reader.ts'

/** The chain so far, and whether a softmax ended it. */
export type Growing = { readonly chain: ChainBuilder; isSoftmax: boolean }

export type LayerSpec = {
  /** Class names that share the spec. */
  readonly names: readonly string[]
  readonly role: 'input' | 'layer' | 'activation' | 'training only'
  /** What of it is supported, in a sentence for the printed table. */
  readonly notes: string
  readonly add: (reader: LayerReader, growing: Growing) => void
}

export const layerTable: readonly LayerSpec[] = [
  { names: ['InputLayer'], role: 'input', notes: 'one input of one row of numbers', add: () => undefined },
  {
    names: ['Dense'],
    role: 'layer',
    notes: `with or without bias; ${activationNames}`,
    add(reader, growing) {
      const { chain } = growing
      const { shape, values } = reader.weight('kernel', [chain.width, -1])
      const bias = reader.flag('use_bias', true) ? reader.weight('bias', [shape[1]]).values : new Float64Array(shape[1])
      const units = reader.number('units', shape[1])
      if (units !== shape[1]) throw reader.corrupt('kernel', `a weight for ${units} units`, `one for ${shape[1]}`)
      chain.dense(values, bias)
      activate(reader, growing)
    },
  },
  {
    names: ['BatchNormalization'],
    role: 'layer',
    notes: 'folded into its neighbours in float64',
    add(reader, { chain }) {
      const { width } = chain
      const axis = reader.number('axis', -1)
      if (axis !== -1 && axis !== 1) throw reader.unsupported(`axis ${axis}`, 'Normalize the columns: axis -1.')
      const read = (part: string, is: boolean, otherwise: number): Float64Array =>
        is ? reader.weight(part, [width]).values : new Float64Array(width).fill(otherwise)
      const gamma = read('gamma', reader.flag('scale', true), 1)
      const beta = read('beta', reader.flag('center', true), 0)
      const mean = read('moving_mean', true, 0)
      const epsilon = reader.number('epsilon', 1e-3)
      const scale = read('moving_variance', true, 1).map((variance, i) => gamma[i] / Math.sqrt(variance + epsilon))
      if (!scale.every(Number.isFinite)) throw reader.corrupt('moving_variance', 'positive with epsilon', scale[0])
      chain.affine(
        scale,
        beta.map((value, i) => value - mean[i] * scale[i]),
      )
    },
  },
  {
    names: ['Rescaling'],
    role: 'layer',
    notes: 'scale and offset, in float64 before the first layer',
    add(reader, { chain }) {
      chain.affine(reader.perColumn('scale', 1, chain.width), reader.perColumn('offset', 0, chain.width))
    },
  },
  { names: ['Activation'], role: 'activation', notes: activationNames, add: activate },
  {
    names: ['ReLU'],
    role: 'activation',
    notes: 'with or without max_value',
    add(reader, { chain }) {
      refuse(reader, ['negative_slope', 'threshold'])
      const most = reader.setting('max_value')
      if (most === undefined) chain.activation('relu')
      else chain.sides(cappedRelu(reader.number('max_value', 0)), 0)
    },
  },
  {
    names: ['LeakyReLU'],
    role: 'activation',
    notes: 'as two relu units',
    add(reader, { chain }) {
      const alpha = reader.number(reader.setting('negative_slope') === undefined ? 'alpha' : 'negative_slope', 0.3)
      chain.sides(
        leakyRelu(() => alpha),
        0,
      )
    },
  },
  {
    names: ['PReLU'],
    role: 'activation',
    notes: 'as two relu units',
    add(reader, { chain }) {
      const { values } = reader.weight('alpha', [chain.width])
      chain.sides(
        leakyRelu((unit) => values[unit]),
        0,
      )
    },
  },
  {
    names: ['Softmax'],
    role: 'activation',
    notes: 'as the last layer',
    add(reader, growing) {
      const axis = reader.number('axis', -1)
      if (axis !== -1 && axis !== 1) throw reader.unsupported(`axis ${axis}`, 'Use axis -1, over the classes.')
      takeSoftmax(reader, growing)
    },
  },
  {
    names: ['Dropout', 'AlphaDropout', 'GaussianDropout', 'GaussianNoise'],
    role: 'training only',
    notes: 'gives what it gets',
    add: () => undefined,
  },
  { names: ['Flatten'], role: 'layer', notes: 'of rows, which are flat', add: () => undefined },
]

function activate(reader: LayerReader, growing: Growing): void {
  const name = reader.activationName('activation')
  if (name === 'softmax') return takeSoftmax(reader, growing)
  if (!Object.hasOwn(activationTable, name))
    throw reader.unsupported(
      `activation ${String(reader.setting('activation')).slice(0, 60)}`,
      `Supported are ${activationNames}; train it with one of them.`,
    )
  activationTable[name](growing.chain)
}

function takeSoftmax(reader: LayerReader, growing: Growing): void {
  if (growing.chain.width < 2)
    throw reader.unsupported('softmax of one unit, which is always 1,', 'Use sigmoid for two classes.')
  growing.isSoftmax = true
}

function refuse(reader: LayerReader, settings: readonly string[]): void {
  for (const setting of settings)
    if (reader.number(setting, 0) !== 0)
      throw reader.unsupported(`${setting} ${reader.number(setting, 0)}`, 'Use LeakyReLU for a slope below 0.')
}

const specByName: ReadonlyMap<string, LayerSpec> = new Map(
  layerTable.flatMap((spec) => spec.names.map((name) => [name, spec] as const)),
)

export function layerSpecOf(className: string): LayerSpec | undefined {
  return specByName.get(className)
}

export type SupportedLayer = {
  readonly name: string
  readonly role: LayerSpec['role']
  /** Versions of TensorFlow.js whose files are read. */
  readonly versions: string
  readonly notes: string
}

/** The support table, one entry a class. */
export function supportedLayers(): SupportedLayer[] {
  return layerTable.flatMap(({ names, role, notes }) =>
    names.map((name) => ({ name, role, versions: 'TensorFlow.js 1 to 4', notes })),
  )
}
