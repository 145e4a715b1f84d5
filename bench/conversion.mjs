// How long does a conversion take, and how much memory? Boosted models as text, written by code: 1,000 trees of 31 leaves each.
// npm run build && node bench/conversion.mjs; `node bench/conversion.mjs name` is the process that converts one of them.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const trees = 1000
const leaves = 31
const features = 40
const codes = 200
/** Seconds, and MB of memory at most, of the whole process. */
const bars = { seconds: 3, megabytes: 500 }

const sources = {
  'LightGBM, numbers': () => ({ 'model.txt': lightgbm({ isCategorical: false }) }),
  'LightGBM, columns of 200 codes': () => ({ 'model.txt': lightgbm({ isCategorical: true }) }),
  'XGBoost, numbers': () => ({ 'model.json': xgboost() }),
}

const name = process.argv[2]
if (name === undefined) measure()
else await convertOne(name)

function measure() {
  let isSlow = false
  for (const source of Object.keys(sources)) {
    const { stdout, stderr, status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), source], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`${source}: ${stderr}`)
    const { seconds, megabytes, sourceMegabytes, artifactMegabytes } = JSON.parse(stdout)
    const isWithin = seconds <= bars.seconds && megabytes <= bars.megabytes
    isSlow ||= !isWithin
    console.log(
      `${source}: ${sourceMegabytes.toFixed(1)} MB of text to ${artifactMegabytes.toFixed(2)} MB in ${seconds.toFixed(2)} s, ` +
        `${megabytes.toFixed(0)} MB at most (bar ${bars.seconds} s, ${bars.megabytes} MB): ${isWithin ? 'within' : 'PAST IT'}`,
    )
  }
  process.exitCode = isSlow ? 1 : 0
}

/** The text is made before the clock starts; its memory counts, as that of a file that was read does. */
async function convertOne(source) {
  const files = Object.fromEntries(
    Object.entries(sources[source]()).map(([file, text]) => [file, new TextEncoder().encode(text)]),
  )
  const { convertModel } = await import('../dist/converters/index.js')
  const start = performance.now()
  const { report } = await convertModel(files)
  const seconds = (performance.now() - start) / 1000
  console.log(
    JSON.stringify({
      seconds,
      megabytes: process.resourceUsage().maxRSS / 1024,
      sourceMegabytes: Object.values(files)[0].length / 1e6,
      artifactMegabytes: report.bytes.artifact / 1e6,
    }),
  )
}

/** Park and Miller's generator: the same models every time. */
function createRandom(seed) {
  let state = seed
  return () => (state = (state * 48271) % 2147483647) / 2147483647
}

/** Inner nodes in the order in which leaves are split, as both libraries number them; leaves are negative, from −1 on. */
function drawTree(random) {
  const left = [-1]
  const right = [-2]
  for (let node = 1; node < leaves - 1; node++) {
    // the leaf that is split keeps its number on the left
    const leaf = -1 - Math.floor(random() * (node + 1))
    const at = left.indexOf(leaf)
    if (at >= 0) left[at] = node
    else right[right.indexOf(leaf)] = node
    left.push(leaf)
    right.push(-2 - node)
  }
  return { left, right }
}

function lightgbm({ isCategorical }) {
  const random = createRandom(7)
  const list = (count, draw) => Array.from({ length: count }, draw).join(' ')
  const words = Math.ceil(codes / 32)
  const parts = Array.from({ length: trees }, (_, tree) => {
    const { left, right } = drawTree(random)
    const inner = left.length
    const columns = left.map(() => Math.floor(random() * features))
    const isSet = columns.map((column) => isCategorical && column % 2 === 0)
    let sets = 0
    const thresholds = isSet.map((is) => (is ? sets++ : (random() * 100 - 50).toPrecision(17)))
    const counts = (count) => list(count, () => 1 + Math.floor(random() * 500))
    return [
      `Tree=${tree}`,
      `num_leaves=${leaves}`,
      `num_cat=${sets}`,
      `split_feature=${columns.join(' ')}`,
      `split_gain=${list(inner, () => (random() * 100).toPrecision(6))}`,
      `threshold=${thresholds.join(' ')}`,
      `decision_type=${isSet.map((is) => (is ? 1 : 2)).join(' ')}`,
      `left_child=${left.join(' ')}`,
      `right_child=${right.join(' ')}`,
      `leaf_value=${list(leaves, () => (random() * 0.02 - 0.01).toPrecision(17))}`,
      `leaf_weight=${list(leaves, () => (random() * 100).toPrecision(17))}`,
      `leaf_count=${counts(leaves)}`,
      `internal_value=${list(inner, () => (random() - 0.5).toPrecision(6))}`,
      `internal_weight=${list(inner, () => (random() * 100).toPrecision(6))}`,
      `internal_count=${counts(inner)}`,
      ...(sets > 0
        ? [
            `cat_boundaries=${Array.from({ length: sets + 1 }, (_, i) => i * words).join(' ')}`,
            `cat_threshold=${list(sets * words, () => Math.floor(random() * 2 ** 32))}`,
          ]
        : []),
      'is_linear=0',
      'shrinkage=0.1',
      '',
      '',
    ].join('\n')
  })
  const infos = Array.from({ length: features }, (_, column) =>
    isCategorical && column % 2 === 0 ? Array.from({ length: codes }, (__, code) => code).join(':') : '[-50:50]',
  )
  return [
    'tree',
    'version=v4',
    'num_class=1',
    'num_tree_per_iteration=1',
    'label_index=0',
    `max_feature_idx=${features - 1}`,
    'objective=binary sigmoid:1',
    `feature_names=${Array.from({ length: features }, (_, i) => `Column_${i}`).join(' ')}`,
    `feature_infos=${infos.join(' ')}`,
    `tree_sizes=${parts.map(({ length }) => length).join(' ')}`,
    '',
    ...parts,
    'end of trees',
    '',
    'pandas_categorical:null',
    '',
  ].join('\n')
}

function xgboost() {
  const random = createRandom(11)
  const made = Array.from({ length: trees }, (_, id) => {
    const { left, right } = drawTree(random)
    const inner = left.length
    const size = inner + leaves
    // leaves stand behind the inner nodes
    const place = (child) => (child < 0 ? inner - 1 - child : child)
    const whole = (children) => [...children.map(place), ...Array(leaves).fill(-1)]
    const parents = Array(size).fill(2147483647)
    left.forEach((child, node) => (parents[place(child)] = node))
    right.forEach((child, node) => (parents[place(child)] = node))
    const draw = (make) => Array.from({ length: size }, (__, node) => make(node))
    const float = (value) => Number(Math.fround(value).toPrecision(9))
    return {
      base_weights: draw(() => float(random() - 0.5)),
      categories: [],
      categories_nodes: [],
      categories_segments: [],
      categories_sizes: [],
      default_left: draw(() => (random() < 0.5 ? 1 : 0)),
      id,
      left_children: whole(left),
      loss_changes: draw(() => float(random() * 100)),
      parents,
      right_children: whole(right),
      split_conditions: draw((node) => float(node < inner ? random() * 100 - 50 : random() * 0.02 - 0.01)),
      split_indices: draw((node) => (node < inner ? Math.floor(random() * features) : 0)),
      split_type: draw(() => 0),
      sum_hessian: draw(() => float(1 + random() * 500)),
      tree_param: { num_deleted: '0', num_feature: String(features), num_nodes: String(size), size_leaf_vector: '0' },
    }
  })
  return JSON.stringify({
    learner: {
      attributes: {},
      feature_names: [],
      feature_types: [],
      gradient_booster: {
        model: {
          gbtree_model_param: { num_parallel_tree: '1', num_trees: String(trees), size_leaf_vector: '0' },
          tree_info: Array(trees).fill(0),
          trees: made,
        },
        name: 'gbtree',
      },
      learner_model_param: { base_score: '5E-1', num_class: '0', num_feature: String(features), num_target: '1' },
      objective: { name: 'binary:logistic', reg_loss_param: { scale_pos_weight: '1' } },
    },
    version: [1, 7, 6],
  })
}
