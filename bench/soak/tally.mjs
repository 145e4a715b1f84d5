// What callers of a soak got in; counts, latencies and everything that must not have happened out.

export function createTally() {
  const total = { answers: 0, model: 0, cache: 0, fallback: 0, aborted: 0, calls: 0, settled: 0 }
  const codes = {}
  const surprises = new Map()
  let window = { ...total }
  let latencies = []
  const count = (key, by = 1) => {
    total[key] += by
    window[key] += by
  }
  return {
    total,
    codes,
    surprises,
    call: () => count('calls'),
    settled: () => count('settled'),
    answer(source, latencyMs) {
      count('answers')
      count(source)
      if (latencyMs !== undefined) latencies.push(latencyMs)
    },
    aborted: () => count('aborted'),
    refused(code) {
      codes[code] = (codes[code] ?? 0) + 1
    },
    /** Something that no fault excuses. */
    surprise(text) {
      surprises.set(text, (surprises.get(text) ?? 0) + 1)
    },
    /** Since it was last asked. */
    takeWindow() {
      latencies.sort((a, b) => a - b)
      const at = (quantile) => latencies[Math.floor(quantile * (latencies.length - 1))] ?? NaN
      const taken = { ...window, p50: at(0.5), p99: at(0.99), max: at(1) }
      window = Object.fromEntries(Object.keys(total).map((key) => [key, 0]))
      latencies = []
      return taken
    },
  }
}
