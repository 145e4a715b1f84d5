// A way to run programs in; the NVIDIA cards of this machine, or why none is found, out, within ten seconds.

import { spawn } from 'node:child_process'
import process from 'node:process'
import { fullFields, isUnknownField, noCards, type NvidiaFinding, oldFields, readCards } from './nvidia-cards.ts'

export type SmiResult =
  | { readonly kind: 'missing' }
  | { readonly kind: 'exited'; readonly exitCode: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'killed'; readonly signalName: string }

export type RunSmi = (
  command: readonly [program: string, ...args: string[]],
  options: { readonly signal: AbortSignal },
) => Promise<SmiResult>

export type FindCardsOptions = {
  /** @default a child process */
  readonly run?: RunSmi
  readonly signal?: AbortSignal
}

/** Without a daemon that keeps the driver loaded, a machine of eight cards takes several seconds. */
const maxDurationMs = 10_000

/** The second is where Windows puts it into its Linux guests, whose PATH may lack it. */
const programs = ['nvidia-smi', '/usr/lib/wsl/lib/nvidia-smi']

/** More than a thousand cards' rows. */
const maxWrittenLength = 2 ** 18

/**
 * Asks nvidia-smi. Where the driver hangs, the program stays in the kernel, and nothing ends it: it is left behind.
 * @throws `signal.reason`
 */
export async function findNvidiaCards({ run = runSmi, signal }: FindCardsOptions = {}): Promise<NvidiaFinding> {
  signal?.throwIfAborted()
  const ending = new AbortController()
  try {
    return await new Promise<NvidiaFinding>((resolve, reject) => {
      askTool(run, ending.signal).then(resolve, reject)
      const giveUp = (): void => resolve(noCards('timed-out', `no answer of nvidia-smi in ${maxDurationMs / 1000} s`))
      const timer = setTimeout(giveUp, maxDurationMs)
      ending.signal.addEventListener('abort', () => clearTimeout(timer))
      // what the caller threw in is handed on untouched
      signal?.addEventListener('abort', () => reject(signal.reason), { signal: ending.signal })
    })
  } finally {
    ending.abort(new Error('nobody waits for nvidia-smi any more'))
  }
}

async function askTool(run: RunSmi, signal: AbortSignal): Promise<NvidiaFinding> {
  for (const program of programs) {
    const ask = (fields: readonly string[]): Promise<SmiResult> =>
      run([program, `--query-gpu=${fields.join(',')}`, '--format=csv,noheader,nounits'], { signal })
    const answer = await ask(fullFields)
    if (answer.kind === 'missing') continue
    return isUnknownField(textOf(answer)) ? readAnswer(await ask(oldFields), oldFields) : readAnswer(answer, fullFields)
  }
  return noCards('no-tool', 'nvidia-smi is not found')
}

function readAnswer(answer: SmiResult, fields: readonly string[]): NvidiaFinding {
  if (answer.kind === 'exited') return readCards(textOf(answer), fields, answer.exitCode)
  const end = answer.kind === 'killed' ? `was ended by ${answer.signalName}` : 'went away'
  return noCards('unknown', `nvidia-smi ${end}`)
}

/** It writes its complaints to stdout. */
function textOf(answer: SmiResult): string {
  return answer.kind === 'exited' ? `${answer.stdout}\n${answer.stderr}` : ''
}

function runSmi(
  [program, ...args]: readonly [string, ...string[]],
  options: { signal: AbortSignal },
): Promise<SmiResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C' } })
    const written = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (part: string) => {
        written[name] = (written[name] + part).slice(0, maxWrittenLength)
      })
    child.on('error', () => resolve({ kind: 'missing' }))
    child.on('close', (exitCode, signalName) =>
      resolve(
        signalName === null ? { kind: 'exited', exitCode: exitCode ?? 0, ...written } : { kind: 'killed', signalName },
      ),
    )
    options.signal.addEventListener('abort', () => {
      child.kill('SIGKILL')
      // one that cannot be killed must not keep this process alive
      child.stdout.destroy()
      child.stderr.destroy()
      child.unref()
    })
  })
}
