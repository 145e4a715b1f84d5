// The lines of one tree in; its tables, checked for their lengths and ranges, out.

import { lightgbmCorrupt } from './lightgbm-limits.ts'
import { parseNumbers } from './text-lines.ts'

/** One tree as LightGBM stores it: inner node 0 is the root, a negative child `c` is leaf `~c`. */
export type LightgbmTree = {
  readonly leafCount: number
  /** Per inner node. */
  readonly feature: Float64Array
  /** Of a categorical node the number of its category set. */
  readonly threshold: Float64Array
  /** Bit 0 categorical, bit 1 missing goes left, bits 2 and 3 what is missing: none, zero or NaN. */
  readonly decision: Float64Array
  readonly left: Float64Array
  readonly right: Float64Array
  /** Per leaf, the learning rate multiplied in. */
  readonly leafValue: Float64Array
  /** Rows of training in each leaf; empty where the file does not say. */
  readonly leafCover: Float64Array
  /** Where the words of each category set start among `categoryWords`, and one entry more. */
  readonly categoryStart: Float64Array
  /** Words of 32 bits: the codes that go left. */
  readonly categoryWords: Float64Array
  /** Linear functions in the leaves, where the tree was grown with `linear_tree`. */
  readonly linear?: LinearLeaves
}

/** Leaf `l` gives `constant[l]` and its terms, which stand leaf after leaf; `leafValue` where one of their features is missing. */
export type LinearLeaves = {
  readonly constant: Float64Array
  /** Number of terms of each leaf. */
  readonly termCount: Float64Array
  /** Per term. */
  readonly feature: Float64Array
  readonly factor: Float64Array
}

/** Lines of a tree that are read; the others tell about training. */
export const treeKeys: ReadonlySet<string> = new Set([
  'num_leaves',
  'num_cat',
  'split_feature',
  'threshold',
  'decision_type',
  'left_child',
  'right_child',
  'leaf_value',
  'leaf_count',
  'cat_boundaries',
  'cat_threshold',
  'is_linear',
  'leaf_const',
  'num_features',
  'leaf_features',
  'leaf_coeff',
])

/** @throws FILE_CORRUPT */
export function readTree(lines: ReadonlyMap<string, string>, name: string): LightgbmTree {
  const reader = new TreeLines(lines, name)
  const leafCount = reader.count('num_leaves')
  if (leafCount < 1) throw lightgbmCorrupt(name, 'at least one leaf', String(leafCount))
  const inner = leafCount - 1
  const setCount = reader.count('num_cat')
  const categoryStart = setCount === 0 ? new Float64Array(1) : reader.integers('cat_boundaries', setCount + 1)
  const wordCount = categoryStart[setCount]
  if (categoryStart[0] !== 0 || categoryStart.some((start, i) => i > 0 && start < categoryStart[i - 1]))
    throw lightgbmCorrupt(`${name}, cat_boundaries`, 'ascending numbers from 0', categoryStart.slice(0, 4).join(' '))
  const covers = reader.integers('leaf_count')
  if (covers.length !== 0 && covers.length !== leafCount && leafCount > 1)
    throw lightgbmCorrupt(`${name}, leaf_count`, `${leafCount} numbers`, String(covers.length))
  return {
    leafCount,
    feature: reader.integers('split_feature', inner),
    threshold: reader.numbers('threshold', inner),
    decision: reader.integers('decision_type', inner),
    left: reader.children('left_child', inner),
    right: reader.children('right_child', inner),
    leafValue: reader.finite('leaf_value', leafCount),
    leafCover: covers.length === leafCount ? covers : new Float64Array(0),
    categoryStart,
    categoryWords: setCount === 0 ? new Float64Array(0) : reader.integers('cat_threshold', wordCount),
    ...(reader.count('is_linear') !== 0 && { linear: readLinear(reader, leafCount) }),
  }
}

function readLinear(reader: TreeLines, leafCount: number): LinearLeaves {
  const termCount = reader.integers('num_features', leafCount)
  const terms = termCount.reduce((sum, count) => sum + count, 0)
  return {
    constant: reader.finite('leaf_const', leafCount),
    termCount,
    feature: reader.integers('leaf_features', terms),
    factor: reader.finite('leaf_coeff', terms),
  }
}

class TreeLines {
  readonly #lines: ReadonlyMap<string, string>
  readonly #name: string

  constructor(lines: ReadonlyMap<string, string>, name: string) {
    this.#lines = lines
    this.#name = name
  }

  numbers(key: string, length?: number): Float64Array {
    const where = `${this.#name}, ${key}`
    const numbers = parseNumbers(this.#lines.get(key) ?? '', where)
    if (length === undefined || numbers.length === length) return numbers
    throw lightgbmCorrupt(where, `${length} numbers`, String(numbers.length))
  }

  finite(key: string, length: number): Float64Array {
    const numbers = this.numbers(key, length)
    const wrong = numbers.find((value) => !Number.isFinite(value))
    if (wrong === undefined) return numbers
    throw lightgbmCorrupt(`${this.#name}, ${key}`, 'finite numbers', String(wrong))
  }

  integers(key: string, length?: number): Float64Array {
    const numbers = this.numbers(key, length)
    const wrong = numbers.find((value) => !Number.isInteger(value) || value < 0 || value > 0xffff_ffff)
    if (wrong === undefined) return numbers
    throw lightgbmCorrupt(`${this.#name}, ${key}`, 'integers from 0 to 2^32 − 1', String(wrong))
  }

  /** Inner nodes by number, leaves as `~leaf`. */
  children(key: string, inner: number): Float64Array {
    const numbers = this.numbers(key, inner)
    const wrong = numbers.find((value) => !Number.isInteger(value) || value >= inner || value < -inner - 1)
    if (wrong === undefined) return numbers
    throw lightgbmCorrupt(`${this.#name}, ${key}`, `nodes of a tree of ${inner + 1} leaves`, String(wrong))
  }

  /** One number, 0 where the line is not there. */
  count(key: string): number {
    return this.integers(key, this.#lines.has(key) ? 1 : 0).at(0) ?? 0
  }
}
