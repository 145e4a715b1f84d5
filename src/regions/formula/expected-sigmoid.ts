// The mean and variance of a normal distribution in; the mean of the sigmoid of such a number, as scikit-learn approximates it, out.

/** Of Williams and Barber, "Bayesian Classification with Gaussian Processes", appendix A. */
const lambdas = [0.41, 0.4, 0.37, 0.44, 0.39]
const coefficients = [-1854.8214151, 3516.89893646, 221.29346712, 128.12323805, -2010.49422654]
const halfOfSum = 0.5 * coefficients.reduce((sum, value) => sum + value, 0)

/** Source: sklearn/gaussian_process/_gpc.py of 1.9.1, `_BinaryGaussianProcessClassifierLaplace.predict_proba`. */
export function expectedSigmoid(mean: number, variance: number): number {
  const alpha = 1 / (2 * variance)
  let sum = 0
  for (let k = 0; k < lambdas.length; k++) {
    const lambda = lambdas[k]
    const integral =
      (Math.sqrt(Math.PI / alpha) * erf(lambda * mean * Math.sqrt(alpha / (alpha + lambda * lambda)))) /
      (2 * Math.sqrt(variance * 2 * Math.PI))
    sum += coefficients[k] * integral
  }
  return sum + halfOfSum
}

/** Terms of the series that 3 needs, and of the fraction beyond it, for all digits of a double. */
const [seriesTerms, fractionTerms] = [80, 60]

/** The error function, to the last digits: coefficients of thousands would multiply what an approximation leaves. */
export function erf(x: number): number {
  const size = Math.abs(x)
  if (size < 3) {
    // 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1 · 3 · … · (2n+1)): all terms have one sign
    let term = x
    let sum = x
    for (let n = 1; n < seriesTerms; n++) {
      term *= (2 * x * x) / (2 * n + 1)
      sum += term
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
  }
  if (Number.isNaN(x)) return Number.NaN
  if (size > 6) return Math.sign(x)
  // erfc by its continued fraction x + (1/2) / (x + (2/2) / (x + (3/2) / …))
  let fraction = size
  for (let n = fractionTerms; n > 0; n--) fraction = size + n / 2 / fraction
  return Math.sign(x) * (1 - Math.exp(-size * size) / (Math.sqrt(Math.PI) * fraction))
}
