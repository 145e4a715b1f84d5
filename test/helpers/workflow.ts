// The name of an example workflow in; its shell scripts, and the command line that they call, out.

import { readFileSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import type { Command } from 'commander'
import { createProgram } from '../../src/cli/program.ts'
import { createTextWriter } from '../../src/cli/text-writer.ts'

/** Blocks of `run: |`, less their indentation. */
export function scriptsOf(workflow: string): string[] {
  return [...workflow.matchAll(/^( +)run: \|\n((?:\1 +.*\n|\n)+)/gm)].map(([, , block]) => {
    const margin = /^ */.exec(block)?.[0].length ?? 0
    return block.replaceAll(new RegExp(`^ {${margin}}`, 'gm'), '')
  })
}

export function readWorkflow(name: string): string {
  return readFileSync(new URL(`../../examples/ci/${name}.yml`, import.meta.url), 'utf8')
}

/** It writes to nobody. */
export function silentProgram(): Command {
  const writer = createTextWriter(new PassThrough())
  const { signal } = new AbortController()
  return createProgram({
    stdin: new PassThrough(),
    stdout: writer,
    stderr: writer,
    signal,
    endable: (work) => work(),
    finish: () => undefined,
  })
}
