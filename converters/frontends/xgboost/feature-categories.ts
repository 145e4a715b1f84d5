// Names of categories as XGBoost 3.1 and later stores them, and codes as trees test them, in; what each feature's code is out.

import type { Scalar } from '../../../src/artifact/schema.ts'
import { type BoosterValue, isBoosterList, isBoosterRecord } from '../../formats/xgboost/booster-value.ts'
import type { RecordReader } from './record-reader.ts'
import type { XgboostTree } from './stored-trees.ts'

export type FeatureCategories = {
  readonly dtype: 'number' | 'string'
  /** In the order of their codes where `isNamed`; else the codes themselves. */
  readonly categories: readonly Scalar[]
  /** True where the file knows the categories: XGBoost refuses others then. Else unknown codes go left everywhere. */
  readonly isNamed: boolean
  /** True where trees test the codes as numbers too. */
  readonly isNumber: boolean
  /** Numbers of codes that nodes know, ascending; undefined where every code that a node does not list goes left. */
  readonly knownCounts?: readonly number[]
}

/**
 * How many codes a node knows in XGBoost 1.6.0 to 1.7.2, by the bits of its set; where an unknown one goes is what
 * default_left says there, even of a code of training (`Decision` in src/common/categorical.h of 1.6).
 */
export function knownCodeCount(rightCodes: Float64Array): number {
  return 32 * Math.ceil((rightCodes.reduce((most, code) => Math.max(most, code), 0) + 1) / 32)
}

/**
 * By feature; undefined for numeric ones.
 * @throws FILE_CORRUPT
 */
export function readFeatureCategories(
  model: RecordReader,
  trees: readonly XgboostTree[],
  featureCount: number,
): (FeatureCategories | undefined)[] {
  const named = readNamed(model, featureCount)
  const { codes, numeric } = codesOf(trees)
  return Array.from({ length: featureCount }, (_, feature) => {
    const own = codes.get(feature)
    const names = named[feature]
    const isNumber = numeric.has(feature)
    if (names === undefined) {
      if (own === undefined) return undefined
      const plain = { dtype: 'number', categories: ascending(own.codes), isNamed: false, isNumber } as const
      return hasKnownCounts.test(model.version) ? { ...plain, knownCounts: ascending(own.knownCounts) } : plain
    }
    const outside = [...(own?.codes ?? [])].find((code) => code >= names.length)
    if (outside !== undefined) throw model.corrupt('trees', `codes below ${names.length} of feature ${feature}`)
    return { dtype: typeof names[0] === 'string' ? 'string' : 'number', categories: names, isNamed: true, isNumber }
  })
}

const hasKnownCounts = /^1\.(6\.\d+|7\.[012])$/

function ascending(numbers: ReadonlySet<number>): number[] {
  return [...numbers].sort((a, b) => a - b)
}

function codesOf(trees: readonly XgboostTree[]) {
  const codes = new Map<number, { readonly codes: Set<number>; readonly knownCounts: Set<number> }>()
  const numeric = new Set<number>()
  for (const { nodeCount, isLeaf, feature, rightCodes } of trees) {
    for (let node = 0; node < nodeCount; node++) {
      if (isLeaf(node)) continue
      const right = rightCodes.get(node)
      if (right === undefined) {
        numeric.add(feature[node])
        continue
      }
      const own = codes.get(feature[node]) ?? { codes: new Set(), knownCounts: new Set() }
      for (const code of right) own.codes.add(code)
      own.knownCounts.add(knownCodeCount(right))
      codes.set(feature[node], own)
    }
  }
  return { codes, numeric }
}

/** `cats.enc`: texts as UTF-8 bytes with their offsets, numbers as they are, nothing for numeric features. */
function readNamed(model: RecordReader, featureCount: number): readonly (readonly Scalar[] | undefined)[] {
  if (!model.has('cats')) return []
  const entries: BoosterValue | undefined = model.record('cats').value('enc')
  if (!isBoosterList(entries)) return []
  if (entries.length !== featureCount) throw model.corrupt('cats.enc', `a list of ${featureCount}`)
  return entries.map((entry, feature) => {
    const values = isBoosterRecord(entry) ? entry.get('values') : undefined
    if (!isBoosterRecord(entry) || !(values instanceof Float64Array))
      throw model.corrupt(`cats.enc`, `a record with values at ${feature}`)
    const offsets = entry.get('offsets')
    if (offsets === undefined ? values.length === 0 : offsets instanceof Float64Array && offsets.length < 2)
      return undefined
    if (
      offsets instanceof Float64Array &&
      cutsTexts.test(model.version) &&
      values.some((byte) => byte < 0 || byte > 127)
    )
      throw model.unsupported(
        `names of categories that are not ASCII (feature ${feature}), which this version writes cut off,`,
        'Train in XGBoost 3.4 or later, or on names in ASCII, or on numbers.',
      )
    const names: readonly Scalar[] | undefined =
      offsets instanceof Float64Array ? textsOf(values, offsets) : [...values]
    if (
      names === undefined ||
      names.length === 0 ||
      new Set(names).size !== names.length ||
      names.some((name) => Number.isNaN(name))
    )
      throw model.corrupt('cats.enc', `categories that differ at ${feature}`, 'others')
    return names
  })
}

const decoder = new TextDecoder()

/** Before 3.4 texts end where their count of letters does, not of bytes (`npstr_to_arrow_strarr` of _data_utils.py). */
const cutsTexts = /^3\.[123]\./

/** Undefined where the offsets do not cut `values` into parts. */
function textsOf(values: Float64Array, offsets: Float64Array): string[] | undefined {
  const bytes = Uint8Array.from(values)
  const texts: string[] = []
  for (let i = 1; i < offsets.length; i++) {
    if (!(offsets[i - 1] >= 0 && offsets[i - 1] <= offsets[i] && offsets[i] <= bytes.length)) return undefined
    texts.push(decoder.decode(bytes.subarray(offsets[i - 1], offsets[i])))
  }
  return texts
}
