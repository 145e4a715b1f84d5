// Rows of a simulator in; its CSV, and what it says of how hard the decision is, out.

import { writeFileSync } from 'node:fs'

/** @param rows { lead, day, features, outcome, trueProbability }, in order of the day */
export function writeRows(file, rows, { features, target }) {
  const lines = rows.map(({ lead, day, row, outcome, trueProbability }) =>
    [lead, day, ...features.map((name) => (Number.isNaN(row[name]) ? '' : row[name])), outcome, trueProbability].join(
      ',',
    ),
  )
  writeFileSync(file, `${['lead', 'day', ...features, target, 'true_probability'].join(',')}\n${lines.join('\n')}\n`)
  const share = (count) => (count / rows.length).toFixed(4)
  const positive = rows.filter(({ outcome }) => outcome === 1).length
  const bayes = rows.reduce((sum, { trueProbability: p }) => sum + Math.max(p, 1 - p), 0)
  const best = features.map((name) => [bestThreshold(rows, name), name]).toSorted(([a], [b]) => b - a)[0]
  console.log(`${rows.length} rows, ${share(positive)} with ${target} 1, best reachable accuracy ${share(bayes)}`)
  console.log(`best threshold of one feature: ${best[1]}, accuracy ${share(best[0])}`)
}

/** Rows that the best threshold of the feature gets right, whichever side is positive; missing values stay on one side. */
function bestThreshold(rows, name) {
  const sorted = rows.map(({ row, outcome }) => [row[name], outcome]).toSorted((a, b) => order(a[0]) - order(b[0]))
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
