// A fitted estimator in; how much each of its columns counts, as selectors ask for it, out.

import { NdArray, PyObject, type PyValue } from '../../../formats/pickle/values.ts'
import { describeValue, toFlatNumbers, toMatrix, toNumbers } from '../estimator-reader.ts'
import { corruptAttribute, type Place, unsupported } from '../place.ts'
import { attributeAt, attributeOf } from './fitted-attributes.ts'
import { pairwiseSum } from './pairwise-sum.ts'
import { ensembleImportances, treeImportances } from './tree-importances.ts'

type Context = { readonly width: number; readonly place: Place }

/** A vector, or [targets, columns]. */
export type Importances = { readonly values: Float64Array; readonly rowCount: number | undefined }

/** @param getter `auto`, or the path of an attribute. Source: scikit-learn 1.9, feature_selection/_base.py, `_get_feature_importances` */
export function importancesOf(estimator: PyValue, getter: string, context: Context): Importances {
  const path = getter.split('.')
  const last = path.at(-1) ?? ''
  const holder = path.length > 1 ? attributeAt(estimator, path.slice(0, -1).join('.')) : estimator
  const found =
    getter === 'auto'
      ? (coefficients(estimator, context) ?? computed(estimator, context))
      : last === 'feature_importances_'
        ? computed(holder, context)
        : last === 'coef_'
          ? coefficients(holder, context)
          : toImportances(attributeAt(estimator, getter))
  if (found === undefined) throw notFound(estimator, getter, context)
  const { values, rowCount = 1 } = found
  if (values.length === context.width * rowCount) return found
  throw corruptAttribute(context.place, getter, `${context.width} columns`, `${values.length / rowCount}`)
}

function notFound(estimator: PyValue, getter: string, { place }: Context): Error {
  return unsupported(
    place,
    `selecting by ${getter === 'auto' ? 'what counts' : getter} in ${describeValue(estimator)}`,
    'Supported are stored coefficients, trees and forests; for others, put the support into a ColumnTransformer by index.',
  )
}

function toImportances(value: PyValue | undefined): Importances | undefined {
  if (!(value instanceof NdArray) || value.shape.length > 2 || value.shape.length === 0) return undefined
  const values = toFlatNumbers(value)
  return values && { values, rowCount: value.shape.length === 2 ? value.shape[0] : undefined }
}

function coefficients(estimator: PyValue | undefined, { place }: Context): Importances | undefined {
  const stored = toImportances(attributeOf(estimator, 'coef_'))
  if (stored !== undefined || attributeOf(estimator, 'kernel') !== 'linear') return stored
  // support vector machines compute theirs; of more than two classes, a row a pair
  const dual = attributeOf(estimator, 'dual_coef_')
  const vectors = attributeOf(estimator, 'support_vectors_')
  if (!(dual instanceof NdArray) || !(vectors instanceof NdArray) || dual.shape[0] !== 1) return undefined
  const [alpha, x] = [toMatrix(dual, place, 'dual_coef_'), toMatrix(vectors, place, 'support_vectors_')]
  if (alpha.columnCount !== x.rowCount)
    throw corruptAttribute(place, 'dual_coef_', `${x.rowCount} numbers`, `${alpha.columnCount}`)
  const values = new Float64Array(x.columnCount)
  for (let i = 0; i < x.rowCount; i++)
    for (let j = 0; j < x.columnCount; j++) values[j] += alpha.values[i] * x.values[i * x.columnCount + j]
  return { values, rowCount: 1 }
}

/** `feature_importances_`, which trees compute when they are asked. */
function computed(estimator: PyValue | undefined, context: Context): Importances | undefined {
  const stored = toImportances(attributeOf(estimator, 'feature_importances_'))
  if (stored !== undefined || !(estimator instanceof PyObject)) return stored
  const vector = (values: Float64Array): Importances => ({ values, rowCount: undefined })
  if (/^(Decision|Extra)Tree(Classifier|Regressor)$/.test(estimator.name))
    return vector(treeImportances(estimator, context))
  const members = treesIn(attributeOf(estimator, 'estimators_'))
  if (members === undefined) return undefined
  if (/^(RandomForest|ExtraTrees)(Classifier|Regressor)$/.test(estimator.name))
    return vector(ensembleImportances(members, { ...context, counts: 'shares' }))
  if (/^GradientBoosting(Classifier|Regressor)$/.test(estimator.name))
    return vector(ensembleImportances(members, { ...context, counts: 'decreases' }))
  if (/^AdaBoost(Classifier|Regressor)$/.test(estimator.name)) return vector(weighted(estimator, members, context))
  return undefined
}

function treesIn(value: PyValue | undefined): readonly PyValue[] | undefined {
  if (Array.isArray(value)) return value
  return value instanceof NdArray && value.kind === 'O' ? (value.values as PyValue[]) : undefined
}

/** scikit-learn 1.9, ensemble/_weight_boosting.py, `feature_importances_`. */
function weighted(estimator: PyObject, members: readonly PyValue[], context: Context): Float64Array {
  const weights = toNumbers(attributeOf(estimator, 'estimator_weights_'))
  if (weights === undefined || weights.length < members.length)
    throw corruptAttribute(context.place, 'estimator_weights_', `${members.length} numbers`, `${weights?.length}`)
  const sum = new Float64Array(context.width)
  members.forEach((member, i) => {
    const { values } = importancesOf(member, 'feature_importances_', context)
    for (let j = 0; j < sum.length; j++) sum[j] += weights[i] * values[j]
  })
  const total = pairwiseSum(weights)
  return sum.map((value) => value / total)
}
