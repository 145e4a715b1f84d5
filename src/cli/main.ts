#!/usr/bin/env node
// The process in, its exit code out: the only file of the command line that touches the process itself.

import { runCli } from './run-cli.ts'
import { exitCodes } from './exit-code.ts'

const interruption = new AbortController()

// terminals, services and CI jobs each have their own way to end a command; a trainer must not live on after any of them
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => {
    interruption.abort()
    // whoever asks twice does not want to wait for what is under way
    process.once(signal, () => process.exit(exitCodes.interrupted))
  })

process.exitCode = await runCli(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interruption.signal,
})
