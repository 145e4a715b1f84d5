// Targets with weights in; which one the next request goes to, in exact proportion and without chance, out.

export type Weighted<Target> = { readonly target: Target; readonly weight: number }

/**
 * Smooth weighted round robin, as nginx does it (ngx_http_upstream_round_robin.c): every target gains its weight, the
 * richest is taken and pays the sum. After any number of requests a target has had its share within one request, and the
 * turns of a small share are spread evenly.
 */
export function createWeightedSplit<Target>(entries: readonly Weighted<Target>[]): () => Target {
  const weights = Float64Array.from(entries, ({ weight }) => weight)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const credits = new Float64Array(weights.length)
  return () => {
    let richest = 0
    for (let i = 0; i < weights.length; i++) {
      credits[i] += weights[i]
      if (credits[i] > credits[richest]) richest = i
    }
    credits[richest] -= total
    return entries[richest].target
  }
}
