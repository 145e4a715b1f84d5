import { describe, expect, it } from 'vitest'
import type { KernelProgram } from '../../src/backend/kernel/kernel-program.ts'
import { timeDirect } from '../../src/runtime/time-direct.ts'

/** A kernel on a clock of its own, whose first runs are slow. */
function createSubject({
  msPerRow,
  firstMs = 0,
  blockRows = 256,
}: {
  msPerRow: number
  firstMs?: number
  blockRows?: number
}) {
  let nowMs = 0
  const runs: number[] = []
  const rows = new Float64Array(blockRows * 2)
  const program = {
    rows,
    blockRows,
    run(rowCount: number) {
      runs.push(rowCount)
      nowMs += rowCount * msPerRow + (runs.length <= 3 ? firstMs : 0)
      return false
    },
  } as unknown as KernelProgram
  const known = [Float64Array.of(1, 2), Float64Array.of(3, 4)]
  return { program, known, runs, rows, clock: { now: () => nowMs } }
}

describe('timeDirect', () => {
  it.each([0.0004, 0.02, 0.5])('measures runs of one row and of 32 at %d ms a row, compiled ones', (msPerRow) => {
    const { program, known, clock, rows } = createSubject({ msPerRow, firstMs: 2 })
    const measured = timeDirect(program, known, clock)
    expect(measured.map(({ rowCount }) => rowCount)).toEqual([1, 32])
    for (const { rowCount, ms } of measured) expect(ms / rowCount / msPerRow).toBeCloseTo(1, 6)
    // of real rows
    expect([...rows.subarray(0, 6)]).toEqual([1, 2, 3, 4, 1, 2])
  })

  it.each([0.001, 0.1, 1, 3, 20])(
    'takes milliseconds, or a few runs where a run takes longer: %d ms a row',
    (msPerRow) => {
      const { program, known, clock } = createSubject({ msPerRow })
      const measured = timeDirect(program, known, clock)
      expect(clock.now()).toBeLessThanOrEqual(2 * (30 + 1) + 3 * 20 + 3 * msPerRow)
      expect(measured).toHaveLength(msPerRow * 32 > 20 ? 1 : 2)
    },
  )

  it('ends where the clock stands still, and says nothing without rows', () => {
    const { program, known, runs } = createSubject({ msPerRow: 1 })
    expect(timeDirect(program, known, { now: () => 5 })).toEqual([
      { rowCount: 1, ms: 0 },
      { rowCount: 32, ms: 0 },
    ])
    expect(runs.length).toBeLessThan(5000)
    expect(timeDirect(program, [], { now: () => 5 })).toEqual([])
  })

  it('runs no more rows than a block has', () => {
    const { program, known, clock } = createSubject({ msPerRow: 0.001, blockRows: 16 })
    expect(timeDirect(program, known, clock).map(({ rowCount }) => rowCount)).toEqual([1])
  })
})
