// Processes of this machine, as a lock names them: this one, one that has ended, and one that has another's pid.
import { spawnSync } from 'node:child_process'
import { platform } from 'node:os'
import process from 'node:process'
import { expect, it } from 'vitest'
import { createNodeProcess } from '../../../src/training/store/node-process.ts'

const isLinux = platform() === 'linux'

it('knows itself as alive', async () => {
  const own = await createNodeProcess()
  expect(own.self.pid).toBe(process.pid)
  expect(await own.look(own.self)).toBe('alive')
  expect((await createNodeProcess()).self).toEqual(own.self)
})

it('knows a process that has ended as dead', async () => {
  const own = await createNodeProcess()
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  expect(await own.look({ ...own.self, pid })).toBe('dead')
})

it.runIf(isLinux)('does not take a process that got the pid of a dead one for it', async () => {
  const own = await createNodeProcess()
  const { start } = own.self
  expect(await own.look({ ...own.self, start: `${start}9` })).toBe('dead')
})

it.runIf(isLinux)('knows processes of before the machine was started as dead', async () => {
  const own = await createNodeProcess()
  expect(await own.look({ ...own.self, start: '00000000.1' })).toBe('dead')
})

it('cannot tell of another machine or container', async () => {
  const own = await createNodeProcess()
  expect(await own.look({ ...own.self, host: 'elsewhere.example' })).toBe('unknown')
  expect(await own.look({ ...own.self, host: `${own.self.host.split('/')[0]}/1` })).toBe('unknown')
})

it('draws eight hexadecimal digits', async () => {
  const { token } = await createNodeProcess()
  expect(token()).toMatch(/^[0-9a-f]{8}$/)
  expect(token()).not.toBe(token())
})
