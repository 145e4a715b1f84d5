// Models, what their weights may cost and rows of a caller's in; weights just as wide as the budget asks out.
import { describe, expect, test } from 'vitest'
import { createBudgetCheck } from '../../../converters/quantize/accuracy-budget.ts'
import { featureKnowledge } from '../../../converters/quantize/feature-knowledge.ts'
import { quantizeRegions } from '../../../converters/quantize/quantize-regions.ts'
import { syntheticRows } from '../../../converters/quantize/synthetic-rows.ts'
import type { Head } from '../../../src/artifact/head.ts'
import { interpret } from '../../../src/regions/interpret.ts'
import type { RegionGraph } from '../../../src/regions/region.ts'
import { createDecoder } from '../../../src/rows/decode.ts'
import { binaryHead, columnsOf, denseModel, schemaOf, valueHead } from './models.ts'

const model = denseModel([20, 64, 1], binaryHead)
const knowledge = featureKnowledge(model.graph, model.schema)
const marginOf = (row: Float64Array): number => interpret(model.graph, row)[0]

/** Nearly all of them close calls: each lies between a row of one class and one of the other, where the margin is near 0. */
const rows = closeRows(syntheticRows(knowledge, 900, { seed: 31 }))

function closeRows(drawn: readonly Float64Array[]): Float64Array[] {
  const [no, yes] = [drawn.filter((row) => marginOf(row) < 0), drawn.filter((row) => marginOf(row) >= 0)]
  return no.slice(0, yes.length).map((row, at) => {
    let [low, high] = [row, yes[at]]
    for (let step = 0; step < 12; step++) {
      const middle = low.map((value, i) => (value + high[i]) / 2)
      if (marginOf(middle) < 0) low = middle
      else high = middle
    }
    return high
  })
}

const labelsOf = (graph: RegionGraph) => {
  const decode = createDecoder(model.head)
  return rows.map((row) => decode(interpret(graph, row), 0).label)
}

const flipsOf = (graph: RegionGraph): number => {
  const wanted = labelsOf(model.graph)
  return labelsOf(graph).filter((label, row) => label !== wanted[row]).length
}

describe('a budget of flips', () => {
  const usual = quantizeRegions(model.graph, { ...model, mode: 'uint8', calibration: rows })

  test('close calls alone are within the default', () => {
    expect(usual.excesses).toEqual([])
    expect(flipsOf(usual.graph)).toBeGreaterThan(0)
  })

  test('of none stores weights wider, says why, and is kept', () => {
    const strict = quantizeRegions(model.graph, { ...model, mode: 'uint8', calibration: rows, budget: { flips: 0 } })
    expect(flipsOf(strict.graph)).toBe(0)
    expect(strict.level).toBeGreaterThanOrEqual(usual.level)
    expect(strict.excesses[0]).toMatch(/^\d+ of \d+ calibration rows change their label$/)
    const escalated = [...strict.choices.values()].flatMap((choice) => choice.escalated ?? [])
    expect(escalated.join()).toMatch(/calibration rows change their label/)
  })

  test('of as many as there are costs nothing', () => {
    const flips = flipsOf(usual.graph)
    const same = quantizeRegions(model.graph, { ...model, mode: 'uint8', calibration: rows, budget: { flips } })
    expect(same.tensors).toEqual(usual.tensors)
  })

  test('is not asked of weights that are not quantized', () => {
    const plain = quantizeRegions(model.graph, { ...model, mode: 'none', calibration: rows, budget: { flips: 0 } })
    expect(plain.excesses).toEqual([])
  })
})

/** The graph, with its first output moved by `by`. */
function movedBy(graph: RegionGraph, by: number): RegionGraph {
  return {
    ...graph,
    regions: graph.regions.map((region) =>
      region.kind === 'dense-chain'
        ? {
            ...region,
            layers: region.layers.map((layer, number) =>
              number < region.layers.length - 1 ? layer : { ...layer, bias: layer.bias.map((bias) => bias + by) },
            ),
          }
        : region,
    ),
  }
}

describe('a budget of the metric', () => {
  test('is the loss of accuracy on evaluation rows, two percent unless said otherwise', () => {
    const truth = labelsOf(model.graph)
    const evaluation = { rows, truth }
    // all stand just above 0
    const moved = movedBy(model.graph, -0.5)
    const lost = flipsOf(moved) / rows.length
    expect(lost).toBeGreaterThan(0.02)
    const check = (metricLoss?: number) =>
      createBudgetCheck(model.graph, model.head, {
        evaluation,
        ...(metricLoss !== undefined && { budget: { metricLoss } }),
      })
    expect(check()(model.graph)).toBeUndefined()
    expect(check()(moved)).toMatch(/evaluation rows lose .* of accuracy, allowed 0.02/)
    expect(check(lost + 0.001)(moved)).toBeUndefined()
    expect(check(lost - 0.001)(moved)).toBeDefined()
  })

  test('is the loss of r2 for models that give values', () => {
    const { graph } = denseModel([8, 20, 1], valueHead)
    const drawn = syntheticRows(featureKnowledge(graph, schemaOf(8, ['value'])), 200, { seed: 3 })
    const truth = drawn.map((row) => interpret(graph, row)[0])
    const check = createBudgetCheck(graph, valueHead, { evaluation: { rows: drawn, truth } })
    expect(check(graph)).toBeUndefined()
    expect(check(movedBy(graph, 10))).toMatch(/lose/)
  })
})

test('a label that changes while its score hardly moves is a close call, and no other is', () => {
  const head: Head = {
    kind: 'labels',
    targets: [{ classes: ['in', 'out'], label: { start: 0, width: 1 }, scores: { start: 0, width: 1 } }],
  }
  const graph: RegionGraph = { regions: [{ kind: 'input', width: 1 }], output: columnsOf(0, 1) }
  const shifted = (by: number): RegionGraph => ({
    regions: [
      { kind: 'input', width: 1 },
      { kind: 'scale', inputs: columnsOf(0, 1), form: 'multiply-add', first: [1], second: [by] },
    ],
    output: columnsOf(1, 1),
  })
  const calibration = Array.from({ length: 101 }, (_, i) => Float64Array.of((i - 50) / 50))
  const check = createBudgetCheck(graph, head, { calibration })
  expect(check(shifted(0.009))).toBeUndefined()
  expect(check(shifted(0.05))).toBe('3 of 101 calibration rows change their label')
  const strict = createBudgetCheck(graph, head, { calibration, budget: { flips: 0 } })
  expect(strict(shifted(0.009))).toBe('1 of 101 calibration rows change their label')
})
