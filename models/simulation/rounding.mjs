// A number in; what a CSV shows of it out: probabilities and labels are computed from that, so that rows tell all there is to know.

/** At most four significant digits: of numbers of any size, such as prices. */
export function rounded(value) {
  return Number.isNaN(value) ? NaN : Number(value.toPrecision(4))
}

/** Rows of features, each rounded to four digits. */
export function roundedRow(row) {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, rounded(value)]))
}

/** One decimal from 10 on, three below: of counts, days and shares. */
export function shown(value, precision = Math.abs(value) >= 10 ? 10 : 1000) {
  return Math.round(value * precision) / precision
}

/** Rows of features, each as `shown` has it. */
export function shownRow(row) {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, shown(value)]))
}
