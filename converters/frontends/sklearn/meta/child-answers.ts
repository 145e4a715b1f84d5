// What an estimator inside another one predicts in; columns of what its scikit-learn methods answer out.

import type { ClassifierTarget, ColumnRange, LabelTarget } from '../../../../src/artifact/head.ts'
import type { Scalar } from '../../../../src/artifact/schema.ts'
import type { ColumnRef } from '../../../../src/regions/region.ts'
import type { Predictor } from '../estimator-spec.ts'
import { type Place, unsupported } from '../place.ts'
import type { FormulaColumns } from './formula-columns.ts'

/** One target. Columns are added to the graph when they are asked for. */
export type ChildAnswers = {
  /** As `classes_` of the child has them: integers where its parent encoded the labels. */
  readonly classes: readonly Scalar[]
  readonly hasProbabilities: boolean
  readonly hasScores: boolean
  /** predict_proba: one column a class. */
  probabilities(): ColumnRef[]
  /** decision_function: one column for two classes, else one a class. */
  scores(): ColumnRef[]
  /** predict: 1 in the column of the label's class, 0 elsewhere. */
  votes(): ColumnRef[]
}

/** @throws UNSUPPORTED where the child is no classifier of one target */
export function classifierAnswers(child: Predictor, formulas: FormulaColumns, place: Place): ChildAnswers {
  const { head, output, hasDecisionFunction = true } = child
  const part = ({ start, width }: ColumnRange): ColumnRef[] => output.slice(start, start + width)
  if (head.kind === 'classifier' && head.targets.length === 1) {
    const [target] = head.targets
    return ofClassifier(target, part(target), { formulas, place, hasScores: head.hasScores && hasDecisionFunction })
  }
  if (head.kind === 'labels' && head.targets.length === 1) return ofLabels(head.targets[0], part, { formulas, place })
  throw unsupported(place, `a ${child.kind} of several targets inside`, 'Supported are classifiers of one target.')
}

/** predict of a regressor: one column a target. @throws UNSUPPORTED where the child is none */
export function regressorValues({ head, output }: Predictor, formulas: FormulaColumns, place: Place): ColumnRef[] {
  if (head.kind !== 'regressor')
    throw unsupported(place, `a ${head.kind} where a regressor is read`, 'Use a regressor.')
  return head.link === 'exp' ? formulas.map(output, 'exp') : [...output]
}

/** predict as numbers: values of a regressor, or class labels that are numbers. */
export function predictedNumbers(child: Predictor, formulas: FormulaColumns, place: Place): ColumnRef[] {
  if (child.head.kind === 'regressor') return regressorValues(child, formulas, place)
  const answers = classifierAnswers(child, formulas, place)
  const numbers = answers.classes.map((label) => {
    if (typeof label === 'string')
      throw unsupported(place, 'text labels that a later step reads as numbers', 'Encode the labels as numbers.')
    return Number(label)
  })
  return formulas.linear(answers.votes(), numbers, [0])
}

type Context = { readonly formulas: FormulaColumns; readonly place: Place; readonly hasScores: boolean }

function ofClassifier(target: ClassifierTarget, raw: ColumnRef[], context: Context): ChildAnswers {
  const { classes, link, tie = 'first' } = target
  const { formulas, place, hasScores } = context
  const scale = target.scale ?? 1
  const scaled = (): ColumnRef[] => (scale === 1 ? raw : formulas.map(raw, 'affine', scale, 0))
  const isOneColumn = classes.length === 2 && raw.length === 1
  const above = (threshold: number): ColumnRef[] => {
    const margin = link === 'sigmoid' ? scaled() : raw
    return formulas.withComplement(formulas.map(margin, tie === 'second' ? 'at-least' : 'above', threshold))
  }
  return {
    classes,
    hasProbabilities: true,
    hasScores,
    probabilities() {
      switch (link) {
        case 'identity':
          return isOneColumn ? formulas.withComplement(raw) : raw
        case 'sigmoid':
          return formulas.withComplement(formulas.map(scaled(), 'sigmoid'))
        case 'softmax':
          return formulas.groups(raw, 'softmax', raw.length)
        case 'ovr-sigmoid':
          return formulas.groups(formulas.map(raw, 'sigmoid'), 'share', raw.length)
        case 'each-sigmoid':
          return formulas.map(scaled(), 'sigmoid')
      }
    },
    scores: () => (hasScores ? raw : withoutScores(place)),
    votes: () => (isOneColumn ? above(link === 'sigmoid' ? 0 : 0.5) : largest(raw, tie, formulas)),
  }
}

function ofLabels(
  { classes, label, probabilities, scores }: LabelTarget,
  part: (range: ColumnRange) => ColumnRef[],
  { formulas, place }: Omit<Context, 'hasScores'>,
): ChildAnswers {
  return {
    classes,
    hasProbabilities: probabilities !== undefined,
    hasScores: scores !== undefined,
    probabilities: () => (probabilities === undefined ? withoutProbabilities(place) : part(probabilities)),
    scores: () => (scores === undefined ? withoutScores(place) : part(scores)),
    votes() {
      const columns = part(label)
      if (label.width > 1) return largest(columns, label.tie, formulas)
      if (label.isIndex === true) return classes.map((_, number) => formulas.map(columns, 'equals', number)[0])
      if (classes.length === 1) return formulas.constants([1])
      const name = label.tie === 'second' ? 'at-least' : 'above'
      return formulas.withComplement(formulas.map(columns, name, label.threshold ?? 0))
    },
  }
}

/** 1 where the largest is; of equal ones the first, or with `second` the last. */
export function largest(columns: readonly ColumnRef[], tie: 'first' | 'second' = 'first', formulas: FormulaColumns) {
  if (tie === 'first') return formulas.groups(columns, 'one-hot-max', columns.length)
  return formulas.groups(columns.toReversed(), 'one-hot-max', columns.length).toReversed()
}

function withoutProbabilities(place: Place): never {
  throw unsupported(place, 'predict_proba of an estimator that has none', 'Use one that gives probabilities.')
}

function withoutScores(place: Place): never {
  throw unsupported(place, 'decision_function of an estimator that has none', 'Use one that gives scores.')
}
