// Rows of a simulator in; its CSV, and what it says of how hard the decision is, out.

import { writeFileSync } from 'node:fs'

/** @param rows flat, all with the names of the first, which are the header; an empty cell for NaN */
export function writeRows(file, rows) {
  const header = Object.keys(rows[0])
  const lines = rows.map((row) => header.map((name) => (Number.isNaN(row[name]) ? '' : row[name])).join(','))
  writeFileSync(file, `${[header.join(','), ...lines].join('\n')}\n`)
}

/** Prints of rows with `true_probability` and `target`, 0 or 1, how well any model, and how well one feature, can tell it. */
export function printDifficulty(rows, target) {
  const share = (count) => (count / rows.length).toFixed(4)
  const positive = rows.filter((row) => row[target] === 1).length
  const bayes = rows.reduce((sum, { true_probability: p }) => sum + Math.max(p, 1 - p), 0)
  const features = Object.keys(rows[0]).filter((name) => !['lead', 'day', 'true_probability', target].includes(name))
  const best = features.map((name) => [bestThreshold(rows, name, target), name]).toSorted(([a], [b]) => b - a)[0]
  console.log(`${rows.length} rows, ${share(positive)} with ${target} 1, best reachable accuracy ${share(bayes)}`)
  console.log(`best threshold of one feature: ${best[1]}, accuracy ${share(best[0])}`)
}

/** Rows that the best threshold of the feature gets right, whichever side is positive; missing values stay on one side. */
function bestThreshold(rows, name, target) {
  const sorted = rows.map((row) => [row[name], row[target]]).toSorted((a, b) => order(a[0]) - order(b[0]))
  const positive = sorted.filter(([, outcome]) => outcome === 1).length
  let best = Math.max(positive, sorted.length - positive)
  let below = 0
  for (let i = 0; i + 1 < sorted.length; i++) {
    below += sorted[i][1]
    if (sorted[i][0] === sorted[i + 1][0] || Number.isNaN(sorted[i + 1][0])) continue
    const right = positive - below + (i + 1 - below)
    best = Math.max(best, right, sorted.length - right)
  }
  return best
}

function order(value) {
  return Number.isNaN(value) ? Infinity : value
}
