// A misspelt name and the names that exist in, the one that was probably meant out, if any is near enough.

/** Names longer than this are compared by their first 64 characters: the cost of a comparison is quadratic. */
const comparedLength = 64

/** Candidates looked at; a hostile row may have a million keys, and this runs for every refused row. */
const comparedCandidates = 512

/** The candidate nearest to `name`, or undefined where none is plausibly a misspelling of it. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = simplify(name)
  // A third of the letters may differ: more than that is another word.
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1
  let best: string | undefined
  let looked = 0
  for (const candidate of candidates) {
    if (looked++ === comparedCandidates) break
    const simple = simplify(candidate)
    if (Math.abs(simple.length - wanted.length) >= bestDistance) continue
    const distance = editDistance(wanted, simple)
    if (distance >= bestDistance) continue
    bestDistance = distance
    best = candidate
    if (distance === 0) break
  }
  return best
}

/** What to write instead of a name that nobody knows. */
export function nameHint(name: string, names: readonly string[]): string {
  // a name cut short, such as "ttl", is further from its own than some other name may be
  const nearest = names.find((one) => name.length > 1 && one.startsWith(name)) ?? nearestName(name, names)
  return nearest === undefined ? `there are: ${names.join(', ')}` : `did you mean ${nearest}?`
}

/** Letter case and separators are the commonest differences (`totalDayMinutes`, `total day minutes`), so they count nothing. */
function simplify(name: string): string {
  const simple = name
    .slice(0, comparedLength)
    .toLowerCase()
    .replace(/[\s_.-]+/g, '')
  return simple === '' ? name.slice(0, comparedLength) : simple
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b` (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  const width = b.length + 1
  const cost = new Uint16Array((a.length + 1) * width)
  for (let j = 0; j < width; j++) cost[j] = j
  for (let i = 1; i <= a.length; i++) {
    const line = i * width
    cost[line] = i
    for (let j = 1; j < width; j++) {
      const same = a[i - 1] === b[j - 1]
      let least = Math.min(
        cost[line - width + j] + 1,
        cost[line + j - 1] + 1,
        cost[line - width + j - 1] + (same ? 0 : 1),
      )
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (isSwap) least = Math.min(least, cost[line - 2 * width + j - 2] + 1)
      cost[line + j] = least
    }
  }
  return cost[cost.length - 1]
}
