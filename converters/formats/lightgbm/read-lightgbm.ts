// The bytes of a LightGBM text file in; its header, trees and category lists, checked but not understood, out.

import { createError } from '../../../src/errors.ts'
import { lightgbmCorrupt, lightgbmLimitError, lightgbmLimits } from './lightgbm-limits.ts'
import { type LightgbmTree, readTree, treeKeys } from './read-tree.ts'
import { TextLines } from './text-lines.ts'

export type LightgbmDocument = {
  /** Lines before the first tree by key; a line without `=` has an empty value. */
  readonly header: ReadonlyMap<string, string>
  readonly trees: readonly LightgbmTree[]
  /** Settings of training, as the file repeats them at its end. */
  readonly parameters: ReadonlyMap<string, string>
  /** Categories of each pandas column of dtype category, in the order of their codes; undefined where there were none. */
  readonly pandasCategories: readonly (readonly unknown[])[] | undefined
}

/**
 * Reads what `Booster.save_model` of LightGBM 3 and 4 writes (src/boosting/gbdt_model_text.cpp, src/io/tree.cpp).
 * @throws FILE_CORRUPT, LIMIT_EXCEEDED; UNSUPPORTED for files of LightGBM 2
 */
export function readLightgbm(bytes: Uint8Array): LightgbmDocument {
  if (bytes.length > lightgbmLimits.byteLength) throw lightgbmLimitError('byteLength', bytes.length)
  const lines = new TextLines(bytes)
  if (!lines.next() || lines.text !== 'tree') throw lightgbmCorrupt('line 1', 'the word tree', lines.text)
  const header = readHeader(lines)
  const version = header.get('version')
  if (version !== 'v3' && version !== 'v4')
    throw createError(
      'UNSUPPORTED',
      `the LightGBM model: version=${(version ?? '').slice(0, 20)} of the file is not supported, v3 and v4 are. Load it in LightGBM 3 or 4 and save it again`,
    )
  const trees = readTrees(lines)
  return { header, trees, ...readRest(lines) }
}

function readHeader(lines: TextLines): Map<string, string> {
  const header = new Map<string, string>()
  while (lines.next()) {
    if (lines.isEmpty) continue
    const { key } = lines
    if (key === 'Tree' || key === 'end of trees') return header
    header.set(key, lines.valueAfter(key))
    if (header.size > lightgbmLimits.headerLineCount) throw lightgbmLimitError('headerLineCount', header.size)
  }
  throw lightgbmCorrupt('its end', 'trees after the header', `the end of the file at line ${lines.number}`)
}

/** `lines` stands at the first `Tree=`, and afterwards at `end of trees`. */
function readTrees(lines: TextLines): LightgbmTree[] {
  const trees: LightgbmTree[] = []
  let nodeCount = 0
  while (lines.key === 'Tree') {
    const name = `tree ${trees.length}`
    const number = lines.valueAfter('Tree')
    if (number !== String(trees.length)) throw lightgbmCorrupt(`line ${lines.number}`, name, `Tree=${number}`)
    if (trees.length === lightgbmLimits.treeCount) throw lightgbmLimitError('treeCount', trees.length + 1)
    const tree = readTree(treeLines(lines, name), name)
    nodeCount += 2 * tree.leafCount - 1
    if (nodeCount > lightgbmLimits.nodeCount) throw lightgbmLimitError('nodeCount', nodeCount)
    trees.push(tree)
  }
  if (trees.length === 0) throw lightgbmCorrupt(`line ${lines.number}`, 'at least one tree', 'none')
  return trees
}

function treeLines(lines: TextLines, name: string): Map<string, string> {
  const found = new Map<string, string>()
  while (lines.next()) {
    const { key } = lines
    if (key === 'Tree' || key === 'end of trees') return found
    if (!treeKeys.has(key)) continue
    if (found.has(key)) throw lightgbmCorrupt(`${name}, line ${lines.number}`, `one line ${key}`, 'a second one')
    found.set(key, lines.valueAfter(key))
  }
  throw lightgbmCorrupt(name, 'a line "end of trees" after it', 'the end of the file')
}

const pandasKey = 'pandas_categorical'

function readRest(lines: TextLines): Pick<LightgbmDocument, 'parameters' | 'pandasCategories'> {
  const parameters = new Map<string, string>()
  let pandasCategories: LightgbmDocument['pandasCategories']
  // Categories come last: a file that ends among the parameters has lost them.
  let isWhole = true
  while (lines.next()) {
    if (lines.key === 'parameters:') isWhole = false
    else if (lines.key === 'end of parameters') isWhole = true
    else if (lines.key.startsWith(`${pandasKey}:`)) pandasCategories = readPandas(lines.valueAfter(pandasKey))
    else if (lines.key.startsWith('[categorical_feature:')) {
      const [, value = ''] = /^\[categorical_feature:(.*)\]$/.exec(lines.text) ?? []
      parameters.set('categorical_feature', value.trim())
    }
  }
  if (!isWhole)
    throw lightgbmCorrupt('its end', 'a line "end of parameters"', `the end of the file at line ${lines.number}`)
  return { parameters, pandasCategories }
}

function readPandas(text: string): LightgbmDocument['pandasCategories'] {
  const where = pandasKey
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw createError('FILE_CORRUPT', `the LightGBM model, ${where}: expected JSON. Save it again`, { cause })
  }
  if (value === null) return undefined
  if (!Array.isArray(value) || !value.every((list: unknown): list is unknown[] => Array.isArray(list)))
    throw lightgbmCorrupt(where, 'a list of categories for each column', typeof value)
  return value.length === 0 ? undefined : value
}
