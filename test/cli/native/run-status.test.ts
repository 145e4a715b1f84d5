// What is installed, told and deleted.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import type { CliContext } from '../../../src/cli/cli-context.ts'
import { runRemove, runStatus } from '../../../src/cli/native/run-status.ts'
import { createTextWriter } from '../../../src/cli/text-writer.ts'
import { createFakeInstall, exited, place } from './fake-install.ts'

function createContext() {
  let text = ''
  const stream = new Writable({
    decodeStrings: false,
    write: (part: string, _encoding, done) => ((text += part), done()),
  })
  const context = { stdout: createTextWriter(stream), signal: new AbortController().signal } as CliContext
  return [context, () => text] as const
}

test('lists what is whole, what is not and what other versions left, with sizes', async () => {
  const fake = createFakeInstall()
  await fake.run()
  const native = join(fake.home, '..')
  place(join(native, 'cpu-2.20.0-linux-x64/lib'), 'libold.so', new Uint8Array(3_000_001))
  place(join(native, fake.home.split('/').at(-1)?.replace('cpu', 'gpu') ?? '', 'download'), 'half', 'a')
  const [context, text] = createContext()
  await runStatus(context, false, fake.ports.machine)
  const lines = text().replaceAll(native, '…').trim().split('\n')
  expect(lines.map((line) => line.replace(/ {2,}/g, ' | '))).toEqual([
    'state | size | folder',
    'of another version | 4 MB | …/cpu-2.20.0-linux-x64',
    expect.stringMatching(/^cpu, installed \| 1 MB \| …\/cpu-2\.21\.0-/),
    expect.stringMatching(/^gpu, not whole \| 1 MB \| …\/gpu-2\.21\.0-/),
  ])
})

test('tells the same as JSON', async () => {
  const fake = createFakeInstall()
  fake.set('prove', () => exited(1))
  await fake.run()
  const [context, text] = createContext()
  await runStatus(context, true, fake.ports.machine)
  const byteLength = expect.any(Number) as number
  expect(JSON.parse(text())).toEqual([{ home: fake.home, flavour: 'cpu', isWhole: false, byteLength }])
})

test('removes all of it, and says what that gave back', async () => {
  const fake = createFakeInstall()
  await fake.run()
  const old = join(fake.home, '../gpu-2.20.0-linux-x64')
  place(old, 'libold.so', 'old')
  const [context, text] = createContext()
  await runRemove(context, fake.ports.machine)
  expect(text()).toBe(`removed 1 MB: ${fake.home}\nremoved 1 MB: ${old}\n`)
  expect(existsSync(fake.home) || existsSync(old)).toBe(false)
})

test('nothing is nothing', async () => {
  const fake = createFakeInstall()
  const [context, text] = createContext()
  await runStatus(context, false, fake.ports.machine)
  await runRemove(context, fake.ports.machine)
  expect(text()).toBe('nothing is installed\nnothing is installed\n')
})
