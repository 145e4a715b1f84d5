// A probability in; the number that a standard normal falls below with it, out.

/** Coefficients and method of Cephes 2.1, ndtri.c, which scipy.special.ndtri is. */
const p0 = [
  -59.9633501014107895267, 98.0010754185999661536, -56.6762857469070293439, 13.9312609387279679503,
  -1.23916583867381258016,
]
const q0 = [
  1.95448858338141759834, 4.67627912898881538453, 86.3602421390890590575, -225.462687854119370527,
  200.260212380060660359, -82.0372256168333339912, 15.9056225126211695515, -1.1833162112133000314,
]
const p1 = [
  4.05544892305962419923, 31.5251094599893866154, 57.1628192246421288162, 44.08050738932008347, 14.6849561928858024014,
  2.18663306850790267539, -1.40256079171354495875e-1, -3.50424626827848203418e-2, -8.57456785154685413611e-4,
]
const q1 = [
  15.7799883256466749731, 45.3907635128879210584, 41.317203825467203044, 15.0425385692907503408, 2.50464946208309415979,
  -1.42182922854787788574e-1, -3.80806407691578277194e-2, -9.33259480895457427372e-4,
]
const p2 = [
  3.2377489177694603597, 6.91522889068984211695, 3.93881025292474443415, 1.33303460815807542389,
  2.01485389549179081538e-1, 1.23716634817820021358e-2, 3.01581553508235416007e-4, 2.65806974686737550832e-6,
  6.2397453918498329373e-9,
]
const q2 = [
  6.02427039364742014255, 3.67983563856160859403, 1.37702099489081330271, 2.1623699359449663589e-1,
  1.34204006088543189037e-2, 3.28014464682127739104e-4, 2.89247864745380683936e-6, 6.79019408009981274425e-9,
]

const rootOfTau = 2.50662827463100050242
const expOfMinus2 = 0.13533528323661269189

/** ∓Infinity at 0 and 1, NaN outside. */
export function normalQuantile(probability: number): number {
  if (probability === 0) return Number.NEGATIVE_INFINITY
  if (probability === 1) return Number.POSITIVE_INFINITY
  if (!(probability > 0 && probability < 1)) return Number.NaN
  const isUpper = probability > 1 - expOfMinus2
  let y = isUpper ? 1 - probability : probability
  if (y > expOfMinus2) {
    y -= 0.5
    const squared = y * y
    return (y + y * ((squared * polynomialAt(squared, p0)) / monicAt(squared, q0))) * rootOfTau
  }
  const x = Math.sqrt(-2 * Math.log(y))
  const start = x - Math.log(x) / x
  const z = 1 / x
  const correction = x < 8 ? (z * polynomialAt(z, p1)) / monicAt(z, q1) : (z * polynomialAt(z, p2)) / monicAt(z, q2)
  return isUpper ? start - correction : correction - start
}

function polynomialAt(x: number, coefficients: readonly number[]): number {
  let sum = coefficients[0]
  for (let i = 1; i < coefficients.length; i++) sum = sum * x + coefficients[i]
  return sum
}

/** With 1 as the first coefficient, which is not listed. */
function monicAt(x: number, coefficients: readonly number[]): number {
  let sum = x + coefficients[0]
  for (let i = 1; i < coefficients.length; i++) sum = sum * x + coefficients[i]
  return sum
}
