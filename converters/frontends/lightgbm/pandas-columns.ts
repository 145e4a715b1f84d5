// The header of a LightGBM file and pandas' lists of categories in; the feature that each list belongs to out.

import type { LightgbmDocument } from '../../formats/lightgbm/read-lightgbm.ts'
import { lightgbmCorrupt } from '../../formats/lightgbm/lightgbm-limits.ts'
import { unsupported } from './objective.ts'

/** Feature times list: the table that is filled to find them. */
const placeLimit = 2 ** 24

/**
 * The file has lists without features, in the order of their columns. Those of the parameter categorical_feature, or those
 * whose values are listed in feature_infos, have lists where there are as many; ordered categories are numeric features,
 * whose range must then be one of codes, and features of integers may be categorical without a list.
 * @throws UNSUPPORTED where lists could belong to several features; FILE_CORRUPT
 */
export function pandasColumns({ header, parameters, pandasCategories = [] }: LightgbmDocument): readonly number[] {
  const infos = (header.get('feature_infos') ?? '').split(' ')
  const featureCount = (header.get('feature_names') ?? '').split(' ').length
  const stated = (parameters.get('categorical_feature') ?? '').split(',').filter((part) => part !== '')
  const categorical = [
    stated.map(Number).sort((a, b) => a - b),
    infos.flatMap((info, i) => (/^-?\d+(:-?\d+)*$/.test(info) ? [i] : [])),
  ]
  const whole = categorical.find(({ length }) => length === pandasCategories.length)
  if (whole?.some((feature) => !Number.isInteger(feature) || feature < 0 || feature >= featureCount))
    throw lightgbmCorrupt('categorical_feature', `numbers of ${featureCount} features`, whole.join())
  if (whole !== undefined) return whole
  const known = new Set(categorical.find(({ length }) => length > 0))
  const sizes = pandasCategories.map(({ length }) => length)
  const isMore = sizes.length > known.size
  const options = infos.map((info, feature): PandasOption => {
    if (known.has(feature)) return { isNeeded: isMore, most: Math.max(...info.split(':').map(Number)) }
    return { isNeeded: false, most: isMore ? highestCode(info) : Infinity }
  })
  const found = infos.length * sizes.length > placeLimit ? undefined : onlyAssignment(options, sizes)
  if (found !== undefined && infos.length === featureCount) return found
  throw unsupported(
    `a pandas table with ${sizes.length} columns of dtype category, of which not all are categorical features, or not only they,`,
    'Several columns could be them: give ordered categories as numbers, and categorical_feature="auto", and train again.',
  )
}

type PandasOption = {
  readonly isNeeded: boolean
  /** A list with this code has it: the feature's highest code. */
  readonly most: number
}

/** Of `[0:2]`, where both are codes; `none` is a feature of one value. */
function highestCode(info: string): number {
  if (info === 'none') return 0
  const [, low, high] = /^\[(\d+):(\d+)\]$/.exec(info) ?? []
  return low === undefined ? Infinity : Number(high)
}

/** Lists in their order to features in theirs; undefined where there is no way, or more than one. */
function onlyAssignment(options: readonly PandasOption[], sizes: readonly number[]): number[] | undefined {
  // ways[f][l]: how the first l lists may belong to the first f features, 2 for more than one
  const ways = [Uint8Array.from({ length: sizes.length + 1 }, (_, lists) => (lists === 0 ? 1 : 0))]
  for (const { isNeeded, most } of options) {
    const before = ways[ways.length - 1]
    ways.push(
      before.map((without, lists) => {
        const own = lists > 0 && most < sizes[lists - 1] ? before[lists - 1] : 0
        return Math.min(2, (isNeeded ? 0 : without) + own)
      }),
    )
  }
  if (ways[options.length][sizes.length] !== 1) return undefined
  const found: number[] = []
  for (let feature = options.length - 1; found.length < sizes.length; feature--) {
    const lists = sizes.length - found.length
    const isWithout = !options[feature].isNeeded && ways[feature][lists] === 1
    if (!isWithout) found.push(feature)
  }
  return found.reverse()
}
