// The message of an ended row has exactly the fields that are known of it.
import { expect, test } from 'vitest'
import { predictionMessage } from '../../src/runtime/prediction-message.ts'

const ended = { model: 'churn', version: '1.0.0', latencyMs: 2, requestId: 'r-1' }

test('says where an answer came from, and what failed', () => {
  expect(predictionMessage(ended, { source: 'cache' })).toStrictEqual({ ...ended, source: 'cache' })
  expect(predictionMessage(ended, { code: 'QUEUE_FULL' })).toStrictEqual({ ...ended, code: 'QUEUE_FULL' })
})

test('has no field for what is not known', () => {
  const message = predictionMessage({ ...ended, version: null, requestId: undefined }, { code: undefined })
  expect(message).toStrictEqual({ model: 'churn', version: null, latencyMs: 2 })
})
