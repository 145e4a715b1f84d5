// What doctor says of this machine: every backend in order, asked on real rows.
import { expect, test } from 'vitest'
import { isAtLeast } from '../../src/cli/doctor/examine-machine.ts'
import type { DoctorReport } from '../../src/cli/doctor/doctor-report.ts'
import { doctorText } from '../../src/cli/doctor/doctor-text.ts'
import { runCommand } from './run-command.ts'

test('asks every backend that is there, and says honestly which are not', async () => {
  const { exitCode, stdout } = await runCommand(['doctor', '--json'])
  expect(exitCode).toBe(0)
  const report = JSON.parse(stdout) as DoctorReport
  expect(report).toMatchObject({ isFit: true, node: { isSupported: true }, library: { name: 'tfjs-serving' } })
  expect(report.backends.map(({ name }) => name)).toEqual(['cuda', 'webgpu', 'native', 'wasm', 'cpu', 'kernel'])
  for (const { isAvailable, isRight, microsPerRow, largestDifference, finding, timings } of report.backends) {
    expect(finding).not.toBe('')
    if (isAvailable) {
      expect(isRight).toBe(true)
      expect(largestDifference).toBeLessThan(0.01)
      expect(microsPerRow?.alone).toBeGreaterThan(0)
      expect(microsPerRow?.inBatch).toBeGreaterThan(0)
      expect(timings?.[0]).toEqual({ rowCount: 1, microsPerRow: expect.any(Number) as number })
    } else
      expect({ isRight, microsPerRow, largestDifference }).toEqual({
        isRight: null,
        microsPerRow: null,
        largestDifference: null,
      })
  }
  expect(report.backends.filter(({ isAvailable }) => isAvailable).map(({ name }) => name)).toContain('wasm')
  const remedies = Object.fromEntries(report.backends.map(({ name, remedy }) => [name, remedy]))
  expect(remedies).toMatchObject({
    webgpu: 'npm install webgpu@0.6.2 @tensorflow/tfjs-backend-webgpu@4.22.0',
    native: 'npx tfjs-serving native install',
  })
  expect(report).toMatchObject({ picked: 'kernel', why: expect.stringContaining('the kernel is') as string })
  expect(report.caches.map(({ name }) => name)).toEqual(['memory', 'redis'])
  expect(doctorText(report)).toMatch(
    /µs a row, runs of +1 +8 [^]*kernel( +[\d.e-]+){4}\ntaken by( +kernel){4}\n[^]*Fit to serve models/,
  )
}, 60_000)

test('shows the command that mends what is missing, and does not call an unfit machine fit', () => {
  const nothing = {
    package: null,
    library: null,
    device: null,
    isRight: null,
    largestDifference: null,
    microsPerRow: null,
  }
  const text = doctorText({
    library: { name: 'tfjs-serving', version: '0.1.0' },
    node: { version: '18.0.0', wanted: '>=20.19', isSupported: false },
    platform: { os: 'Linux', architecture: 'x64', processor: 'p', coreCount: 2, memoryByteLength: 1024 },
    backends: [{ ...nothing, name: 'wasm', isAvailable: false, finding: 'gone', remedy: 'npm install it' }],
    picked: null,
    why: null,
    caches: [],
    isFit: false,
  })
  expect(text).toMatch(/wasm +npm install it/)
  expect(text).toMatch(/NOT SUPPORTED[^]*NOT fit to serve models/)
})

test('says which backend takes batches of which size', () => {
  const base = {
    package: null,
    library: null,
    device: null,
    isRight: true,
    largestDifference: 0,
    microsPerRow: null,
    isAvailable: true,
    finding: 'right',
    remedy: null,
  }
  const timed = (...micros: number[]) =>
    micros.map((microsPerRow, i) => ({ rowCount: [1, 8, 64, 512][i], microsPerRow }))
  const text = doctorText({
    library: { name: 'tfjs-serving', version: '0.1.0' },
    node: { version: '22.0.0', wanted: '>=20.19', isSupported: true },
    platform: { os: 'Linux', architecture: 'x64', processor: 'p', coreCount: 2, memoryByteLength: 1024 },
    backends: [
      { ...base, name: 'native', timings: timed(120, 20, 3, 0.5) },
      { ...base, name: 'cpu', timings: timed(9000) },
      { ...base, name: 'kernel', timings: timed(2, 2, 2, 2) },
    ],
    picked: 'native',
    why: 'measured',
    kernelMaxRows: 181,
    caches: [],
    isFit: true,
  })
  const lines = text.split('\n').map((line) => line.trim().split(/ {2,}/))
  expect(lines).toEqual(
    expect.arrayContaining([
      ['µs a row, runs of', '1', '8', '64', '512'],
      ['native', '120', '20.0', '3.00', '0.500'],
      ['cpu', '9,000'],
      ['kernel', '2.00', '2.00', '2.00', '2.00'],
      ['taken by', 'kernel', 'kernel', 'kernel', 'native'],
    ]) as unknown,
  )
})

test.each([
  ['20.19.0', true],
  ['20.20.2', true],
  ['22.0.0', true],
  ['20.18.9', false],
  ['18.20.0', false],
])('takes Node %s for supported: %s', (version, isSupported) => {
  expect(isAtLeast(version, '>=20.19')).toBe(isSupported)
})
