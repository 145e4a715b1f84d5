import { describe, expect, it } from 'vitest'
import { sampledShapley } from '../../src/explain/sampled-shapley.ts'
import { createSeededRandom, shuffle } from '../../src/rows/seeded-random.ts'
import { createRandom } from '../helpers/random-regions.ts'
import { shapleyByDefinition } from './brute-force-shapley.ts'

const pause = () => undefined

/** Pairs and triples of columns that multiply, so that orders matter. */
function model(row: Float64Array): Float64Array {
  let sum = 0
  for (let i = 0; i < row.length; i++)
    sum += row[i] * (i + 1) + row[i] * row[(i + 1) % row.length] * row[(i + 2) % row.length]
  return Float64Array.of(sum)
}

function rowOf(seed: number, width: number): Float64Array {
  const random = createRandom(seed)
  return Float64Array.from({ length: width }, () => 2 * random() - 1)
}

describe('sampled Shapley values', () => {
  it('are within some standard errors of the exact ones, and add up exactly', async () => {
    let squares = 0
    let count = 0
    for (let seed = 0; seed < 30; seed++) {
      const [own, reference] = [rowOf(2 * seed, 8), rowOf(2 * seed + 1, 8)]
      // the orders are always the same, so features stand for other columns each time
      const featureOf = shuffle([...own.keys()], createSeededRandom(seed))
      const exact = shapleyByDefinition(
        8,
        (coalition) => model(own.map((value, i) => ((coalition >> featureOf[i]) & 1 ? value : reference[i])))[0],
      )
      const call = { own, reference, output: 0, pause }
      const { values, standardErrors } = await sampledShapley({ run: model, featureOf }, call, 8)
      const sum = values.reduce((total, value) => total + value, 0)
      expect(sum).toBeCloseTo(model(own)[0] - model(reference)[0], 10)
      values.forEach((value, i) => {
        squares += ((value - exact[i]) / standardErrors[i]) ** 2
        count++
      })
    }
    // of estimates that are as far off as they say, the mean square is 1
    expect(squares / count).toBeGreaterThan(0.7)
    expect(squares / count).toBeLessThan(1.4)
  })

  it('are exact of what adds up, by every order', async () => {
    const weights = rowOf(3, 40)
    const run = (row: Float64Array) => Float64Array.of(row.reduce((sum, value, i) => sum + value * weights[i], 5))
    const [own, reference] = [rowOf(4, 40), rowOf(5, 40)]
    // each feature has two columns
    const featureOf = Array.from(own, (_, column) => column >> 1)
    const call = { own, reference, output: 0, pause }
    const { values, standardErrors } = await sampledShapley({ run, featureOf }, call, 21)
    const part = (column: number) => weights[column] * (own[column] - reference[column])
    for (let feature = 0; feature < 20; feature++)
      expect(values[feature]).toBeCloseTo(part(2 * feature) + part(2 * feature + 1), 12)
    expect(Math.max(...standardErrors)).toBeLessThan(1e-7)
    expect(values[20]).toBe(0)
  })

  it('of more than 4,096 features are refused', async () => {
    const own = new Float64Array(4097).fill(1)
    const featureOf = Array.from(own, (_, column) => column)
    const call = { own, reference: new Float64Array(4097), output: 0, pause }
    await expect(sampledShapley({ run: model, featureOf }, call, 4097)).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  })

  it('end where their caller has left', async () => {
    const gone = new Error('gone')
    const call = { own: rowOf(1, 20), reference: rowOf(2, 20), output: 0, pause: () => Promise.reject(gone) }
    const featureOf = Array.from(call.own, (_, column) => column)
    await expect(sampledShapley({ run: model, featureOf }, call, 20)).rejects.toBe(gone)
  })
})
