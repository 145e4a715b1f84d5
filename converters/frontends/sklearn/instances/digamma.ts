// A number above 0 in; the digamma function of it out, to about 1e-14; NaN for any other.

/** Its recurrence up to 10, then its asymptotic series (NIST Digital Library of Mathematical Functions, 5.11.2). */
export function digamma(x: number): number {
  if (!(x > 0)) return NaN
  let sum = 0
  let at = x
  for (; at < 10; at++) sum -= 1 / at
  const square = 1 / (at * at)
  const series =
    square *
    (1 / 12 -
      square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square * (1 / 132 - square * (691 / 32760))))))
  return sum + Math.log(at) - 0.5 / at - series
}
