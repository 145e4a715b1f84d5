import { expect, test } from 'vitest'
import { type GpuFacts, installOn } from './gpu-machine.ts'

test('prints the plan for a healthy machine', async () => {
  const { stdout, stderr, exitCode } = await installOn({}, { dryRun: true })
  expect(stdout).toMatchSnapshot()
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)
})

test('prints the plan and what is missing for a machine without a driver', async () => {
  const { stdout, exitCode } = await installOn({ smi: 'missing', libraries: [] }, { dryRun: true })
  expect(stdout).toMatchSnapshot()
  expect(exitCode).toBe(1)
})

const refusals: readonly (readonly [what: string, facts: GpuFacts, line: RegExp])[] = [
  ['no driver', { smi: 'missing', libraries: [] }, /NVIDIA driver: nvidia-smi is not found; install NVIDIA's driver/],
  ['an old driver', { smi: 'oldDriver' }, /NVIDIA driver: 470\.182\.03; update .* to 525\.60\.13 or later/],
  ['an old driver for the card', { smi: 'hopper' }, /NVIDIA driver: 550\.107\.02; NVIDIA H100 .* 555\.42\.02 or later/],
  ['an old card', { smi: 'maxwell' }, /CUDA card: 0: Quadro K620, .*too old; TensorFlow has code for .* 6\.0/],
  [
    'no room',
    { machine: { freeByteLength: () => Promise.resolve(3e9) } },
    /disk: 3\.0 GB free, 4\.7 GB needed; free 1\.7 GB more/,
  ],
  ['an old C library', { machine: { glibcVersion: () => '2.17' } }, /glibc: 2\.17; take a system with glibc 2\.27/],
  ['musl', { machine: { glibcVersion: () => undefined } }, /glibc: another C library, such as musl/],
  ['no compiler', { hasCompiler: false }, /C\+\+17 compiler: .*not found; install g\+\+/],
  ['another processor', { machine: { arch: 'arm64' } }, /platform: linux arm64; TensorFlow has CUDA .* x64 only/],
]

test.each(refusals)('ends in one clear line without fetching anything: %s', async (_what, facts, line) => {
  const { stderr, stdout, exitCode, programs } = await installOn(facts)
  const errors = stderr.split('\n').filter((text) => text.startsWith('error'))
  expect(errors.filter((text) => line.test(text))).toHaveLength(1)
  expect(stdout).toBe('')
  expect(exitCode).toBe(1)
  expect(programs).not.toContain('pip')
})
