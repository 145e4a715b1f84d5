// Saved models with bytes changed and JSON values exchanged in; a model or an MLError out, soon. FUZZ_RUNS raises the number.
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { readLayersModel } from '../../../../converters/formats/layers/read-layers-model.ts'
import { layersToSourceModel } from '../../../../converters/frontends/layers/to-source-model.ts'
import { isMLError } from '../../../../src/errors.ts'
import { interpret } from '../../../../src/regions/interpret.ts'
import { batchNormalization, dense, type LayersFiles, saveLayers, tf, tfl } from '../../../helpers/layers-models.ts'

const runCount = Number(process.env.FUZZ_RUNS ?? 600)

const saved: LayersFiles[] = []

beforeAll(async () => {
  await tf.setBackend('cpu')
  const sequential = tfl.sequential({
    layers: [
      tfl.layers.rescaling({ scale: 2, inputShape: [3] }),
      dense(4, 1, { activation: 'relu6' }),
      batchNormalization(2),
      tfl.layers.prelu(),
      dense(2, 3, { activation: 'softmax' }),
    ],
  })
  sequential.setUserDefinedMetadata({
    'tfjs-serving-source': {
      features: ['a', 'b', 'c'].map((name) => ({ name, mean: 1, scale: 2 })),
      classes: ['x', 'y'],
    },
  })
  const inputs = tfl.input({ shape: [3] })
  const outputs = dense(1, 4).apply(dense(2, 5, { activation: 'tanh' }).apply(inputs)) as tfl.SymbolicTensor
  saved.push(await saveLayers(sequential, 'uint8'), await saveLayers(tfl.model({ inputs, outputs })))
})

const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    '__proto__',
    'constructor',
    [],
    {},
    -1,
    0,
    0.5,
    3,
    1e9,
    2 ** 53,
    1e308,
    [null, 1e6],
    [[[['a', 0, 0]]]],
  ),
  fc.jsonValue({ maxDepth: 2 }),
)
const exchange = fc.record({ place: fc.nat(), value: hostile, isRemoved: fc.boolean() })
const byteChange = fc.record({ place: fc.nat(), byte: fc.nat(255) })

/** Puts `value` in the place of one of the values of a JSON tree, or takes that away. */
function exchangeIn(
  root: unknown,
  { place, value, isRemoved }: { place: number; value: unknown; isRemoved: boolean },
): void {
  const slots: [Record<string, unknown>, string][] = []
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    for (const key of Object.keys(node)) {
      slots.push([node as Record<string, unknown>, key])
      visit((node as Record<string, unknown>)[key])
    }
  }
  visit(root)
  const [holder, key] = slots[place % slots.length]
  if (isRemoved && !Array.isArray(holder)) Reflect.deleteProperty(holder, key)
  else holder[key] = structuredClone(value)
}

function survives(files: LayersFiles): void {
  const startedAt = performance.now()
  try {
    const { graph, schema } = layersToSourceModel(readLayersModel('model.json', files))
    interpret(graph, new Float64Array(schema.features.length).fill(1))
  } catch (error) {
    if (!isMLError(error)) throw error
  }
  expect(performance.now() - startedAt).toBeLessThan(10_000)
}

it('ends in a model or an MLError where values of model.json are exchanged', { timeout: 600_000 }, () => {
  fc.assert(
    fc.property(fc.nat(1), fc.array(exchange, { minLength: 1, maxLength: 3 }), (index, changes) => {
      const content = JSON.parse(new TextDecoder().decode(saved[index]['model.json'])) as unknown
      for (const change of changes) exchangeIn(content, change)
      survives({ ...saved[index], 'model.json': new TextEncoder().encode(JSON.stringify(content)) })
    }),
    { numRuns: runCount },
  )
})

it('ends in a model or an MLError where bytes are changed or cut off', { timeout: 600_000 }, () => {
  fc.assert(
    fc.property(
      fc.nat(1),
      fc.constantFrom('model.json', 'weights.bin'),
      fc.array(byteChange, { maxLength: 4 }),
      fc.nat(),
      (index, name, changes, cut) => {
        const bytes = saved[index][name as keyof LayersFiles].slice()
        for (const { place, byte } of changes) bytes[place % bytes.length] = byte
        const kept = cut % 3 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes
        survives({ ...saved[index], [name]: kept })
      },
    ),
    { numRuns: runCount },
  )
})
