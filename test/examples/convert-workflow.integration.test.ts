// The example of a workflow that converts in CI; its scripts run here, with a command line and a GitHub that only take notes.
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readWorkflow, scriptsOf, silentProgram } from '../helpers/workflow.ts'

const workflow = readWorkflow('convert-models')
const scripts = scriptsOf(workflow)
const [check, callers, publish] = scripts

test('every command and flag is one that the command line has', () => {
  const program = silentProgram()
  const calls = scripts.flatMap((script) => [
    ...script.replaceAll('\\\n', ' ').matchAll(/npx tfjs-serving (\w+)(.*?)(?: > |; then|\n)/g),
  ])
  expect(calls.map(([, name]) => name)).toEqual(['convert', 'convert', 'types', 'convert'])
  const examples = [...workflow.matchAll(/one flag a line: (--[\w-]+)=/g)].map(([, flag]) => flag)
  for (const [, name, rest] of calls) {
    const command = program.commands.find((each) => each.name() === name)
    const flags = [...rest.matchAll(/ (--[\w-]+)/g)].map(([, flag]) => flag)
    expect(command).toBeInstanceOf(Command)
    expect(command?.options.map(({ long }) => long)).toEqual(expect.arrayContaining(flags))
    if (name === 'convert') expect(command?.options.map(({ long }) => long)).toEqual(expect.arrayContaining(examples))
  }
})

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'convert-workflow-'))
  mkdirSync(join(folder, 'bin'))
  // `npx tfjs-serving convert models/bad/…` misses a gate; `gh` knows one release
  for (const [name, text] of [
    [
      'npx',
      'echo "$*" >> "$CALLS"; case "$*" in *models/bad/*) echo "error UNSUPPORTED: why" >&2; exit 1;; esac; ' +
        '[ "$2" != convert ] || mkdir -p "$5"; echo report',
    ],
    ['gh', 'echo "gh $*" >> "$CALLS"; [ "$2 $3" != "view old-1.0.0" ] && [ "$2" = view ] && exit 1; exit 0'],
    ['npm', 'echo "npm $*" >> "$CALLS"'],
  ]) {
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(folder, 'bin', name), 0o755)
  }
  git('init', '-q', '-b', 'main')
  for (const name of ['same', 'old']) model(name, '1.0.0')
  commit()
  git('update-ref', 'refs/remotes/origin/main', 'HEAD')
  git('tag', 'old-1.0.0')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function git(...args: string[]): void {
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: folder })
}

function commit(): void {
  git('add', 'models')
  git('commit', '-q', '-m', 'models')
}

function model(name: string, version: string): void {
  mkdirSync(join(folder, 'models', name, 'source'), { recursive: true })
  for (const [file, text] of [
    ['version.txt', version],
    ['gates.txt', '--min-accuracy=0.95\n--max-size=300KiB\n'],
    ['golden.json', version],
    ['heldout.json', '{}'],
    ['source/model.joblib', version],
  ])
    writeFileSync(join(folder, 'models', name, file), text)
}

function run(script: string, expectedNotes = ''): { status: number | null; calls: string[]; stdout: string } {
  const env = {
    PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
    CALLS: join(folder, 'calls'),
    GITHUB_BASE_REF: 'main',
    GITHUB_STEP_SUMMARY: join(folder, 'summary'),
    GITHUB_SHA: 'abc',
  }
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { cwd: folder, env, encoding: 'utf8' })
  expect(stderr).toBe(expectedNotes)
  const calls = existsSync(env.CALLS) ? readFileSync(env.CALLS, 'utf8').trimEnd().split('\n') : []
  return { status, calls, stdout }
}

const flags = (name: string, version: string): string =>
  `--name ${name} --version ${version} --golden models/${name}/golden.json --evaluation models/${name}/heldout.json`

test('a pull request converts the models that it changed, with their gates, and no others', () => {
  git('checkout', '-q', '-b', 'change')
  model('new', '2.1.0')
  commit()
  const { status, calls } = run(check)
  expect(status).toBe(0)
  expect(calls).toEqual([
    `tfjs-serving convert models/new/source --out build/models/new/versions/2.1.0 ${flags('new', '2.1.0')} ` +
      '--html build/reports/new.html --min-accuracy=0.95 --max-size=300KiB',
  ])
  expect(readFileSync(join(folder, 'summary'), 'utf8')).toBe('### new 2.1.0: passed\n```\nreport\n```\n')
  expect(run(callers).calls.slice(1)).toEqual([
    'tfjs-serving convert models/old/source --out build/models/old/versions/1.0.0 --name old --version 1.0.0',
    'tfjs-serving convert models/same/source --out build/models/same/versions/1.0.0 --name same --version 1.0.0',
    'tfjs-serving types build/models --out build/models.d.ts',
    'npm run --if-present typecheck',
  ])
})

test('a model that misses a gate fails the pull request, after every other had its turn', () => {
  git('checkout', '-q', '-b', 'change')
  for (const name of ['bad', 'good']) model(name, '1.0.0')
  commit()
  const { status, calls } = run(check, 'error UNSUPPORTED: why\n')
  expect(status).toBe(1)
  expect(calls).toHaveLength(2)
  expect(readFileSync(join(folder, 'summary'), 'utf8')).toBe(
    '### bad 1.0.0: refused\n```\nerror UNSUPPORTED: why\n```\n### good 1.0.0: passed\n```\nreport\n```\n',
  )
})

test('a model that lacks a file fails the pull request by name, after every other had its turn', () => {
  git('checkout', '-q', '-b', 'change')
  for (const name of ['bare', 'good']) model(name, '1.0.0')
  rmSync(join(folder, 'models', 'bare', 'gates.txt'))
  commit()
  const { status, calls, stdout } = run(check)
  expect(status).toBe(1)
  expect(stdout).toBe('::error file=models/bare/version.txt::models/bare must have gates.txt\n')
  expect(calls).toHaveLength(1)
})

test('a changed file whose name git would quote counts for its model', () => {
  git('checkout', '-q', '-b', 'change')
  writeFileSync(join(folder, 'models', 'same', 'source', 'modèle.joblib'), 'new')
  commit()
  expect(run(check).calls).toHaveLength(1)
})

test('a published version that changes fails the pull request', () => {
  git('checkout', '-q', '-b', 'change')
  writeFileSync(join(folder, 'models', 'old', 'heldout.json'), '[]')
  commit()
  const { status, stdout } = run(check)
  expect(status).toBe(1)
  expect(stdout).toMatch(/^::error file=models\/old\/version\.txt::old 1\.0\.0 is published already/)
})

test('publishing leaves published versions and refused models alone, and says of the latter', () => {
  for (const name of ['bad', 'new']) model(name, '2.0.0')
  const { status, calls } = run(publish, 'error UNSUPPORTED: why\n')
  expect(status).toBe(1)
  expect(calls.filter((call) => call.includes('convert'))).toHaveLength(3)
  expect(calls.filter((call) => call.startsWith('gh release create'))).toEqual([
    expect.stringMatching(/^gh release create new-2\.0\.0 build\/new-2\.0\.0\.tar\.gz build\/new-2\.0\.0\.html /),
    expect.stringMatching(/^gh release create same-1\.0\.0 /),
  ])
})
