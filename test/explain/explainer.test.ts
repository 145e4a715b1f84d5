// Which method explains which model, against what, and what an explanation adds up to.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Head } from '../../src/artifact/head.ts'
import type { FeatureSchema } from '../../src/artifact/schema.ts'
import { createExplainer } from '../../src/explain/explainer.ts'
import type { Explanation } from '../../src/explain/explanation.ts'
import { interpret } from '../../src/regions/interpret.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import { createRandom, randomChain, randomEnsemble, randomRows } from '../helpers/random-regions.ts'
import { shapleyByDefinition } from './brute-force-shapley.ts'

type SubjectOptions = {
  readonly head?: Head
  readonly features?: readonly Partial<FeatureSchema>[]
  readonly checkRows?: readonly (readonly (number | null)[])[]
}

const regressor: Head = { kind: 'regressor', link: 'identity', targetCount: 1 }

function explainerOf(graph: RegionGraph, { head = regressor, features = [], checkRows = [] }: SubjectOptions = {}) {
  const [input] = graph.regions
  const width = input.kind === 'input' ? input.width : 0
  const schema = {
    outputs: ['value'] as const,
    features: Array.from({ length: width }, (_, i): FeatureSchema => {
      return { name: `f${i}`, dtype: 'number', used: true, missing: 'handled', ...features[i] }
    }),
  }
  const check = { rows: checkRows, exact: [], quantized: [] }
  const explain = createExplainer({ name: 'made', version: '1.0.0', schema, head, check }, graph)
  return (row: Float64Array, given: { output?: number; reference?: Float64Array; pause?: () => Promise<void> } = {}) =>
    explain(row, { output: given.output, reference: given.reference, pause: given.pause ?? (() => undefined) })
}

function valuesOf({ contributions }: Explanation): number[] {
  return contributions.map(({ contribution }) => contribution)
}

describe('models that are linear', () => {
  it('are explained by coefficient times distance from the reference', async () => {
    const graph = randomChain(createRandom(1), [3, 2], 'relu')
    const scale = graph.regions[2]
    const chain = graph.regions[3]
    if (scale.kind !== 'scale' || chain.kind !== 'dense-chain') throw new TypeError('no linear model')
    const [row, reference] = [Float64Array.of(3, -4, 9), Float64Array.of(0.5, 0.5, 0.5)]
    const found = await explainerOf(graph)(row, { reference, output: 1 })
    expect(found).toMatchObject({ model: 'made', version: '1.0.0', method: 'linear', output: 1 })
    const { weights } = chain.layers[0]
    const expected = [0, 1, 2].map((i) => (weights[i * 2 + 1] * (row[i] - reference[i])) / scale.second[i])
    valuesOf(found).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 12))
    expect(found.base).toBeCloseTo(interpret(graph, reference)[1], 12)
    expect(found.margin).toBeCloseTo(interpret(graph, row)[1], 12)
  })

  it('are compared with the row that their scaler centres on, which adds up to nothing', async () => {
    const graph = randomChain(createRandom(2), [4, 1], 'relu')
    const scale = graph.regions[2]
    if (scale.kind !== 'scale') throw new TypeError('no scaler')
    const found = await explainerOf(graph)(Float64Array.from(scale.first))
    expect(valuesOf(found)).toEqual([0, 0, 0, 0])
    expect(found.base).toBe(found.margin)
  })
})

describe('models that are neither linear nor trees', () => {
  it('get the Shapley values of the definition, against any reference', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom('relu' as const, 'tanh' as const, 'logistic' as const),
        async (seed, width, activation) => {
          const random = createRandom(seed)
          const graph = randomChain(random, [width, 5, 2], activation)
          const [row, reference] = randomRows(random, graph, 2)
          const expected = shapleyByDefinition(width, (coalition) => {
            const mixed = row.map((value, i) => ((coalition >> i) & 1 ? value : reference[i]))
            return interpret(graph, mixed)[1]
          })
          const found = await explainerOf(graph)(row, { reference, output: 1 })
          expect(found.method).toBe('shapley')
          valuesOf(found).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 11))
          expect(found.base).toBeCloseTo(interpret(graph, reference)[1], 12)
          expect(found.margin).toBeCloseTo(interpret(graph, row)[1], 11)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('are trees too where nobody knows how many training rows a leaf had', async () => {
    const random = createRandom(4)
    const graph = randomEnsemble(random, { trees: 5, depth: 4, features: 4, hasCover: false })
    const [row, reference] = randomRows(random, graph, 2)
    const found = await explainerOf(graph)(row, { reference })
    expect(found.method).toBe('shapley')
    expect(found.base).toBeCloseTo(interpret(graph, reference)[0], 12)
    expect(found.margin).toBeCloseTo(interpret(graph, row)[0], 12)
  })

  it('are estimated where more than 12 features differ from the reference, and say how well', async () => {
    const graph = randomChain(createRandom(5), [16, 3, 1], 'tanh')
    const explain = explainerOf(graph)
    const reference = new Float64Array(16)
    const row = Float64Array.from({ length: 16 }, (_, i) => (i < 12 ? i + 1 : 0))
    const found = await explain(row, { reference })
    expect(found.method).toBe('shapley')
    expect(valuesOf(found).slice(12)).toEqual([0, 0, 0, 0])
    expect(found.margin).toBeCloseTo(interpret(graph, row)[0], 11)
    row[12] = 1
    const estimated = await explain(row, { reference })
    expect(estimated.method).toBe('sampled-shapley')
    expect(estimated.margin).toBeCloseTo(interpret(graph, row)[0], 11)
    expect(estimated.contributions.map(({ standardError = NaN }) => standardError > 0)).toEqual(
      Array.from(row, (value) => value !== 0),
    )
    expect(await explain(row, { reference })).toEqual(estimated)
  })

  it('let others have their turn while they are worked on', async () => {
    const graph = randomChain(createRandom(6), [10, 4, 1], 'relu')
    let pauses = 0
    const pause = () => Promise.resolve(void pauses++)
    await explainerOf(graph)(new Float64Array(10).fill(3), { pause })
    expect(pauses).toBe(2 ** 10 / 32)
  })

  it('end where their caller has left', async () => {
    const graph = randomChain(createRandom(6), [10, 4, 1], 'relu')
    const gone = new Error('gone')
    const pause = () => Promise.reject(gone)
    await expect(explainerOf(graph)(new Float64Array(10).fill(3), { pause })).rejects.toBe(gone)
  })
})

describe('models of trees', () => {
  it('are explained without a reference', async () => {
    const random = createRandom(8)
    const graph = randomEnsemble(random, { trees: 6, depth: 4, features: 5 })
    const [row, reference] = randomRows(random, graph, 2)
    const explain = explainerOf(graph)
    const found = await explain(row)
    expect(found).toMatchObject({ method: 'tree-shap', output: 0 })
    expect(found.margin).toBeCloseTo(interpret(graph, row)[0], 12)
    expect(await explain(row, { reference })).toEqual(found)
  })

  it('take a feature for a player where an artifact does not name its players', async () => {
    const random = createRandom(9)
    const graph = randomEnsemble(random, { trees: 6, depth: 4, features: 4 })
    const ranks = graph.regions[1]
    if (ranks.kind !== 'ranks') throw new TypeError('no ranks')
    // columns 0 and 1 read feature 0, columns 2 and 3 feature 1
    const inputs = ranks.inputs.map((_, column) => ({ region: 0, column: column >> 1 }))
    const shared: RegionGraph = {
      ...graph,
      regions: [{ kind: 'input', width: 2 }, { ...ranks, inputs }, graph.regions[2]],
    }
    const named = shared.regions.with(1, { ...ranks, inputs, players: [0, 1, 2, 3] })
    const asFeatures = shared.regions.with(1, { ...ranks, inputs, players: [7, 7, 3, 3] })
    const row = Float64Array.of(1, 2)
    const found = await explainerOf(shared)(row)
    expect(await explainerOf({ ...shared, regions: asFeatures })(row)).toEqual(found)
    const apart = await explainerOf({ ...shared, regions: named })(row)
    expect(apart.margin).toBeCloseTo(found.margin, 12)
    expect(Math.abs(valuesOf(apart)[0] - valuesOf(found)[0])).toBeGreaterThan(1e-4)
  })
})

describe('the output explained', () => {
  const graph = randomEnsemble(createRandom(10), { trees: 6, depth: 3, features: 3, leafWidth: 3 })
  const target = { classes: ['a', 'b', 'c'], start: 0, width: 3, link: 'softmax' } as const
  const head: Head = { kind: 'classifier', targets: [target], hasScores: true }

  it('is that of the class which the row gets', async () => {
    const seen = new Set<number>()
    for (const row of randomRows(createRandom(11), graph, 30)) {
      const raw = interpret(graph, row)
      const { output, margin } = await explainerOf(graph, { head })(row)
      expect(margin).toBeCloseTo(Math.max(...raw), 12)
      expect(output).toBe(raw.indexOf(Math.max(...raw)))
      seen.add(output)
    }
    expect(seen.size).toBeGreaterThan(1)
  })

  it('is the one that is asked for', async () => {
    const row = Float64Array.of(0, 1, 2)
    for (const output of [0, 1, 2])
      expect((await explainerOf(graph, { head })(row, { output })).margin).toBeCloseTo(
        interpret(graph, row)[output],
        12,
      )
  })

  it.each([3, -1, 0.5, NaN, '0' as never])('is never one that is not there: %s', async (output) => {
    await expect(explainerOf(graph, { head })(Float64Array.of(0, 1, 2), { output })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      details: { option: 'output' },
      message: expect.stringContaining('0 … 2') as unknown,
    })
  })
})

describe('the usual row', () => {
  const chain = randomChain(createRandom(12), [3, 1], 'relu')
  const plain: RegionGraph = {
    regions: [
      chain.regions[0],
      { ...chain.regions[3], inputs: [0, 1, 2].map((column) => ({ region: 0, column })) } as RegionGraph['regions'][1],
    ],
    output: [{ region: 1, column: 0 }],
  }

  it('is the median of the check rows for numbers, and what is most frequent for categories', async () => {
    const checkRows = [
      [1, 2, null],
      [5, 2, 1],
      [1000, 0, -1],
      [4, 1, -1],
      [null, 2, 1],
    ]
    const features = [{}, { categories: [0, 1, 2] }, { dtype: 'string', categories: ['a', 'b'] }] as const
    const found = await explainerOf(plain, { features, checkRows })(Float64Array.of(4, 2, 1))
    expect(valuesOf(found)).toEqual([0, 0, 0])
  })

  it('is what an imputer fills in where no scaler centres', async () => {
    const impute = chain.regions[1]
    if (impute.kind !== 'impute') throw new TypeError('no imputer')
    const last = { ...chain.regions[3], inputs: [0, 1, 2].map((column) => ({ region: 1, column })) }
    const graph = { regions: [chain.regions[0], impute, last], output: [{ region: 2, column: 0 }] } as RegionGraph
    const found = await explainerOf(graph, { checkRows: [[7, 7, 7]] })(Float64Array.from(impute.fill))
    expect(valuesOf(found)).toEqual([0, 0, 0])
  })
})

describe('what has no explanation', () => {
  it('is a model that only prepares rows for others', async () => {
    const graph = randomChain(createRandom(13), [2, 1], 'relu')
    const prepared = { ...graph, output: [{ region: 2, column: 0 }] }
    const head: Head = { kind: 'transformer', width: 1 }
    await expect(explainerOf(prepared, { head })(Float64Array.of(0, 0))).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('only prepares rows') as unknown,
    })
  })

  it('is an answer that is no number', async () => {
    const graph = randomChain(createRandom(15), [2, 1], 'relu')
    await expect(explainerOf(graph)(Float64Array.of(Infinity, 0))).rejects.toMatchObject({
      code: 'EXECUTION_FAILED',
    })
  })
})
