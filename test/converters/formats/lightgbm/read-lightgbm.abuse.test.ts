// Files that LightGBM would not write in; which error says what is wrong out.
import { expect, it } from 'vitest'
import { foldRegions } from '../../../../converters/fold/fold-regions.ts'
import { lightgbmLimits } from '../../../../converters/formats/lightgbm/lightgbm-limits.ts'
import { readLightgbm } from '../../../../converters/formats/lightgbm/read-lightgbm.ts'
import { lightgbmToSourceModel } from '../../../../converters/frontends/lightgbm/to-source-model.ts'
import { isMLError } from '../../../../src/errors.ts'
import { type Lines, lightgbmText } from './lightgbm-text.ts'

function errorOf(bytes: Uint8Array): { readonly code: string; readonly message: string } {
  try {
    lightgbmToSourceModel(readLightgbm(bytes))
  } catch (error) {
    if (isMLError(error)) return error
    throw error
  }
  return { code: 'none', message: '' }
}

const linear: Lines = {
  is_linear: '1',
  leaf_const: '1 2',
  num_features: '0 1',
  leaf_features: '1',
  leaf_coeff: '0.5',
}

it.each<readonly [Lines, string, string]>([
  [{ leaf_value: '1' }, 'FILE_CORRUPT', 'tree 0, leaf_value: expected 2 numbers, got 1'],
  [{ leaf_value: '1 nan' }, 'FILE_CORRUPT', '"nan"'],
  [{ leaf_value: '1 inf' }, 'FILE_CORRUPT', 'finite numbers'],
  [{ left_child: '5' }, 'FILE_CORRUPT', 'left_child: expected nodes of a tree of 2 leaves, got 5'],
  [{ left_child: '0' }, 'FILE_CORRUPT', 'children between'],
  [{ left_child: '-3' }, 'FILE_CORRUPT', 'left_child'],
  [{ split_feature: '2' }, 'FILE_CORRUPT', 'split_feature: expected features below 2, got 2'],
  [{ split_feature: '0.5' }, 'FILE_CORRUPT', 'integers'],
  [{ decision_type: '12' }, 'FILE_CORRUPT', 'decision_type'],
  [{ decision_type: '1', threshold: '0' }, 'FILE_CORRUPT', 'cat_boundaries'],
  [{ num_cat: '1', cat_boundaries: '0 1', cat_threshold: '4294967296' }, 'FILE_CORRUPT', 'cat_threshold'],
  [{ num_cat: '1', cat_boundaries: '0 2', cat_threshold: '1' }, 'FILE_CORRUPT', 'cat_threshold'],
  [{ num_cat: '2', cat_boundaries: '0 2 1', cat_threshold: '1' }, 'FILE_CORRUPT', 'cat_boundaries'],
  [{ num_leaves: '0' }, 'FILE_CORRUPT', 'at least one leaf'],
  [{ num_leaves: '4294967295' }, 'FILE_CORRUPT', 'numbers'],
  [{ max_feature_idx: '0' }, 'FILE_CORRUPT', 'feature_names'],
  [{ max_feature_idx: '-1' }, 'FILE_CORRUPT', 'max_feature_idx'],
  [{ max_feature_idx: '1e9' }, 'LIMIT_EXCEEDED', 'featureCount'],
  [{ feature_names: 'a a' }, 'FILE_CORRUPT', 'distinct names'],
  [{ num_tree_per_iteration: '2' }, 'FILE_CORRUPT', 'multiple of 2'],
  [{ num_tree_per_iteration: '100000000' }, 'LIMIT_EXCEEDED', 'classCount'],
  [{ objective: 'binary sigmoid:x' }, 'FILE_CORRUPT', 'a number for sigmoid'],
  [{ objective: 'binary sigmoid:-1' }, 'FILE_CORRUPT', 'above 0'],
  [{ objective: 'multiclass num_class:3' }, 'FILE_CORRUPT', 'classes of multiclass'],
  [{ objective: '__proto__' }, 'UNSUPPORTED', '__proto__'],
  [{ is_linear: '1' }, 'FILE_CORRUPT', 'num_features: expected 2 numbers, got 0'],
  [{ ...linear, num_features: '1 1' }, 'FILE_CORRUPT', 'leaf_features: expected 2 numbers, got 1'],
  [{ ...linear, num_features: '4294967295 4294967295' }, 'FILE_CORRUPT', 'leaf_features'],
  [{ ...linear, leaf_features: '2' }, 'FILE_CORRUPT', 'features below 2, got 2'],
  [{ ...linear, leaf_coeff: 'inf' }, 'FILE_CORRUPT', 'finite numbers'],
  [{ ...linear, leaf_const: '1' }, 'FILE_CORRUPT', 'leaf_const: expected 2 numbers'],
  [{ version: 'v2' }, 'UNSUPPORTED', 'version=v2'],
])('refuses %j with %s', (changes, code, message) => {
  const error = errorOf(lightgbmText(changes))
  expect(error.code).toBe(code)
  expect(error.message).toContain(message)
})

it.each([
  ['a file that ends in the header', 'tree\nversion=v4\n'],
  ['no trees', 'tree\nversion=v4\nend of trees\n'],
  ['a file that ends in a tree', 'tree\nversion=v4\nTree=0\nnum_leaves=1\n'],
  ['trees out of order', 'tree\nversion=v4\nTree=1\nnum_leaves=1\nleaf_value=1\nend of trees\n'],
  ['a line of a tree twice', 'tree\nversion=v4\nTree=0\nnum_leaves=1\nnum_leaves=1\nend of trees\n'],
])('refuses %s as broken', (_, text) => {
  expect(errorOf(new TextEncoder().encode(text)).code).toBe('FILE_CORRUPT')
})

it.each([
  ['no JSON', '[["a"', 'FILE_CORRUPT'],
  ['no lists', '{"a": 1}', 'FILE_CORRUPT'],
  ['more lists than categorical features', '[["a"], ["b"], ["c"]]', 'UNSUPPORTED'],
])('refuses pandas categories that are %s', (_, json, code) => {
  expect(errorOf(lightgbmText({}, { end: `pandas_categorical:${json}\n` })).code).toBe(code)
})

it('reads behind the mark of UTF-8', () => {
  const bytes = lightgbmText()
  expect(readLightgbm(Uint8Array.of(0xef, 0xbb, 0xbf, ...bytes))).toEqual(readLightgbm(bytes))
})

it('refuses a file that ends among the parameters, behind which the categories were', () => {
  const end = 'parameters:\n[boosting: gbdt]\n'
  expect(errorOf(lightgbmText({}, { end })).message).toContain('end of parameters')
  expect(() => readLightgbm(lightgbmText({}, { end: `${end}end of parameters\n` }))).not.toThrow()
})

it('reads a huge category set once, however many nodes name it', () => {
  const inner = 3000
  const list = (valueOf: (node: number) => number | string, count = inner) =>
    Array.from({ length: count }, (_, i) => valueOf(i)).join(' ')
  const chain: Lines = {
    num_leaves: String(inner + 1),
    num_cat: '1',
    split_feature: list(() => 1),
    threshold: list(() => 0),
    decision_type: list(() => 1),
    left_child: list((node) => -node - 1),
    right_child: list((node) => (node + 1 < inner ? node + 1 : -inner - 1)),
    leaf_value: list(() => 1, inner + 1),
    leaf_count: '',
    cat_boundaries: '0 20000',
    cat_threshold: list(() => 4294967295, 20_000),
  }
  const before = process.cpuUsage()
  const { graph, schema } = lightgbmToSourceModel(readLightgbm(lightgbmText(chain)))
  foldRegions(graph, schema)
  // 640,000 codes at 3,000 nodes: minutes, if each node read them
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(10)
  const pandas = { treeCount: 13, end: 'pandas_categorical:[["a"]]\n' }
  expect(errorOf(lightgbmText({ ...chain, feature_infos: '[0:9] 0:1' }, pandas)).message).toContain('categoryCount')
})

it('refuses lines, headers and categories past their limits in linear time', () => {
  const long = new Uint8Array(lightgbmLimits.lineByteLength + 100).fill(0x41)
  long.set(new TextEncoder().encode('tree\nversion=v4\n'))
  expect(errorOf(long).message).toContain('lineByteLength')
  const keys = Array.from({ length: 1002 }, (_, i) => `k${i}=1\n`).join('')
  expect(errorOf(new TextEncoder().encode(`tree\n${keys}`)).message).toContain('headerLineCount')
})
