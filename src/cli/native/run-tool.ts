// A program and its arguments in, how it ended and the last of what it wrote out; no shell, and no child outlives us.

import { spawn, type ChildProcess } from 'node:child_process'
import process from 'node:process'
import { createError } from '../../errors.ts'
import type { RunOptions, RunResult, ToolCommand } from './machine.ts'

/** The longest answer that is read whole, the loader's list of a desktop's libraries, is a tenth of it. */
const maxWrittenLength = 2 ** 22

/**
 * Runs a program to its end.
 * @throws `signal.reason`; BACKEND_UNAVAILABLE where the system cannot start any program
 */
export async function runTool([program, ...args]: ToolCommand, options: RunOptions = {}): Promise<RunResult> {
  const { signal, env, stdin } = options
  signal?.throwIfAborted()
  // a group of its own, so that what the program has started ends with it
  const child = spawn(program, args, { detached: true, env: { ...process.env, ...env }, stdio: 'pipe' })
  const end = (): void => endGroup(child)
  process.once('exit', end)
  signal?.addEventListener('abort', end)
  try {
    const result = await ended(child, program, stdin ?? '')
    signal?.throwIfAborted()
    return result
  } finally {
    process.off('exit', end)
    signal?.removeEventListener('abort', end)
  }
}

function ended(child: ChildProcess, program: string, stdin: string): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const stdout = lastText(child, 'stdout')
    const stderr = lastText(child, 'stderr')
    // a program that reads nothing is no error
    child.stdin?.on('error', () => {})
    child.stdin?.end(stdin)
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'EACCES' || error.code === 'ENOTDIR') resolve({ kind: 'missing' })
      else reject(createError('BACKEND_UNAVAILABLE', `cannot start ${program}: ${error.message}`, { cause: error }))
    })
    child.on('close', (exitCode, signalName) => {
      const written = { stdout: stdout(), stderr: stderr() }
      if (signalName !== null) resolve({ kind: 'killed', signalName, ...written })
      else resolve({ kind: 'exited', exitCode: exitCode ?? 0, ...written })
    })
  })
}

function lastText(child: ChildProcess, name: 'stdout' | 'stderr'): () => string {
  let text = ''
  child[name]?.setEncoding('utf8').on('data', (part: string) => {
    text = (text + part).slice(-maxWrittenLength)
  })
  return () => text
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // it has ended by itself
  }
}
