import { describe, expect, it } from 'vitest'
import { powerOfTwo } from '../../../src/regions/formula/power-of-two.ts'

describe('two to the power of', () => {
  // Rounded from 60 decimal digits; V8's own power is off by an ulp for each.
  const cases: readonly (readonly [x: number, power: number])[] = [
    [-0.19246778182488455, 0.8751075373736025],
    [0.7789995526159164, 1.7159405287389655],
    [0.22566395694678154, 1.1693152668868276],
    [-0.8082642501424553, 0.5710685145131221],
  ]

  it.each(cases)('%d is rounded right', (x, power) => {
    expect(powerOfTwo(x)).toBe(power)
  })

  it('integers is exact, also where it is infinite, subnormal or no number', () => {
    for (const x of [-1074, -1022, -60, -1, 0, 1, 52, 1023]) expect(powerOfTwo(x)).toBe(2 ** x)
    expect(powerOfTwo(5000)).toBe(Infinity)
    expect(powerOfTwo(-5000)).toBe(0)
    expect(powerOfTwo(NaN)).toBeNaN()
  })
})
