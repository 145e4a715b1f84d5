// A fitted OneClassSVM in; its score, and the label 1 inside and −1 outside, out.

import { addDenseChain } from '../dense-output.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { decisionColumns, linearDecision } from './machine-decision.ts'
import { scoredClassifier } from './scored-classifier.ts'
import { machineIgnored, machineReads, readSupportMachine, unusedByOthers } from './support-machine.ts'

/** Source: libsvm's svm.cpp as scikit-learn 1.9.1 has it, `predict_values`: inside where the decision is above 0. */
export const oneClassSvm = defineEstimator({
  names: ['OneClassSVM'],
  role: 'classifier',
  notes: 'label 1 inside and -1 outside, and the score; kernels linear, poly, rbf and sigmoid',
  reads: machineReads,
  ignored: { ...machineIgnored, ...unusedByOthers },
  predict(reader, input, scope) {
    scope.builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
    const machine = readSupportMachine(reader, input)
    const layer = linearDecision(machine, 1)
    const output =
      layer === undefined
        ? decisionColumns(machine, { input, scope }, 1).map(({ ref }) => ref)
        : addDenseChain([layer], input, { builder: scope.builder, place: reader.place })
    return scoredClassifier(output, [-1, 1])
  },
})
