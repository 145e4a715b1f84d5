// What an install says that it needs, before it starts.
import { expect, test } from 'vitest'
import { cpuPlan } from '../../../src/cli/native/cpu-plan.ts'
import { describeFlavour } from '../../../src/cli/native/flavour-needs.ts'
import { neededByteLength, type WheelWork } from '../../../src/cli/native/install-plan.ts'
import type { PinnedWheel } from '../../../src/cli/native/pinned.ts'
import { createFakeInstall } from './fake-install.ts'

const slack = 64 * 2 ** 20

function work(byteLength: number, unpackedByteLength: number, done: Partial<WheelWork> = {}): WheelWork {
  const wheel = { byteLength, unpackedByteLength } as PinnedWheel
  return { wheel, isFetched: false, isUnpacked: false, ...done }
}

test.each<[string, readonly WheelWork[], number]>([
  ['nothing', [], 0],
  ['a wheel beside what is unpacked from it', [work(10, 30)], 40],
  ['the wheel that is at hand, with all that was unpacked before it', [work(10, 30), work(5, 20)], 55],
  ['a large wheel that is gone again when the next one comes', [work(50, 10), work(5, 10)], 60],
  ['no wheel that is there already', [work(10, 30, { isFetched: true })], 30],
  ['nothing of what is unpacked already', [work(10, 30, { isUnpacked: true }), work(5, 20)], 25],
])('the disk has to hold %s', (_title, wheels, byteLength) => {
  expect(neededByteLength(wheels)).toBe(slack + byteLength)
})

test.each(['x64', 'arm64'])(
  'the CPU flavour on %s is one wheel of under 300 MB, and packages that are all pinned',
  (arch) => {
    const plan = cpuPlan(arch, 'home')
    expect(plan?.wheels).toHaveLength(1)
    expect(plan?.downloadByteLength).toBeLessThan(300e6)
    expect(plan?.diskByteLength).toBeLessThan(1.3e9)
    for (const { sha256, fileName, pipPlatform } of plan?.wheels ?? []) {
      expect(sha256).toMatch(/^[0-9a-f]{64}$/)
      expect(fileName).toContain(pipPlatform)
    }
    for (const { integrity } of plan?.tarballs ?? []) expect(integrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/)
  },
)

test('a machine that can have it gets a plan for its own home', async () => {
  const { machine } = createFakeInstall().ports
  const { plan, platform } = await describeFlavour('cpu', machine)
  expect(platform).toMatchObject({ isMet: true, found: 'linux x64' })
  expect(plan?.home.startsWith(machine.env['TFJS_SERVING_CACHE'] ?? '-')).toBe(true)
})
