// The public batching option: its defaults, and what it refuses.

import { describe, expect, it } from 'vitest'
import { type BatchingOptions, resolveBatchingOptions } from '../../src/batching/batching-options.ts'

describe('batching options', () => {
  it.each<[BatchingOptions | undefined, string, number, number, number]>([
    [undefined, 'adaptive', 1024, 10_000, 0],
    [{ strategy: 'adaptive', maxDelayMs: 9 }, 'adaptive', 1024, 10_000, 0],
    [{ strategy: 'time-window' }, 'time-window', 50, 10_000, 50],
    [{ strategy: 'time-window', maxRows: 8, maxDelayMs: 2.5 }, 'time-window', 8, 10_000, 2.5],
    [{ strategy: 'fixed-size' }, 'fixed-size', 50, 10_000, 500],
    [{ maxQueuedRows: 100 }, 'adaptive', 100, 100, 0],
  ])('resolve %j to strategy, limits and delay', (options, name, maxRows, maxQueuedRows, delayMs) => {
    const resolved = resolveBatchingOptions(options)
    expect(resolved.strategy).toMatchObject({ name, maxRows })
    expect(resolved.maxQueuedRows).toBe(maxQueuedRows)
    expect(resolved.strategy.leavesAtMs(1, 1000)).toBe(1000 + delayMs)
    expect(resolved.strategy.leavesAtMs(maxRows, 1000)).toBe(1000)
  })

  it.each<[unknown, RegExp]>([
    [{ strategy: 'clever' }, /batching.strategy must be one of adaptive, time-window, fixed-size, got "clever"/],
    [{ strategy: 'toString' }, /batching.strategy/],
    [{ maxRows: 0 }, /batching.maxRows must be a positive integer, got 0/],
    [{ maxRows: 2.5 }, /batching.maxRows/],
    [{ maxRows: '50' }, /batching.maxRows/],
    [{ maxQueuedRows: -1 }, /batching.maxQueuedRows/],
    [{ maxQueuedRows: Infinity }, /batching.maxQueuedRows/],
    [{ maxRows: 20, maxQueuedRows: 10 }, /batching.maxRows must be at most maxQueuedRows \(10\), got 20/],
    [{ strategy: 'time-window', maxDelayMs: -1 }, /batching.maxDelayMs must be a finite number from 0 on, got -1/],
    [{ strategy: 'time-window', maxDelayMs: Infinity }, /batching.maxDelayMs/],
    [{ strategy: 'time-window', maxDelayMs: '50' }, /batching.maxDelayMs/],
    [{ strategy: 'time-window', maxDelayMs: NaN }, /batching.maxDelayMs/],
    [{ maxrows: 5 }, /batching.maxrows is no option of batching; did you mean maxRows\?/],
    [{ maxQueueRows: 5 }, /did you mean maxQueuedRows\?/],
    [{ delay: 5 }, /batching.delay is no option of batching; it takes strategy, maxRows, maxDelayMs, maxQueuedRows/],
    [true, /batching must be false or an object of options, got true/],
    ['adaptive', /batching must be false or an object of options, got "adaptive"/],
    [null, /batching must be false or an object/],
    [[], /batching must be false or an object/],
  ])('refuse %j', (options, message) => {
    expect(() => resolveBatchingOptions(options as BatchingOptions)).toThrow(message)
    expect(() => resolveBatchingOptions(options as BatchingOptions)).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED' }),
    )
  })

  it('name the nearest option to programs as well', () => {
    expect(() => resolveBatchingOptions({ max_rows: 5 } as BatchingOptions)).toThrow(
      expect.objectContaining({ details: { option: 'batching.max_rows', nearest: 'maxRows' } }),
    )
  })
})
