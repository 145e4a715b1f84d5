// A fitted SVR or NuSVR in; its kernel and the sum over its support vectors out, a dense chain where the kernel is linear.

import { addDenseChain } from '../dense-output.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { regressorOf } from '../regressor.ts'
import { decisionColumns, linearDecision } from './machine-decision.ts'
import { machineIgnored, machineReads, readSupportMachine, unusedByOthers } from './support-machine.ts'

export const supportVectorRegressor = defineEstimator({
  names: ['SVR', 'NuSVR'],
  role: 'regressor',
  notes: 'kernels linear, poly, rbf and sigmoid',
  reads: machineReads,
  ignored: { ...machineIgnored, ...unusedByOthers },
  predict(reader, input, scope) {
    scope.builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
    const machine = readSupportMachine(reader, input)
    const layer = linearDecision(machine, 1)
    return regressorOf(
      layer === undefined
        ? decisionColumns(machine, { input, scope }, 1).map(({ ref }) => ref)
        : addDenseChain([layer], input, { builder: scope.builder, place: reader.place }),
    )
  },
})
