// The widths of a network in, a uint8 artifact with random weights and rows with the float64 answers of its own tables out.

import { mulberry32 } from './random.mjs'

const dist = new URL('../dist/', import.meta.url)
const load = (path) => import(new URL(path, dist).href)

const { foldRegions } = await load('converters/fold/fold-regions.js')
const { quantizeRegions } = await load('converters/quantize/quantize-regions.js')
const { featureKnowledge } = await load('converters/quantize/feature-knowledge.js')
const { answerCheckRows, makeCheckRows } = await load('converters/check/check-rows.js')
const { assembleArtifact } = await load('converters/convert/artifact-parts.js')
const { createDecoder } = await load('src/rows/decode.js')
const { interpret } = await load('src/regions/interpret.js')
const { sha256Hex } = await load('src/artifact/sha256.js')

export function syntheticMlp(widths, rowCount = 512) {
  const random = mulberry32(1)
  const columns = (region, width) => Array.from({ length: width }, (_, column) => ({ region, column }))
  const [inputWidth, outputWidth] = [widths[0], widths.at(-1)]
  const layers = widths.slice(1).map((width, i) => ({
    inputWidth: widths[i],
    outputWidth: width,
    // He's scale keeps the activations of each layer near one
    weights: Float64Array.from({ length: widths[i] * width }, () => normal(random) * Math.sqrt(2 / widths[i])),
    bias: Float64Array.from({ length: width }, () => 0.1 * normal(random)),
    activation: i === widths.length - 2 ? 'identity' : 'relu',
  }))
  const classes = Array.from({ length: outputWidth }, (_, i) => i)
  const head = {
    kind: 'classifier',
    targets: [{ classes, start: 0, width: outputWidth, link: 'softmax' }],
    hasScores: false,
  }
  const schema = {
    features: Array.from({ length: inputWidth }, (_, i) => ({
      name: `x${i}`,
      dtype: 'number',
      used: true,
      missing: 'error',
    })),
    classes,
    outputs: ['label', 'probabilities'],
  }
  const graph = {
    regions: [
      { kind: 'input', width: inputWidth },
      { kind: 'dense-chain', inputs: columns(0, inputWidth), layers },
    ],
    output: columns(1, outputWidth),
  }
  const name = `mlp_${widths.join('_')}`
  const framework = { framework: 'synthetic', frameworkVersion: '1', estimator: 'MLPClassifier' }
  const source = { kind: 'classifier', schema, head, graph, source: framework }
  const folded = foldRegions(graph, schema)
  const quantized = quantizeRegions(folded, { mode: 'uint8', schema, head, firstLevel: 0, isJudged: false })
  const check = answerCheckRows(makeCheckRows(featureKnowledge(folded, schema)), {
    source: folded,
    stored: quantized.graph,
  })
  const identity = { name, version: '1.0.0', file: name, sha256: '0'.repeat(64) }
  const { files } = assembleArtifact(source, quantized, { identity, check, hash: sha256Hex })
  const rows = Array.from({ length: rowCount }, () => Array.from({ length: inputWidth }, () => normal(random)))
  const decode = createDecoder(head)
  // against the stored tables, since this asks whether a backend computes right, not what quantizing costs
  const predict_proba = rows.map((row) => decode(interpret(quantized.graph, row), 0).probabilities)
  return { name, files, rows, expected: { predict_proba } }
}

function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
