// The example of a workflow for CI in; that its shell is shell, and that its commands and flags are those of the command line.
import { execFileSync } from 'node:child_process'
import { Command } from 'commander'
import { expect, test } from 'vitest'
import { readWorkflow, scriptsOf, silentProgram } from '../helpers/workflow.ts'

const workflow = readWorkflow('models')
const scripts = scriptsOf(workflow)

const calls = scripts.flatMap((script) =>
  [...script.matchAll(/npx tfjs-serving (.*)/g)].map(([, line]) => line.replace(/"\$\(.*?\)(?:-\$\w+)?"/g, '"x"')),
)

test('every script is one that a shell can read, and ends at the first command that fails', () => {
  expect(scripts).toHaveLength(3)
  for (const script of scripts) {
    expect(script).toMatch(/^set -euo pipefail\n/)
    execFileSync('sh', ['-n'], { input: script })
  }
})

test('no command that fails hides in a loop’s list, where the shell goes on', () => {
  expect(workflow).not.toMatch(/for \w+ in \$\(/)
})

test('every command and flag is one that the command line has', () => {
  expect(calls.length).toBeGreaterThanOrEqual(2)
  for (const call of calls) {
    const [name] = call.split(' ')
    const command = silentProgram().commands.find((each) => each.name() === name)
    expect(command, name).toBeInstanceOf(Command)
    const flags = [...call.matchAll(/ (--[\w-]+)/g)].map(([, flag]) => flag)
    expect(command?.options.map(({ long }) => long)).toEqual(expect.arrayContaining(flags))
  }
})

test('a pull request is compared with production, and leaves the models as they are', () => {
  const [gate] = scripts
  expect(gate).toMatch(/cp -r models build\/models/)
  expect(gate).toMatch(/tfjs-serving train "build\/\$model"/)
  expect(gate).not.toMatch(/--out/)
})
