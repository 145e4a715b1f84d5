// This very machine as an install sees it: its facts, and real processes that end when they should.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { nodeMachine } from '../../../src/cli/native/node-machine.ts'

test('tells the free bytes of a folder that is not there yet', async () => {
  expect(await nodeMachine.freeByteLength(join(tmpdir(), 'not', 'there', 'yet'))).toBeGreaterThan(0)
})

test('tells living processes from others, by when they began', async () => {
  const start = await nodeMachine.processStart(process.pid)
  expect(start).toMatch(/^\d+$/)
  expect(await nodeMachine.processStart(process.pid)).toBe(start)
  // beyond the largest number that Linux gives
  expect(await nodeMachine.processStart(2 ** 22 + 1)).toBeUndefined()
})

test('tells the C library and the features of the processor', async () => {
  expect(nodeMachine.glibcVersion() ?? '2.0').toMatch(/^\d+\.\d+$/)
  expect((await nodeMachine.processorFlags())?.size).toBeGreaterThan(3)
})

test('runs a program with its input and its environment, and gives what it wrote and how it ended', async () => {
  const script = 'process.stdin.pipe(process.stdout); console.error(process.env.GREETING); process.exitCode = 3'
  const result = await nodeMachine.run([process.execPath, '-e', script], { stdin: 'in', env: { GREETING: 'hello' } })
  expect(result).toEqual({ kind: 'exited', exitCode: 3, stdout: 'in', stderr: 'hello\n' })
})

test('runs no shell: arguments arrive as they are', async () => {
  const word = '$HOME; `x` * "'
  const echo = 'process.stdout.write(process.argv[1])'
  expect(await nodeMachine.run([process.execPath, '-e', echo, word])).toMatchObject({ stdout: word })
})

test('a program that is not there, or no program, is missing', async () => {
  expect(await nodeMachine.run(['tfjs-serving-no-such-program'])).toEqual({ kind: 'missing' })
  expect(await nodeMachine.run(['/etc/passwd'])).toEqual({ kind: 'missing' })
})

test('tells the signal that ended a program', async () => {
  const result = await nodeMachine.run(['sh', '-c', 'kill -SEGV $$'])
  expect(result).toMatchObject({ kind: 'killed', signalName: 'SIGSEGV' })
})

test('keeps the end of what a talkative program wrote', async () => {
  const result = await nodeMachine.run([process.execPath, '-e', 'console.log("a".repeat(5_000_000) + "end")'])
  expect(result.kind === 'exited' && [result.stdout.length, result.stdout.slice(-4)]).toEqual([2 ** 22, 'end\n'])
})

test('an interruption ends the program and what it has started', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-serving-run-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const pids = (): string[] => readFileSync(join(folder, 'pids'), 'utf8').trim().split('\n')
  const interruption = new AbortController()
  const script = `
    const idle = 'setTimeout(() => {}, 60_000)'
    const child = require('node:child_process').spawn(process.execPath, ['-e', idle])
    require('node:fs').writeFileSync(process.argv[1], process.pid + '\\n' + child.pid)
    eval(idle)`
  const command = [process.execPath, '-e', script, join(folder, 'pids')] as const
  const run = nodeMachine.run(command, { signal: interruption.signal })
  await vi.waitFor(() => expect(pids()).toHaveLength(2))
  interruption.abort(new Error('stop'))
  await expect(run).rejects.toThrow('stop')
  // the child's child has no parent that asks how it ended, so that its number may stay
  await vi.waitFor(async () => {
    for (const pid of pids()) expect(await nodeMachine.processStart(Number(pid))).toBeUndefined()
  })
})

test('starts nothing after an interruption', async () => {
  await expect(nodeMachine.run(['true'], { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop')
  await expect(nodeMachine.wait(60_000, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop')
})
