import { describe, expect, it } from 'vitest'
import type { PredictOptions } from '../../src/runtime/options.ts'
import { heldOut } from '../helpers/artifacts.ts'
import { createHandDrivenModel } from '../helpers/hand-driven-model.ts'

const { rows } = heldOut('telco_churn')

const wrong: readonly (readonly [option: string, options: unknown])[] = [
  ['options', null],
  ['options', 5],
  ['signal', { signal: {} }],
  ['signal', { signal: 'stop' }],
  ['timeoutMs', { timeoutMs: 0 }],
  ['timeoutMs', { timeoutMs: NaN }],
  ['timeoutMs', { timeoutMs: '50' }],
  ['priority', { priority: 'urgent' }],
  ['tenant', { tenant: 5 }],
  ['useCache', { useCache: 'yes' }],
  ['strict', { strict: 1 }],
  ['requestId', { requestId: 7 }],
  ['requestId', { requestId: '' }],
  ['requestId', { requestId: 'r'.repeat(257) }],
]

describe('options of predict', () => {
  it.each(wrong)('that cannot be are INPUT_INVALID naming the option: %s, %j', async (option, options) => {
    const { predictor, calls, endTurn } = await createHandDrivenModel()
    const expected = { code: 'INPUT_INVALID', message: expect.stringContaining(option) }
    await expect(predictor.predict(rows[0], options as PredictOptions)).rejects.toMatchObject(expected)
    // predictBatch rejects on abort and close alone
    expect(await predictor.predictBatch(rows.slice(0, 2), options as PredictOptions)).toMatchObject([
      expected,
      expected,
    ])
    await endTurn()
    expect(calls).toEqual([])
    expect(predictor.getHealth()).toMatchObject({ status: 'healthy', stats: { requests: 3, rejected: 3 } })
  })

  it('whose signal is aborted give its reason, also for a row that is wrong', async () => {
    const { predictor } = await createHandDrivenModel()
    const reason = { bye: true }
    const signal = AbortSignal.abort(reason)
    await expect(predictor.predict({ nonsense: 1 }, { signal })).rejects.toBe(reason)
    await expect(predictor.predictBatch([{ nonsense: 1 }], { signal })).rejects.toBe(reason)
  })
})
