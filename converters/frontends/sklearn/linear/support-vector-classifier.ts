// A fitted SVC or NuSVC in; the decision of each pair of classes, and label, scores and probabilities made of them, out.

import type { ColumnRange, LabelTarget } from '../../../../src/artifact/head.ts'
import type { Scalar } from '../../../../src/artifact/schema.ts'
import { exactTable } from '../../../../src/regions/formula/table.ts'
import { readClasses } from '../class-labels.ts'
import { addDenseChain, transpose } from '../dense-output.ts'
import type { EstimatorReader } from '../estimator-reader.ts'
import { defineEstimator, type Predictor } from '../estimator-spec.ts'
import type { Column } from '../columns.ts'
import { unsupported } from '../place.ts'
import {
  decisionColumns,
  kernelColumns,
  linearColumns,
  linearDecision,
  type MachineContext,
} from './machine-decision.ts'
import { pairLayer } from './pair-layer.ts'
import { scoredClassifier } from './scored-classifier.ts'
import { machineIgnored, machineReads, readSupportMachine, type SupportMachine } from './support-machine.ts'

/** Source: sklearn/svm/_base.py of 1.9.1, `BaseSVC.predict`, `decision_function` and `predict_proba`. */
export const supportVectorClassifier = defineEstimator({
  names: ['SVC', 'NuSVC'],
  role: 'classifier',
  notes: 'kernels linear, poly, rbf and sigmoid; scores one-vs-one or one-vs-rest, ties broken or not, probabilities',
  reads: [
    ...machineReads,
    'classes_',
    '_n_support',
    'decision_function_shape',
    'break_ties',
    'probability',
    '_probA',
    '_probB',
  ],
  ignored: { ...machineIgnored, _effective_probability: 'probability and _probA say the same' },
  predict(reader, input, scope) {
    scope.builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
    const classes = readClasses(reader)
    if (classes.length < 2) throw reader.corrupt('classes_', 'two classes or more', `${classes.length}`)
    const machine = readSupportMachine(reader, input, classes.length)
    const counts = readCounts(reader, machine, classes.length)
    const platt = readPlatt(reader, machine)
    const context = { input, scope }
    return classes.length === 2
      ? binary({ machine, classes, platt, reader }, context)
      : multiclass({ machine, classes, counts, platt, reader }, context)
  },
})

type Parts = {
  readonly machine: SupportMachine
  readonly classes: readonly Scalar[]
  readonly platt: Platt | undefined
  readonly reader: EstimatorReader
}

/** scikit-learn turns the sign: above 0 is the second class. libsvm votes for the first above its 0, so a tie is the second. */
function binary({ machine, classes, platt, reader }: Parts, context: MachineContext): Predictor {
  const layer = linearDecision(machine, -1)
  if (layer !== undefined && platt === undefined) {
    const target = { builder: context.scope.builder, place: reader.place }
    return scoredClassifier(addDenseChain([layer], context.input, target), classes, { tie: 'second' })
  }
  const scores = decisionColumns(machine, context, -1)
  const label = { start: 0, width: 1, tie: 'second' } as const
  return predictorOf({ label: [], scores, probabilities: probabilityColumns(scores, classes, platt, context) }, () => ({
    classes,
    label,
  }))
}

function multiclass(
  { machine, classes, counts, platt, reader }: Parts & { readonly counts: readonly number[] },
  context: MachineContext,
): Predictor {
  const decisions = pairDecisions(machine, counts, context)
  const shape = reader.string('decision_function_shape')
  if (shape !== 'ovr' && shape !== 'ovo')
    throw unsupported(reader.place, `decision_function_shape=${shape}`, 'Supported are ovr and ovo.')
  const breaksTies = reader.valueOr('break_ties', false) === true
  if (breaksTies && shape === 'ovo')
    throw unsupported(
      reader.place,
      'break_ties with decision_function_shape=ovo',
      'scikit-learn refuses it too; use ovr.',
    )
  const votes = (operation: 'winner' | 'scores'): Column[] =>
    context.scope.builder.compute(
      { kind: 'pair-votes', inputs: decisions.map(({ ref }) => ref), operation, classes: classes.length },
      context.input.columns,
    )
  const scores = shape === 'ovr' ? votes('scores') : decisions
  const probabilities = probabilityColumns(decisions, classes, platt, context)
  return predictorOf({ label: breaksTies ? [] : votes('winner'), scores, probabilities }, (scoreRange) => ({
    classes,
    label: breaksTies ? scoreRange : { start: 0, width: 1, isIndex: true },
  }))
}

/** Columns in the order label, scores, probabilities. */
function predictorOf(
  { label, scores, probabilities }: Readonly<Record<'label' | 'scores' | 'probabilities', readonly Column[]>>,
  targetOf: (scores: ColumnRange) => Pick<LabelTarget, 'classes' | 'label'>,
): Predictor {
  const scoreRange = { start: label.length, width: scores.length }
  const rest = { start: label.length + scores.length, width: probabilities.length }
  const target = { ...targetOf(scoreRange), scores: scoreRange, ...(rest.width > 0 && { probabilities: rest }) }
  return {
    kind: 'classifier',
    output: [...label, ...scores, ...probabilities].map(({ ref }) => ref),
    head: { kind: 'labels', targets: [target] },
    outputs: rest.width > 0 ? ['label', 'probabilities', 'scores'] : ['label', 'scores'],
    classes: target.classes,
  }
}

function pairDecisions(machine: SupportMachine, counts: readonly number[], context: MachineContext): Column[] {
  if (machine.kernel.kernel === 'linear')
    return linearColumns(pairLayer(machine, counts), context.input.columns, context)
  const { coefficients, intercepts } = machine
  return context.scope.builder.compute(
    {
      kind: 'class-pairs',
      inputs: kernelColumns(machine, context).map(({ ref }) => ref),
      counts,
      coefficients: exactTable(transpose(coefficients), coefficients.rowCount),
      intercepts: exactTable(intercepts, intercepts.length),
    },
    context.input.columns,
  )
}

type Platt = { readonly slopes: Float64Array; readonly offsets: Float64Array }

function probabilityColumns(
  decisions: readonly Column[],
  classes: readonly Scalar[],
  platt: Platt | undefined,
  { input, scope }: MachineContext,
): Column[] {
  if (platt === undefined) return []
  const count = decisions.length
  // The one decision of two classes has the other sign here.
  const slopes = classes.length === 2 ? platt.slopes.map((slope) => -slope) : platt.slopes
  return scope.builder.compute(
    {
      kind: 'pair-probabilities',
      inputs: decisions.map(({ ref }) => ref),
      classes: classes.length,
      slopes: exactTable(slopes, count),
      offsets: exactTable(platt.offsets, count),
    },
    input.columns,
  )
}

/** Undefined where the model was fitted without: 1.9 writes "deprecated" then. */
function readPlatt(reader: EstimatorReader, { intercepts }: SupportMachine): Platt | undefined {
  const isAsked = reader.value('probability')
  if (isAsked !== true && isAsked !== 1) return undefined
  const slopes = reader.finiteNumbers('_probA')
  if (slopes.length === 0) return undefined
  const count = intercepts.length
  return { slopes: reader.finiteNumbers('_probA', count), offsets: reader.finiteNumbers('_probB', count) }
}

/** Support vectors of each class. */
function readCounts(reader: EstimatorReader, { vectors }: SupportMachine, classCount: number): number[] {
  const counts = Array.from(reader.finiteNumbers('_n_support', classCount))
  if (counts.every((count) => Number.isSafeInteger(count) && count >= 0)) {
    const sum = counts.reduce((total, count) => total + count, 0)
    if (sum === vectors.rowCount) return counts
  }
  throw reader.corrupt('_n_support', `counts that add up to ${vectors.rowCount}`, counts.join(', '))
}
