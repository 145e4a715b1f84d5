import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import type { NvidiaProblem } from '../../../src/backend/host/nvidia-cards.ts'
import { findNvidiaCards, type RunSmi, type SmiResult } from '../../../src/backend/host/nvidia-smi.ts'
import { answerAs, type SmiOutputName } from './nvidia-smi-outputs.ts'

const find = (name: SmiOutputName) => findNvidiaCards({ run: async (command) => answerAs(name)(command) })
const findText = (stdout: string, exitCode = 0) =>
  findNvidiaCards({ run: async (): Promise<SmiResult> => ({ kind: 'exited', exitCode, stdout, stderr: '' }) })
const folders: string[] = []

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

test('lists one card with memory, driver and capability', async () => {
  expect(await find('oneCard')).toEqual({
    kind: 'cards',
    cards: [
      {
        index: 0,
        name: 'Tesla T4',
        uuid: 'GPU-39cd9454-0976-646a-acef-01a35ad02034',
        memoryByteLength: 15360 * 2 ** 20,
        freeByteLength: 15095 * 2 ** 20,
        driverVersion: '570.86.15',
        computeCapability: '7.5',
        isDivided: false,
      },
    ],
  })
})

test('lists several cards in the order of the bus', async () => {
  const finding = await find('twoCards')
  expect(
    finding.kind === 'cards' && finding.cards.map(({ name, computeCapability }) => [name, computeCapability]),
  ).toEqual([
    ['NVIDIA TITAN V', '7.0'],
    ['NVIDIA RTX 5880 Ada Generation', '8.9'],
  ])
})

test.each(['divided', 'sharedMemory'] as const)('leaves out the memory that nobody tells: %s', async (name) => {
  const finding = await find(name)
  const card = finding.kind === 'cards' ? finding.cards[0] : undefined
  expect(card).toMatchObject({ index: 0, isDivided: name === 'divided' })
  expect(card).not.toHaveProperty('memoryByteLength')
  expect(card).not.toHaveProperty('freeByteLength')
})

test.each([
  ['oldDriver', '470.182.03'],
  ['oldTool', '580.95.05'],
] as const)('asks for less where the tool does not know the capability: %s', async (name, driverVersion) => {
  const finding = await find(name)
  expect(finding).toMatchObject({ kind: 'cards', cards: [{ driverVersion, isDivided: false }] })
  expect(finding.kind === 'cards' && finding.cards[0]).not.toHaveProperty('computeCapability')
})

const failures: readonly (readonly [SmiOutputName, NvidiaProblem, string, string])[] = [
  ['missing', 'no-tool', 'nvidia-smi is not found', 'install NVIDIA’s driver'],
  ['noDriver', 'no-driver', "couldn't communicate with the NVIDIA driver", 'reboot'],
  ['noLibrary', 'no-library', "couldn't find libnvidia-ml.so", 'NVIDIA_DRIVER_CAPABILITIES=compute,utility'],
  ['mismatch', 'version-mismatch', 'Driver/library version mismatch NVML library version: 550.144', 'reboot'],
  ['noDevices', 'no-cards', 'No devices were found', 'lspci'],
  ['noPermission', 'no-permission', 'Insufficient Permissions', '--gpus all'],
  ['lostByContainer', 'no-permission', 'Unknown Error', '--gpus all'],
  ['lostCard', 'card-lost', 'GPU0000:65:00.0', 'reboot'],
]

test.each(failures)('names the problem and what mends it: %s', async (name, problem, text, remedy) => {
  const finding = await find(name)
  expect(finding).toMatchObject({ kind: 'none', problem })
  if (finding.kind !== 'none') return
  expect(finding.text).toContain(text)
  expect(finding.text).not.toContain('\n')
  expect(finding.remedy.replace("'", '’')).toContain(remedy)
})

test.each([
  [9, 'no-driver'],
  [12, 'no-library'],
  [6, 'no-cards'],
  [15, 'card-lost'],
  [4, 'no-permission'],
  [1, 'unknown'],
] as const)('goes by the exit code %i where the words are new', async (exitCode, problem) => {
  expect(await findText('words that nobody has seen yet', exitCode)).toMatchObject({ kind: 'none', problem })
})

test('keeps the cards that can be read where others fail', async () => {
  const row = '1, Tesla T4, GPU-e1912edd-d305-14af-8049-dbe52736997c, 15360, 570.86.15, 7.5, 15095, [N/A]'
  const text = `Unable to determine the device handle for GPU0000:65:00.0: Unknown Error\n${row}\nWARNING: infoROM is corrupted at gpu 0000:3B:00.0\n`
  expect(await findText(text, 14)).toMatchObject({ kind: 'cards', cards: [{ index: 1, name: 'Tesla T4' }] })
})

test('takes a name with commas, and no row with less than all fields', async () => {
  const text = '0, Card, 80 GB, fast, GPU-1, 1024, 570.86.15, 8.0, 1000, Disabled\n1, Tesla T4, GPU-2, 15360\n'
  expect(await findText(text)).toMatchObject({ kind: 'cards', cards: [{ name: 'Card, 80 GB, fast', uuid: 'GPU-1' }] })
})

test('lets nothing through that would act on a terminal or as another setting', async () => {
  const name = `0, \u001b[2JCard\u202e, GPU-1, 1024, 570.86.15, 8.0, 1000, Disabled`
  expect(await findText(name)).toMatchObject({ cards: [{ name: '[2JCard' }] })
  for (const uuid of ['GPU-1;rm', '0', '', `GPU-${'a'.repeat(101)}`])
    expect(await findText(`0, Card, ${uuid}, 1024, 570.86.15, 8.0, 1000, Disabled`)).toMatchObject({ kind: 'none' })
  for (const version of ['latest', '570', '1e3', '570.'])
    expect(await findText(`0, Card, GPU-1, 1024, ${version}, 8.0, 1000, Disabled`)).toMatchObject({ kind: 'none' })
})

test.each(['', '\n\n', ',,,,,,,', '-1, a, GPU-1, 1, 1.1, 1.1, 1, 1', '\0'.repeat(5000)])(
  'calls %j unknown',
  async (text) => {
    const finding = await findText(text)
    expect(finding).toMatchObject({ kind: 'none', problem: 'unknown' })
    expect(finding.kind === 'none' && finding.text.length).toBeLessThanOrEqual(200)
  },
)

test('finds the tool of a Linux guest of Windows', async () => {
  const programs: string[] = []
  const run: RunSmi = async ([program, query]) => {
    programs.push(program)
    return program.startsWith('/usr/lib/wsl') ? answerAs('oneCard')(['nvidia-smi', query ?? '']) : { kind: 'missing' }
  }
  expect(await findNvidiaCards({ run })).toMatchObject({ kind: 'cards' })
  expect(programs).toEqual(['nvidia-smi', '/usr/lib/wsl/lib/nvidia-smi'])
})

test('gives up after ten seconds, and ends the tool', async () => {
  vi.useFakeTimers()
  let wasEnded = false
  const run: RunSmi = (_command, { signal }) =>
    new Promise(() => signal.addEventListener('abort', () => (wasEnded = true)))
  const finding = findNvidiaCards({ run })
  await vi.advanceTimersByTimeAsync(9_999)
  expect(wasEnded).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(await finding).toMatchObject({ kind: 'none', problem: 'timed-out', text: 'no answer of nvidia-smi in 10 s' })
  expect(wasEnded).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
})

test('ends with the reason of its caller, and leaves no timer', async () => {
  vi.useFakeTimers()
  const controller = new AbortController()
  const reason = new Error('enough')
  const finding = findNvidiaCards({ run: () => new Promise(() => {}), signal: controller.signal })
  controller.abort(reason)
  await expect(finding).rejects.toBe(reason)
  await expect(findNvidiaCards({ signal: controller.signal })).rejects.toBe(reason)
  expect(vi.getTimerCount()).toBe(0)
})

test('says what ended the tool', async () => {
  const run: RunSmi = async () => ({ kind: 'killed', signalName: 'SIGSEGV' })
  expect(await findNvidiaCards({ run })).toMatchObject({ problem: 'unknown', text: 'nvidia-smi was ended by SIGSEGV' })
})

test('runs the real program, reads what it writes, and takes its absence for an answer', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-serving-smi-'))
  folders.push(folder)
  vi.stubEnv('PATH', folder)
  expect(await findNvidiaCards()).toMatchObject({ kind: 'none', problem: 'no-tool' })
  const tool = join(folder, 'nvidia-smi')
  writeFileSync(tool, '#!/bin/sh\nprintf "Failed to initialize NVML: Driver/library version mismatch\\n"\nexit 18\n')
  chmodSync(tool, 0o755)
  expect(await findNvidiaCards()).toMatchObject({ kind: 'none', problem: 'version-mismatch' })
  const row = '0, Tesla T4, GPU-1, 15360, 570.86.15, 7.5, 15095, [N/A]'
  writeFileSync(tool, `#!/bin/sh\n[ "$2" = --format=csv,noheader,nounits ] && echo "${row}"\n`)
  expect(await findNvidiaCards()).toMatchObject({ kind: 'cards', cards: [{ name: 'Tesla T4' }] })
})
