// One step of a covariance function, by name, in; what it takes and what it computes for a row and a point out.

/** Values of a covariance between the row it was last given and points; all of a row are asked before the next one. */
export type Covariance = {
  begin(row: Float64Array): void
  /** Between the row and a point. */
  at(point: number): number
  /** Of the row with itself. */
  itself(): number
}

/** What a step computes with: rows of training, and what earlier steps left. */
export type StepParts = {
  readonly settings: readonly number[]
  /** Row-major [points, width]. */
  readonly points: Float64Array
  readonly width: number
  readonly before: readonly Covariance[]
}

export type CovarianceStep = {
  /** How many of the results before it takes. */
  readonly takes: 0 | 1 | 2
  /** Settings that stand before the scales of length; scales are one, or one a column. */
  readonly settingCount: number
  readonly hasScales: boolean
  readonly make: (parts: StepParts) => Covariance
}

/** The value of a distance within scaled columns, which is 1 from a row to itself. */
function ofDistance(
  settingCount: number,
  valueOf: (settings: readonly number[]) => (squared: number) => number,
): CovarianceStep {
  return {
    takes: 0,
    settingCount,
    hasScales: true,
    make({ settings, points, width }) {
      const scales = settings.slice(settingCount)
      const scaleOf = (column: number): number => scales[scales.length === 1 ? 0 : column]
      const scaled = points.map((value, at) => value / scaleOf(at % width))
      const own = new Float64Array(width)
      const value = valueOf(settings)
      return {
        begin(row) {
          for (let i = 0; i < width; i++) own[i] = row[i] / scaleOf(i)
        },
        at(point) {
          let sum = 0
          for (let i = 0, at = point * width; i < width; i++, at++) {
            const difference = own[i] - scaled[at]
            sum += difference * difference
          }
          return value(sum)
        },
        itself: () => 1,
      }
    },
  }
}

function ofMatern(root: number, polynomial: (distance: number) => number): CovarianceStep {
  return ofDistance(0, () => (squared) => {
    const distance = Math.sqrt(squared) * root
    return polynomial(distance) * Math.exp(-distance)
  })
}

function ofTwo(combine: (a: number, b: number) => number): CovarianceStep {
  return {
    takes: 2,
    settingCount: 0,
    hasScales: false,
    make: ({ before: [a, b] }) => ({
      begin(row) {
        a.begin(row)
        b.begin(row)
      },
      at: (point) => combine(a.at(point), b.at(point)),
      itself: () => combine(a.itself(), b.itself()),
    }),
  }
}

/** The same value everywhere, but for a row and itself. */
function constant(valueOf: (settings: readonly number[]) => { at: number; itself: number }): CovarianceStep {
  return {
    takes: 0,
    settingCount: 1,
    hasScales: false,
    make({ settings }) {
      const { at, itself } = valueOf(settings)
      return { begin: () => undefined, at: () => at, itself: () => itself }
    },
  }
}

/** Source: sklearn/gaussian_process/kernels.py of 1.9.1, `__call__` and `diag` of each. */
export const covarianceSteps = {
  /** (scales …) exp(−½ d²) */
  rbf: ofDistance(0, () => (squared) => Math.exp(-0.5 * squared)),
  /** (scales …) with ν = ½, 3/2 and 5/2. */
  'matern-1': ofMatern(1, () => 1),
  'matern-3': ofMatern(Math.sqrt(3), (distance) => 1 + distance),
  'matern-5': ofMatern(Math.sqrt(5), (distance) => 1 + distance + (distance * distance) / 3),
  /** (α, divisor of d², scale 1) (1 + d² / divisor)^−α */
  'rational-quadratic': ofDistance(
    2,
    ([alpha, divisor]) =>
      (squared) =>
        (1 + squared / divisor) ** -alpha,
  ),
  /** (period, scale of the sine, scale 1) exp(−2 (sin(π d / period) / scale)²) */
  periodic: ofDistance(2, ([period, scale]) => {
    const factor = Math.PI / period
    return (squared) => {
      const wave = Math.sin(factor * Math.sqrt(squared)) / scale
      return Math.exp(-2 * wave * wave)
    }
  }),
  /** (σ₀²) x · y + σ₀² */
  'dot-product': {
    takes: 0,
    settingCount: 1,
    hasScales: false,
    make({ settings: [addend], points, width }) {
      const own = new Float64Array(width)
      const product = (values: Float64Array, from: number): number => {
        let sum = 0
        for (let i = 0; i < width; i++) sum += own[i] * values[from + i]
        return sum + addend
      }
      return {
        begin: (row) => own.set(row.subarray(0, width)),
        at: (point) => product(points, point * width),
        itself: () => product(own, 0),
      }
    },
  },
  /** (value) */
  constant: constant(([value]) => ({ at: value, itself: value })),
  /** (noise) of a row with itself alone. */
  white: constant(([noise]) => ({ at: 0, itself: noise })),
  sum: ofTwo((a, b) => a + b),
  product: ofTwo((a, b) => a * b),
  /** (exponent) */
  power: {
    takes: 1,
    settingCount: 1,
    hasScales: false,
    make: ({ settings: [exponent], before: [base] }) => ({
      begin: (row) => base.begin(row),
      at: (point) => base.at(point) ** exponent,
      itself: () => base.itself() ** exponent,
    }),
  },
} as const satisfies Readonly<Record<string, CovarianceStep>>

export type CovarianceStepName = keyof typeof covarianceSteps

export const covarianceStepNames = Object.keys(covarianceSteps) as CovarianceStepName[]
