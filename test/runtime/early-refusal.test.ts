// In overload a caller is refused before the row is read; everyone else hears what he would hear without overload.

import { describe, expect, it } from 'vitest'
import { heldOut } from '../helpers/artifacts.ts'
import { createHandDrivenModel } from '../helpers/hand-driven-model.ts'

const { rows } = heldOut('telco_churn')

/** A queue of two rows that is full. */
async function createFull(options: Parameters<typeof createHandDrivenModel>[0] = {}) {
  const subject = await createHandDrivenModel({ caching: false, batching: { maxQueuedRows: 2 }, ...options })
  const waiting = rows.slice(0, 2).map((row) => subject.predictor.predict(row))
  return { ...subject, waiting }
}

/** Tells whether anything of it was read. */
function watchedRow() {
  let readCount = 0
  const row = new Proxy(rows[2], {
    get(target, name, receiver) {
      readCount++
      return Reflect.get(target, name, receiver) as unknown
    },
  })
  return { row, reads: () => readCount }
}

describe('a full queue', () => {
  it('refuses before the row is read, and counts and tells the refusal', async () => {
    const { predictor, waiting, endTurn } = await createFull()
    const { row, reads } = watchedRow()
    await expect(predictor.predict(row)).rejects.toMatchObject({ code: 'QUEUE_FULL', retryAfterMs: expect.any(Number) })
    expect(reads()).toBe(0)
    await endTurn()
    await Promise.all(waiting)
    expect(predictor.getHealth().stats).toMatchObject({ requests: 3, successes: 2, errors: 1 })
    expect(predictor.getHealth().stats.errorsByCode).toEqual({ QUEUE_FULL: 1 })
  })

  it.each([
    ['an option that cannot be', { priority: 'urgent' as 'high' }, { code: 'INPUT_INVALID' }],
    ['no options at all', null as unknown as object, { code: 'INPUT_INVALID' }],
    ['a deadline that is no number', { timeoutMs: Number.NaN }, { code: 'INPUT_INVALID' }],
  ])('says what is wrong with %s', async (_, options, expected) => {
    const { predictor, waiting, endTurn } = await createFull()
    await expect(predictor.predict(rows[2], options)).rejects.toMatchObject(expected)
    await endTurn()
    await Promise.all(waiting)
  })

  it('gives a caller who has left his own reason', async () => {
    const { predictor, waiting, endTurn } = await createFull()
    const reason = { any: 'value' }
    await expect(predictor.predict(rows[2], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    await endTurn()
    await Promise.all(waiting)
  })

  it('lets the cache answer what it has', async () => {
    const { predictor, endTurn } = await createHandDrivenModel({ batching: { maxQueuedRows: 2 } })
    const first = predictor.predict(rows[2], { useCache: true })
    await endTurn()
    await first
    const waiting = rows.slice(0, 2).map((row) => predictor.predict(row))
    expect((await predictor.predict(rows[2], { useCache: true })).source).toBe('cache')
    await expect(predictor.predict(rows[3], { useCache: true })).rejects.toMatchObject({ code: 'QUEUE_FULL' })
    await endTurn()
    await Promise.all(waiting)
  })
})
