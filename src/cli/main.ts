#!/usr/bin/env node
// The process in, its exit code out: the only file of the command line that touches the process itself.

import { runCli } from './run-cli.ts'
import { exitCodes } from './exit-code.ts'

const interruption = new AbortController()

// terminals, services and CI jobs each have their own way to end a command; a trainer must not live on after any of them
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

function heed(): void {
  // whoever asks twice does not want to wait for what is under way
  if (interruption.signal.aborted) process.exit(exitCodes.interrupted)
  interruption.abort()
}

function listen(): void {
  for (const signal of signals) process.on(signal, heed)
}

/** Nobody hears a signal while the thread is held, not even a second one: the system's own way to end a process needs no thread. */
async function endable<Result>(work: () => Promise<Result>): Promise<Result> {
  for (const signal of signals) process.off(signal, heed)
  try {
    return await work()
  } finally {
    listen()
  }
}

listen()
process.exitCode = await runCli(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interruption.signal,
  endable,
})
