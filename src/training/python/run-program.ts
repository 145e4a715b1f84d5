// A program and its arguments in, how it ended and what it wrote out; no shell, and none outlives an abort.

import { spawn } from 'node:child_process'
import process from 'node:process'

export type ProgramResult = {
  /** Null where the program could not be started. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

export type ProgramOptions = {
  readonly cwd?: string
  /** Beside those of this process. */
  readonly env?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** Each line of stdout, as it comes. */
  readonly onLine?: (line: string) => void
}

/** What is kept of either stream; an error shows only its end. */
const keptLength = 2 ** 18

/** @throws `signal.reason` when aborted; whatever the program says is in the result */
export async function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env, signal, onLine }: ProgramOptions = {},
): Promise<ProgramResult> {
  signal?.throwIfAborted()
  // a group of its own: what the program has started ends with it
  const hasGroups = process.platform !== 'win32'
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: hasGroups,
  })
  const end = (): void => {
    try {
      if (hasGroups && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      else child.kill('SIGKILL')
    } catch {
      // it has ended by itself
    }
  }
  process.once('exit', end)
  signal?.addEventListener('abort', end)
  try {
    const result = await new Promise<ProgramResult>((resolve) => {
      let stdout = ''
      let stderr = ''
      let line = ''
      child.stdout.setEncoding('utf8').on('data', (part: string) => {
        stdout = (stdout + part).slice(-keptLength)
        const lines = (line + part).split('\n')
        line = (lines.pop() ?? '').slice(-keptLength)
        for (const each of lines) onLine?.(each)
      })
      child.stderr.setEncoding('utf8').on('data', (part: string) => {
        stderr = (stderr + part).slice(-keptLength)
      })
      child.on('error', ({ message }) => resolve({ exitCode: null, stdout, stderr: message }))
      child.on('close', (code, name) =>
        resolve({ exitCode: code ?? 1, stdout, stderr: name === null ? stderr : `${stderr}\nended by ${name}` }),
      )
    })
    signal?.throwIfAborted()
    return result
  } finally {
    process.off('exit', end)
    signal?.removeEventListener('abort', end)
  }
}

/** The end of what a program wrote, on one line. */
export function lastLines(text: string, count = 6): string {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  return lines.slice(-count).join(' | ') || 'it wrote nothing'
}
