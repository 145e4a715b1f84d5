// Regions in; the bytes that limit.c reads out: complete trees in heap order, other trees with both children, or layers.

import { lastRegion, rawFeature } from './read-regions.mjs'

const kinds = { heap: 0, linked: 1, dense: 2 }
const links = { sigmoid: 0, identity: 1, softmax: 2 }
/** As wide as the tiles of limit.c. */
const tile = 32
/** Deeper complete trees would be mostly padding. */
const deepestHeap = 8

/** Undefined for what the limit has no form for. */
export function limitModel({ graph, target }, { featureCount, classCount }) {
  const region = lastRegion(graph)
  if (target === undefined || region === undefined || !(target.link in links)) return undefined
  const header = { features: featureCount, link: links[target.link], classes: classCount, scale: target.scale ?? 1 }
  if (region.kind === 'dense-chain') return denseModel(region, header)
  if (region.kind === 'tree-ensemble' && target.width === 1) return treeModel(graph, region, header)
  return undefined
}

function treeModel(graph, region, header) {
  const { treeStart, jump, leafValues, aggregate, base } = region
  const trees = treeStart.length - 1
  const features = region.inputs.map(({ region: index, column }) => rawFeature(graph.regions[index].inputs[column]))
  const tables = region.inputs.map(({ region: index, column }) => graph.regions[index].columns[column])
  if (features.includes(undefined) || tables.some(({ kind }) => kind !== 'rank')) return undefined
  const threshold = (node) => floorToFloat32(tables[region.column[node]].flipPoints[region.rank[node]])
  const column = (node) => features[region.column[node]]
  const leafOf = new Int32Array(jump.length)
  for (let node = 0, next = 0; node < jump.length; node++) leafOf[node] = jump[node] === 0 ? next++ : -1
  const depths = Array.from({ length: trees }, (_, tree) => depthOf(treeStart[tree]))
  const depth = Math.max(...depths)
  const facts = {
    ...header,
    parts: trees,
    depth,
    mean: aggregate === 'mean' ? 1 : 0,
    base: base[0],
    nodes: jump.length,
  }
  if (depth <= deepestHeap) {
    const inner = 2 ** depth - 1
    const splits = new DataView(new ArrayBuffer(8 * trees * inner))
    const leaves = new Float32Array(trees * 2 ** depth)
    for (let tree = 0; tree < trees; tree++) place(tree, treeStart[tree], 0)
    return bytesOf(kinds.heap, facts, [splits, leaves])

    // below a leaf come tests that all pass to the left, and copies of the leaf
    function place(tree, node, at) {
      const isLeaf = jump[node] === 0
      if (at >= inner) return void (leaves[tree * 2 ** depth + at - inner] = leafValues[leafOf[node]])
      splits.setFloat32(8 * (tree * inner + at), isLeaf ? Infinity : threshold(node), true)
      splits.setInt32(8 * (tree * inner + at) + 4, isLeaf ? 0 : column(node), true)
      place(tree, isLeaf ? node : node + 1, 2 * at + 1)
      place(tree, isLeaf ? node : node + jump[node], 2 * at + 2)
    }
  }
  const nodes = new DataView(new ArrayBuffer(16 * jump.length))
  const values = new Float32Array(jump.length)
  for (let node = 0; node < jump.length; node++) {
    const isLeaf = jump[node] === 0
    if (isLeaf) values[node] = leafValues[leafOf[node]]
    nodes.setFloat32(16 * node, isLeaf ? 0 : threshold(node), true)
    nodes.setInt32(16 * node + 4, isLeaf ? 0 : column(node), true)
    nodes.setInt32(16 * node + 8, isLeaf ? node : node + 1, true)
    nodes.setInt32(16 * node + 12, isLeaf ? node : node + jump[node], true)
  }
  return bytesOf(kinds.linked, facts, [nodes, values, treeStart.slice(0, trees), Int32Array.from(depths)])

  function depthOf(node) {
    return jump[node] === 0 ? 0 : 1 + Math.max(depthOf(node + 1), depthOf(node + jump[node]))
  }
}

/** Outputs are padded to whole tiles, and the next layer's inputs with them; a single one is not. */
function denseModel({ inputs, layers }, header) {
  if (inputs.some((input, i) => rawFeature(input) !== i) || layers.length > 8) return undefined
  const parts = []
  let width = header.features
  for (const { inputWidth, outputWidth, weights, bias, activation } of layers) {
    if (activation !== 'relu' && activation !== 'identity') return undefined
    const padded = outputWidth === 1 ? 1 : Math.ceil(outputWidth / tile) * tile
    const matrix = new Float32Array(width * padded)
    for (let i = 0; i < inputWidth; i++)
      for (let j = 0; j < outputWidth; j++) matrix[i * padded + j] = weights[i * outputWidth + j]
    const wide = new Float32Array(padded)
    wide.set(bias)
    parts.push(Int32Array.of(width, padded, activation === 'relu' ? 1 : 0), matrix, wide)
    width = padded
  }
  return bytesOf(kinds.dense, { ...header, parts: layers.length, depth: 0, mean: 0, base: 0, nodes: 0 }, parts)
}

function bytesOf(kind, { features, parts, depth, link, classes, mean, nodes, scale, base }, tables) {
  const header = Int32Array.of(kind, features, parts, depth, link, classes, mean, nodes)
  return Buffer.concat(
    [header, Float64Array.of(scale, base), ...tables].map((table) =>
      Buffer.from(table.buffer, table.byteOffset, table.byteLength),
    ),
  )
}

/** The largest float32 that is not above: a float32 input is at most the one exactly where it is at most the other. */
function floorToFloat32(value) {
  const rounded = Math.fround(value)
  if (!(rounded > value)) return rounded
  const bits = new Int32Array(Float32Array.of(rounded).buffer)
  if (rounded === 0) return -1.401298464324817e-45
  bits[0] += rounded > 0 ? -1 : 1
  return new Float32Array(bits.buffer)[0]
}
