// What the command line says to those who ask for help, and to those who write what it does not know.
import { readFileSync } from 'node:fs'
import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createError } from '../../src/errors.ts'
import { errorDetails, errorLine } from '../../src/cli/error-text.ts'
import { runCli } from '../../src/cli/run-cli.ts'
import { runCommand } from './run-command.ts'

const commands = [
  'convert',
  'train',
  'evaluate',
  'predict',
  'inspect',
  'types',
  'doctor',
  'supported',
  'demo',
  'promote',
  'rollback',
  'history',
  'native',
]

test('prints its help on stdout', async () => {
  const { exitCode, stdout, stderr } = await runCommand(['--help'])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  for (const command of commands) expect(stdout).toMatch(`  ${command} `)
  expect(stdout).toMatchSnapshot()
})

test.each(commands)('prints the help of %s, with examples', async (command) => {
  const { exitCode, stdout, stderr } = await runCommand([command, '--help'])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).toMatch(`tfjs-serving ${command}`)
  expect(stdout).toMatchSnapshot()
  expect(await runCommand(['help', command])).toMatchObject({ exitCode: 0, stdout })
})

test('prints the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  expect(await runCommand(['--version'])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' })
})

test.each<[string, string[], RegExp]>([
  ['an unknown command', ['convrt'], /unknown command 'convrt' \(Did you mean convert\?\)/],
  ['an unknown option', ['doctor', '--jsn'], /unknown option '--jsn' \(Did you mean --json\?\)/],
  ['an option that must be given', ['predict', 'a'], /required option '--input <file>'/],
  ['an argument that must be given', ['predict', '--input', 'b'], /missing required argument 'dir'/],
  ['an argument too many', ['predict', 'a', 'b', '--input', 'c'], /too many arguments/],
  ['a choice that is none', ['predict', 'a', '--input', 'b', '--backend', 'gpu'], /Allowed choices are auto, /],
  ['a count that is none', ['predict', 'a', '--input', 'b', '--batch', '0'], /--batch: .*at least 1, got '0'/],
])('refuses %s in one line, with exit code 2', async (_title, args, message) => {
  const { exitCode, stdout, stderr } = await runCommand(args)
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toMatch(/^error INPUT_INVALID: [^\n]+\n$/)
  expect(stderr).toMatch(message)
})

test('without a command it prints its help on stderr, with exit code 2', async () => {
  const { exitCode, stdout, stderr } = await runCommand([])
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toMatch(/^Usage: tfjs-serving/)
})

test('a call that is aborted before it starts ends with 130 and says nothing', async () => {
  const result = await runCommand(['--help'], { signal: AbortSignal.abort() })
  expect(result).toEqual({ exitCode: 130, stdout: '', stderr: '' })
})

test('nobody reading stdout is no error', async () => {
  const closed = new Writable({
    write: (_text, _encoding, done) => done(Object.assign(new Error('x'), { code: 'EPIPE' })),
  })
  const stderr: string[] = []
  const sink = new Writable({
    decodeStrings: false,
    write: (text: string, _encoding, done) => (stderr.push(text), done()),
  })
  expect(await runCli(['--help'], { stdin: process.stdin, stdout: closed, stderr: sink })).toBe(0)
  expect(stderr).toEqual([])
})

test('a stdout that cannot be written is an error, with exit code 2', async () => {
  const full = new Writable({ write: (_text, _encoding, done) => done(new Error('ENOSPC: no space left')) })
  const stderr: string[] = []
  const sink = new Writable({
    decodeStrings: false,
    write: (text: string, _encoding, done) => (stderr.push(text), done()),
  })
  expect(await runCli(['supported'], { stdin: process.stdin, stdout: full, stderr: sink })).toBe(2)
  expect(stderr).toEqual(['error INPUT_INVALID: cannot write the output: ENOSPC: no space left\n'])
})

test('an error is one line whatever its text holds, and with details its causes', () => {
  const cause = new Error('inner')
  const error = createError('FILE_CORRUPT', 'two\nlines \u001b[31mred', { cause })
  expect(errorLine(error)).toBe('error FILE_CORRUPT: two lines  [31mred\n')
  expect(errorDetails(error)).toMatch(/ConversionError: two\n[^]*caused by Error: inner\n/)
})

test('a fault of ours is named as one', () => {
  expect(errorLine(new TypeError('x is not a function'))).toMatch(
    /^error UNEXPECTED: x is not a function; .*report it\n$/,
  )
})

test('a cyclic chain of causes ends', () => {
  const error: Error = new Error('a')
  error.cause = error
  expect(errorDetails(error).match(/caused by/g)).toHaveLength(7)
})
