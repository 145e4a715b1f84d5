import { describe, expect, it } from 'vitest'
import { modeOf } from '../../../converters/quantize/steps-ahead.ts'
import { exactTable } from '../../../src/regions/formula/table.ts'
import type { Region, RegionGraph } from '../../../src/regions/region.ts'

const input: Region = { kind: 'input', width: 2 }
const bias = exactTable(Float64Array.of(0, 0), 2)
const rotation: Region = {
  kind: 'linear',
  inputs: [0, 1].map((column) => ({ region: 0, column })),
  weights: exactTable(Float64Array.of(1, 2, 3, 4), 2),
  bias,
}

function graphOf(...behind: readonly Region[]): RegionGraph {
  const regions = [input, rotation, ...behind]
  return { regions, output: [{ region: regions.length - 1, column: 0 }] }
}

const inputs = [0, 1].map((column) => ({ region: 1, column }))
const bins: Region = { kind: 'map', inputs, functions: inputs.map(() => ({ name: 'sign' as const, settings: [] })) }
const smooth: Region = { kind: 'map', inputs, functions: inputs.map(() => ({ name: 'exp' as const, settings: [] })) }

describe('numbers whose results are compared behind them', () => {
  it('are not rounded where they are few', () => {
    for (const mode of ['uint8', 'uint16', 'float16', 'none'] as const)
      expect(modeOf(graphOf(bins), 1, mode, 8192)).toBe('none')
  })

  it('are words in place of bytes where they are many', () => {
    expect(modeOf(graphOf(bins), 1, 'uint8', 8193)).toBe('uint16')
    expect(modeOf(graphOf(bins), 1, 'float16', 8193)).toBe('float16')
  })

  it('are bytes as others where nothing compares them', () => {
    expect(modeOf(graphOf(smooth), 1, 'uint8', 10)).toBe('uint8')
    expect(modeOf(graphOf(smooth), 1, 'uint8', 10_000)).toBe('uint8')
  })

  it('are found behind regions in between', () => {
    const after = { ...bins, inputs: [0, 1].map((column) => ({ region: 2, column })) }
    expect(modeOf(graphOf(smooth, after), 1, 'uint8', 10)).toBe('none')
    expect(modeOf(graphOf(smooth, after), 3, 'uint8', 10)).toBe('uint8')
  })
})
