// Two processes on one model folder: who goes on, who waits, and what becomes of the locks of the dead.
import { describe, expect, it } from 'vitest'
import { lockName, parseLockName, withLock } from '../../../src/training/store/store-lock.ts'
import { settleMicrotasks } from '../../helpers/hand-driven-model.ts'
import { MemoryDisk } from './memory-disk.ts'
import { ProcessTable } from './store-scene.ts'

function createScene() {
  const disk = new MemoryDisk()
  const files = disk.files('tiny')
  const processes = new ProcessTable()
  const lock = (pid: number, command: () => Promise<unknown>, waitMs = 1_000) =>
    withLock(files, processes.process(pid), { waitMs, command })
  return { disk, files, processes, lock }
}

describe('a lock', () => {
  it('is there while its command runs, and gone when it ends or fails', async () => {
    const { disk, lock } = createScene()
    await lock(7, () => Promise.resolve(expect(disk.paths()).toHaveLength(1)))
    await expect(lock(7, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(disk.paths()).toEqual([])
  })

  it('keeps many commands at the same time from running together', async () => {
    const { disk, processes, lock } = createScene()
    const waiting: { readonly dueMs: number; readonly go: () => void }[] = []
    let nowMs = 0
    processes.onWait = (durationMs) => new Promise((go) => waiting.push({ dueMs: nowMs + durationMs, go }))
    let running = 0
    let most = 0
    const command = async (): Promise<void> => {
      most = Math.max(most, ++running)
      for (let turn = 0; turn < 5; turn++) await Promise.resolve()
      running--
    }
    let hasEnded = false
    const all = Promise.all([1, 2, 3, 4, 5, 6].map((pid) => lock(pid, command))).finally(() => (hasEnded = true))
    // one after the other in order of time, as timers fire
    while (!hasEnded) {
      await settleMicrotasks()
      const next = waiting.sort((a, b) => a.dueMs - b.dueMs).shift()
      nowMs = next?.dueMs ?? nowMs
      next?.go()
    }
    await all
    expect(most).toBe(1)
    expect(disk.paths()).toEqual([])
  })

  it('is waited for, and taken once it is free', async () => {
    const { files, processes, lock } = createScene()
    const held = lockName({ pid: 8, start: 'boot.2', host: 'here' }, '0000000a')
    await files.write(held, new Uint8Array())
    processes.onWait = () => (processes.waitedMs > 300 ? files.remove(held) : undefined)
    expect(await lock(7, () => Promise.resolve('done'))).toBe('done')
    expect(processes.waitedMs).toBeGreaterThan(300)
  })

  it('that stays held is refused after a while, with its holder named', async () => {
    const { disk, files, processes, lock } = createScene()
    const held = lockName({ pid: 8, start: 'boot.2', host: 'here' }, '0000000a')
    await files.write(held, new Uint8Array())
    const error = await lock(7, () => Promise.resolve()).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'MODEL_LOAD_FAILED',
      retryable: true,
      details: { pid: 8, host: 'here' },
      message: expect.stringMatching(
        /process 8 of here; try again once it is done, or delete models\/tiny\/\.lock-8-/,
      ) as string,
    })
    expect(processes.waitedMs).toBeGreaterThanOrEqual(1_000)
    expect(disk.paths()).toEqual([held])
  })

  it('of a dead process is taken over at once', async () => {
    const { disk, files, processes, lock } = createScene()
    processes.kill(8)
    await files.write(lockName({ pid: 8, start: 'boot.2', host: 'here' }, '0000000a'), new Uint8Array())
    expect(await lock(7, () => Promise.resolve('done'))).toBe('done')
    expect(processes.waitedMs).toBe(0)
    expect(disk.paths()).toEqual([])
  })

  it('of a process of another machine counts, since nobody here can tell whether it lives', async () => {
    const { files, lock } = createScene()
    await files.write(lockName({ pid: 8, start: '', host: 'else/where' }, '0000000a'), new Uint8Array())
    await expect(lock(7, () => Promise.resolve(), 0)).rejects.toThrow(/process 8 of else\/where/)
  })

  it('has a name that says who holds it', () => {
    const holder = { pid: 4_194_304, start: '1a2b3c4d.123456', host: 'a.b-c_d/4026531836' }
    expect(parseLockName(lockName(holder, '0123abcd'))).toEqual(holder)
    expect(parseLockName('.lock')).toBeUndefined()
  })
})
