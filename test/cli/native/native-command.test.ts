// The command as it is typed: its help, what it refuses, and that it finds this machine's cache.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { runCommand } from '../run-command.ts'

beforeEach(() => {
  const cache = mkdtempSync(join(tmpdir(), 'tfjs-serving-native-'))
  vi.stubEnv('TFJS_SERVING_CACHE', cache)
  onTestFinished(() => {
    vi.unstubAllEnvs()
    rmSync(cache, { recursive: true })
  })
})

test.each(['install', 'status', 'remove'])('prints the help of native %s', async (name) => {
  const { exitCode, stdout, stderr } = await runCommand(['native', name, '--help'])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).toMatchSnapshot()
})

test.each<[string, string[], RegExp]>([
  ['an unknown part', ['native', 'instal'], /unknown command 'instal' \(Did you mean install\?\)/],
  ['an unknown option', ['native', 'install', '--gpus'], /unknown option '--gpus' \(Did you mean --gpu\?\)/],
  [
    'a wheel that is not there',
    ['native', 'install', '--wheel', '/nowhere.whl'],
    /--wheel: there is no file \/nowhere\.whl/,
  ],
])('refuses %s in one line, with exit code 2', async (_title, args, message) => {
  const { exitCode, stdout, stderr } = await runCommand(args)
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toMatch(/^error INPUT_INVALID: [^\n]+\n$/)
  expect(stderr).toMatch(message)
})

test('finds nothing in an empty cache', async () => {
  expect(await runCommand(['native', 'status', '--json'])).toEqual({ exitCode: 0, stdout: '[]\n', stderr: '' })
  expect(await runCommand(['native', 'remove'])).toMatchObject({ exitCode: 0, stdout: 'nothing is installed\n' })
})
