// Which graphs could beat a kernel: those whose trip to a process, and ranks to look up before it, take less than the kernel.
import { expect, test } from 'vitest'
import { whatMayBeat } from '../../../src/backend/choice/graph-floor.ts'
import type { RegionGraph } from '../../../src/regions/region.ts'
import { createRandom, randomChain } from '../../helpers/random-regions.ts'
import { checked } from './fake-backends.ts'

const { graph: trees } = checked
const narrow = randomChain(createRandom(1), [4, 8, 1], 'relu')
const wide = randomChain(createRandom(2), [256, 256, 1], 'relu')
const all = (['cuda', 'webgpu', 'native', 'wasm', 'cpu'] as const).map((name) => ({ name }))
const far = ['cuda', 'webgpu', 'native']

/** With a kernel that takes `micros` for 512 rows. */
function namesFor(graph: RegionGraph, micros: number): string[] {
  const timings = [{ rowCount: 512, microsPerRow: micros / 512 }]
  const kernel = { name: 'kernel', available: true, reason: 'right', timings } as const
  return whatMayBeat(kernel, all, graph).map(({ name }) => name)
}

test('asks backends in other processes from the time of a trip on', () => {
  expect(namesFor(narrow, 79)).toEqual([])
  expect(namesFor(narrow, 81)).toEqual(far)
})

test('adds the ranks that trees read, row by row and column by column', () => {
  const ranks = trees.regions.find((region) => region.kind === 'ranks')
  const rankMicros = 512 * 0.005 * (ranks?.columns.length ?? NaN)
  expect(namesFor(trees, 80 + 0.9 * rankMicros)).toEqual([])
  expect(namesFor(trees, 80 + 1.1 * rankMicros)).toEqual(far)
})

test('asks graphs in this thread for wide layers alone', () => {
  expect(namesFor(wide, 10)).toEqual(['wasm', 'cpu'])
  expect(namesFor(wide, 1e6)).toEqual([...far, 'wasm', 'cpu'])
  expect(namesFor(trees, 1e6)).toEqual(far)
})

test('asks all where the kernel was not timed', () => {
  const kernel = { name: 'kernel', available: true, reason: 'right' } as const
  expect(whatMayBeat(kernel, all, trees)).toEqual(all)
})
