// Regions in; the JavaScript that m2cgen would write out: nested ifs over doubles, one function a tree, their sum, the link.

import { lastRegion, rawFeature } from './read-regions.mjs'

/** Source of a module with `score(input)`; undefined for what m2cgen has no form for. */
export function generateJavascript({ graph, target }) {
  const region = lastRegion(graph)
  if (target === undefined || target.width !== 1 || region === undefined) return undefined
  if (region.kind === 'tree-ensemble') return treesSource(graph, region, target)
  if (region.kind === 'dense-chain' && region.layers.length === 1) return linearSource(region, target)
  return undefined
}

function treesSource(graph, region, target) {
  const trees = region.treeStart.length - 1
  const tests = region.inputs.map((input) => testOf(graph, input))
  if (tests.includes(undefined) || region.leafWidth !== 1 || region.treeOutput.length > 0) return undefined
  let leaf = 0
  const functions = []
  for (let tree = 0; tree < trees; tree++)
    functions.push(`function tree${tree}(x) {\n${branch(region.treeStart[tree], '  ')}}`)
  const sum = Array.from({ length: trees }, (_, tree) => `tree${tree}(x)`).join(' + ')
  const raw = region.aggregate === 'mean' ? `(${sum}) / ${trees} + ${region.base[0]}` : `${sum} + ${region.base[0]}`
  return `${functions.join('\n')}\n${scoreSource(raw, target)}`

  // preorder: the left branch is written before the right one, and leaves are numbered in the order they stand
  function branch(node, indent) {
    const jump = region.jump[node]
    if (jump === 0) return `${indent}return ${region.leafValues[leaf++]}\n`
    const left = tests[region.column[node]](region.rank[node])
    return `${indent}if (${left}) {\n${branch(node + 1, `${indent}  `)}${indent}} else {\n${branch(node + jump, `${indent}  `)}${indent}}\n`
  }
}

/** The condition for going left, by rank. */
function testOf(graph, { region, column }) {
  const ranks = graph.regions[region]
  if (ranks?.kind !== 'ranks') return undefined
  const feature = rawFeature(ranks.inputs[column])
  if (feature === undefined) return undefined
  const x = `x[${feature}]`
  const table = ranks.columns[column]
  if (table.kind === 'rank')
    return table.missing === 'highest'
      ? (rank) => `${x} <= ${table.flipPoints[rank]}`
      : (rank) => `!(${x} > ${table.flipPoints[rank]})`
  const odd = table.keys.filter((_, i) => table.bits[i] !== table.unknownBit).map((key) => `${x} === ${key}`)
  const isOdd = odd.length === 0 ? 'false' : odd.join(' || ')
  // odd keys go the other way than all others do
  return () => (table.unknownBit === 1 ? isOdd : `!(${isOdd})`)
}

function linearSource({ inputs, layers }, target) {
  const { weights, bias, activation } = layers[0]
  const features = inputs.map(rawFeature)
  if (features.includes(undefined) || activation !== 'identity') return undefined
  return scoreSource([`${bias[0]}`, ...features.map((f, i) => `x[${f}] * ${weights[i]}`)].join(' + '), target)
}

function scoreSource(raw, { link, scale = 1 }) {
  const second = link === 'sigmoid' ? `1 / (1 + Math.exp(${-scale} * raw))` : 'raw'
  return `export function score(x) {\n  const raw = ${raw}\n  const p = ${second}\n  return [1 - p, p]\n}\n`
}
