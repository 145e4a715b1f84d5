// A positive number in, the logarithm of the gamma function out.

/** Where Stirling's series is good to the last digits. */
const farEnough = 10

/** ln Γ(x) for x > 0: Stirling's series (Abramowitz and Stegun 6.1.41), after moving up to where it converges. */
export function logGamma(x: number): number {
  let product = 1
  let moved = x
  while (moved < farEnough) product *= moved++
  const inverse = 1 / moved
  const square = inverse * inverse
  const series =
    inverse *
    (1 / 12 -
      square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - (square * 691) / 360360)))))
  return (moved - 0.5) * Math.log(moved) - moved + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product)
}
