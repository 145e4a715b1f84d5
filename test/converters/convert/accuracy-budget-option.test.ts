// Accuracy budgets that cannot be meant in; errors that name the option out.
import { expect, test } from 'vitest'
import { convertModel } from '../../../converters/index.ts'

test.each([
  [{ flips: -1 }, 'accuracyBudget.flips of convertModel must be a number of at least 0'],
  [{ flips: 0 }, 'accuracyBudget.flips of convertModel must be given together with calibration'],
  [{ metricLoss: 0.01 }, 'accuracyBudget.metricLoss of convertModel must be given together with evaluation'],
  [{ metricLoss: NaN }, 'accuracyBudget.metricLoss of convertModel must be a number of at least 0'],
  [{ loss: 0 }, 'accuracyBudget.loss of convertModel must be flips or metricLoss'],
  [[], 'accuracyBudget of convertModel must be an object with flips, metricLoss or both'],
])('refuses %j', async (accuracyBudget, text) => {
  const conversion = convertModel({}, { accuracyBudget } as never)
  await expect(conversion).rejects.toMatchObject({ code: 'INPUT_INVALID', message: expect.stringContaining(text) })
})
