#!/usr/bin/env node
// The process in, its exit code out: the only file of the command line that touches the process itself.

import { runCli } from './run-cli.ts'
import { exitCodes } from './exit-code.ts'

const interruption = new AbortController()

process.once('SIGINT', () => {
  interruption.abort()
  // whoever asks twice does not want to wait for what is under way
  process.once('SIGINT', () => process.exit(exitCodes.interrupted))
})

process.exitCode = await runCli(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interruption.signal,
})
