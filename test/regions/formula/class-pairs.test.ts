import { describe, expect, it } from 'vitest'
import { exactTable } from '../../../src/regions/formula/table.ts'
import { type Formula, formulaFunction, verifyFormula } from '../../../src/regions/formula/formulas.ts'

type Given<Found> = Found extends Formula ? Omit<Found, 'inputs'> : never

function run(given: Given<Formula>, row: readonly number[]): number[] {
  const region = { ...given, inputs: row.map((_, column) => ({ region: 0, column })) } as Formula
  const width = verifyFormula(region, (field, expectation) => {
    throw new Error(`${field} ${expectation}`)
  })
  const output = new Float64Array(width)
  formulaFunction(region)(Float64Array.from(row), output)
  return [...output]
}

const table = (columns: number, ...values: number[]) => exactTable(Float64Array.from(values), columns)

describe('kernels', () => {
  const settings = { gamma: 0.5, coef0: 1, degree: 3, points: table(2, 1, 2, -1, 0) } as const

  it.each([
    ['linear', [11, -3]],
    ['poly', [6.5 ** 3, (-0.5) ** 3]],
    ['rbf', [Math.exp(-0.5 * 8), Math.exp(-0.5 * 32)]],
    ['sigmoid', [Math.tanh(6.5), Math.tanh(-0.5)]],
  ] as const)('%s of a row and two points', (kernel, expected) => {
    expect(run({ kind: 'kernels', kernel, ...settings }, [3, 4])).toEqual(expected)
  })

  it('to the power 0 are 1, to a large one what squaring gives', () => {
    expect(run({ kind: 'kernels', kernel: 'poly', ...settings, degree: 0 }, [3, 4])).toEqual([1, 1])
    expect(run({ kind: 'kernels', kernel: 'poly', ...settings, degree: 2 ** 31 - 1 }, [3, 4])).toEqual([Infinity, -0])
  })

  it('are refused where the points have another width', () => {
    expect(() => run({ kind: 'kernels', kernel: 'rbf', ...settings }, [3])).toThrow(/must have 1 columns, got 2/)
  })
})

describe('class-pairs', () => {
  const given = {
    kind: 'class-pairs',
    counts: [1, 2, 1],
    coefficients: table(2, 1, 2, 3, 4, 5, 6, 7, 8),
    intercepts: table(3, 0.5, 0, -1),
  } as const

  it('weighs the vectors of both classes against each other', () => {
    // (0, 1): 1·10 + 3·1 + 5·2; (0, 2): 2·10 + 7·3; (1, 2): 4·1 + 6·2 + 8·3
    expect(run(given, [10, 1, 2, 3])).toEqual([23.5, 41, 39])
  })

  it.each([
    [{ ...given, counts: [1, 2] }, /counts must add up to 4 inputs, got 3/],
    [{ ...given, counts: [2, 2] }, /coefficients must have 1 columns, got 2/],
    [{ ...given, counts: [1.5, 1.5, 1] }, /whole numbers/],
    [{ ...given, intercepts: table(1, 1) }, /intercepts must have 3 entries, got 1/],
  ])('is refused where its tables do not fit: %#', (broken, message) => {
    expect(() => run(broken, [10, 1, 2, 3])).toThrow(message)
  })
})

describe('pair-votes', () => {
  it('give the class that wins most pairs, the first of equals', () => {
    expect(run({ kind: 'pair-votes', operation: 'winner', classes: 3 }, [-1, 1, 1])).toEqual([1])
    expect(run({ kind: 'pair-votes', operation: 'winner', classes: 3 }, [-1, 1, -1])).toEqual([0])
  })

  it('take a decision of just 0 for the second class as winner, and for the first as score', () => {
    expect(run({ kind: 'pair-votes', operation: 'winner', classes: 2 }, [0])).toEqual([1])
    expect(run({ kind: 'pair-votes', operation: 'scores', classes: 2 }, [0])).toEqual([1, 0])
  })

  it('give votes and less than half a vote of confidence', () => {
    expect(run({ kind: 'pair-votes', operation: 'scores', classes: 3 }, [2, -1, 0])).toEqual([
      1 + 1 / 6,
      1 - 2 / 9,
      1 + 1 / 6,
    ])
  })
})

describe('pair-probabilities', () => {
  const even = (classes: number, pairs: number) =>
    ({
      kind: 'pair-probabilities',
      classes,
      slopes: table(pairs, ...new Array<number>(pairs).fill(-1)),
      offsets: table(pairs, ...new Array<number>(pairs).fill(0)),
    }) as const

  it('of two classes come near the sigmoid of their decision', () => {
    const [p, q] = run(even(2, 1), [1])
    expect(p).toBeCloseTo(1 / (1 + Math.exp(-1)), 2)
    expect(p + q).toBeCloseTo(1, 12)
  })

  it('are equal where no pair is decided, and stay inside 0 and 1 where every pair is', () => {
    expect(run(even(3, 3), [0, 0, 0])).toEqual([1 / 3, 1 / 3, 1 / 3])
    const sure = run(even(3, 3), [1e300, 1e300, -1e300])
    expect(sure.every((p) => p > 0 && p < 1)).toBe(true)
    expect(sure[0]).toBeGreaterThan(0.99)
  })

  it('are refused where pairs and classes do not fit', () => {
    expect(() => run(even(3, 2), [0, 0])).toThrow(/must have 2 pairs, got 3 classes/)
  })
})
