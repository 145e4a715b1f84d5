// What `native install` says where something is missing, broken or forged: one clear line each, exit code 1, and nothing half done.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isMLError } from '../../../src/errors.ts'
import { describeFlavour } from '../../../src/cli/native/flavour-needs.ts'
import type { Machine, RunResult } from '../../../src/cli/native/machine.ts'
import { after, createFakeInstall, exited, missing, place, type ToolName } from './fake-install.ts'

/** pip 23.2.1 where nothing listens. */
const refusedPip = `WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by 'NewConnectionError('<pip._vendor.urllib3.connection.HTTPConnection object at 0x7f4d4cc7b7d0>: Failed to establish a new connection: [Errno 111] Connection refused')': /simple/tensorflow-cpu/
ERROR: Could not find a version that satisfies the requirement tensorflow-cpu==2.21.0 (from versions: none)
ERROR: No matching distribution found for tensorflow-cpu==2.21.0
`

/** npm 11.19.1 where nothing listens. */
const refusedNpm = `npm error code ECONNREFUSED
npm error syscall connect
npm error errno ECONNREFUSED
npm error FetchError: request to http://127.0.0.1:9/x failed, reason: connect ECONNREFUSED 127.0.0.1:9
npm error     at ClientRequest.<anonymous> (/usr/lib/node_modules/npm/node_modules/minipass-fetch/lib/index.js:130:14)
npm error     at emitErrorEvent (node:_http_client:101:11)
npm error If you are behind a proxy, please make sure that the 'proxy' config is set properly.  See: 'npm help config'
`

/** g++ 12.2.0. */
const noHeader = `a.cc:1:10: fatal error: nothere.h: No such file or directory
    1 | #include <nothere.h>
      |          ^~~~~~~~~~~
compilation terminated.
`

/** python3 of Debian 12 without python3-pip. */
const noModule = '/usr/bin/python3: No module named pip\n'

const lacks: readonly (readonly [
  title: string,
  tools: Partial<Record<ToolName, RunResult>>,
  machine: Partial<Machine>,
  line: RegExp,
])[] = [
  [
    'no pip',
    { 'probe pip': missing },
    {},
    /: pip: neither .*; install pip \(.*\), or give tensorflow_cpu-\S+ by --wheel$/,
  ],
  ['a Python without pip', { 'probe pip': exited(1, noModule) }, {}, /: pip: .*apt-get install python3-pip/],
  [
    'no compiler',
    { 'probe compiler': missing },
    {},
    /: C\+\+17 compiler: c\+\+, g\+\+, clang\+\+: not found; install g\+\+ /,
  ],
  ['a compiler without C++17', { 'probe compiler': exited(1, noHeader) }, {}, /clang\+\+: cannot compile C\+\+17; /],
  [
    'no compiler of the name in CXX',
    { 'probe compiler': missing },
    { env: { CXX: 'g++-99 -m64' } },
    /: g\+\+-99 -m64: not found/,
  ],
  ['no npm', { 'probe npm': missing }, {}, /: npm: not found; install npm /],
  ['no tar', { 'probe tar': missing }, {}, /: tar: not found; install tar /],
  [
    'no disk',
    {},
    { freeByteLength: () => Promise.resolve(60e6) },
    /: disk: 60 MB free, 68 MB needed; free 8 MB more, or .*TFJS_SERVING_CACHE$/,
  ],
  ['musl', {}, { glibcVersion: () => undefined }, /: glibc: another C library, such as musl; .*wasm/],
  ['an old glibc', {}, { glibcVersion: () => '2.17' }, /: glibc: 2\.17; take a system with glibc 2\.27 or later/],
  [
    'no AVX',
    {},
    { processorFlags: () => Promise.resolve(new Set(['sse4_2'])) },
    /: processor: x64 without AVX; .*wasm/,
  ],
]

test.each(lacks)('%s: one line before anything is fetched', async (_title, tools, machine, line) => {
  const fake = createFakeInstall(machine)
  for (const [tool, result] of Object.entries(tools)) fake.set(tool as ToolName, () => result)
  const { exitCode, stdout, stderr } = await fake.run()
  expect({ exitCode, stdout, calls: fake.calls }).toEqual({ exitCode: 1, stdout: '', calls: [] })
  const errors = errorLines(stderr)
  expect(errors).toHaveLength(1)
  expect(errors[0]).toMatch(/^error BACKEND_UNAVAILABLE: cannot install the native add-on: /)
  expect(errors[0]).toMatch(line)
})

test('all that is missing is told at once', async () => {
  const fake = createFakeInstall({ glibcVersion: () => undefined })
  fake.set('probe pip', () => missing)
  fake.set('probe compiler', () => missing)
  const { exitCode, stderr } = await fake.run()
  expect({ exitCode, count: errorLines(stderr).length }).toEqual({ exitCode: 1, count: 3 })
})

test('--json tells what is missing, too', async () => {
  const fake = createFakeInstall()
  fake.set('probe tar', () => missing)
  const { exitCode, stdout } = await fake.run({ json: true })
  const { isInstalled, requirements } = JSON.parse(stdout) as { isInstalled: boolean; requirements: object[] }
  expect({ exitCode, isInstalled }).toEqual({ exitCode: 1, isInstalled: false })
  expect(requirements).toContainEqual({ name: 'tar', isMet: false, found: 'not found', remedy: expect.any(String) })
})

test.each([
  ['darwin', 'arm64'],
  ['win32', 'x64'],
  ['linux', 'riscv64'],
])('%s on %s has no wheels: one line', async (platform, arch) => {
  const fake = createFakeInstall()
  const machine = { ...fake.ports.machine, platform, arch }
  const { plan, platform: requirement } = await describeFlavour('cpu', machine)
  expect(plan).toBeUndefined()
  expect(requirement).toMatchObject({
    isMet: false,
    found: expect.stringContaining(`${platform} ${arch}`),
    remedy: expect.stringContaining('wasm'),
  })
})

test('a home that is a file is told before anything is fetched', async () => {
  const fake = createFakeInstall()
  place(join(fake.home, '..'), fake.home.split('/').at(-1) ?? '', 'a file')
  const { exitCode, stderr } = await fake.run()
  expect({ exitCode, calls: fake.calls }).toEqual({ exitCode: 1, calls: [] })
  expect(errorLines(stderr)).toEqual([expect.stringMatching(/: cache folder: .* is no folder; .*TFJS_SERVING_CACHE$/)])
})

const failures: readonly (readonly [
  title: string,
  tool: ToolName,
  result: RunResult,
  line: RegExp,
  quoted: readonly string[],
])[] = [
  [
    ...(['pip where no index answers', 'pip', exited(1, refusedPip)] as const),
    /: pip could not fetch tensorflow-cpu 2\.21\.0 \(exit code 1\): see to its index and proxy, or .* --wheel$/,
    ['Connection refused', 'No matching distribution found for tensorflow-cpu==2.21.0'],
  ],
  [
    'pip that was killed',
    'pip',
    { kind: 'killed', signalName: 'SIGKILL', stdout: '', stderr: '' },
    /\(ended by SIGKILL\)/,
    [],
  ],
  [
    'pip that brings nothing',
    'pip',
    exited(0),
    /: pip brought nothing for tensorflow-cpu 2\.21\.0, not tensorflow_cpu-/,
    [],
  ],
  [
    ...(['npm where no registry answers', 'npm', exited(1, refusedNpm)] as const),
    /: npm could not fetch @tensorflow\/tfjs-node@1\.0\.0, node-api-headers@1\.0\.0 \(exit code 1\): see to its registry/,
    ['code ECONNREFUSED', 'reason: connect ECONNREFUSED', 'behind a proxy'],
  ],
  [
    'npm that brings nothing',
    'npm',
    exited(0),
    /: npm said that it fetched @tensorflow\/tfjs-node 1\.0\.0, and did not$/,
    [],
  ],
  [
    'a broken tar',
    'tar',
    exited(2, 'tar: Error is not recoverable: exiting now\n'),
    /: tar could not unpack tensorflow-tfjs-node-1\.0\.0\.tgz \(exit code 2\)/,
    ['not recoverable'],
  ],
  [
    'a compiler’s error',
    'compile',
    exited(1, noHeader),
    /: c\+\+ could not compile the add-on \(exit code 1\)$/,
    ['fatal error: nothere.h'],
  ],
  [
    'a compiler that writes nothing',
    'compile',
    exited(0),
    /: the file system refused: ENOENT: .*tfjs_binding\.node/,
    [],
  ],
  [
    'a proof that crashes',
    'prove',
    { kind: 'killed', signalName: 'SIGILL', stdout: '', stderr: '' },
    /: the add-on does not run here: ended by SIGILL, so this processor lacks/,
    [],
  ],
  [
    'a proof that fails',
    'prove',
    exited(2, 'error BACKEND_UNAVAILABLE: libstdc++.so.6: version not found\n'),
    /: the add-on does not run here: exit code 2$/,
    ['libstdc++.so.6'],
  ],
  ['a proof without words', 'prove', exited(0, '', 'hello'), /: the add-on does not run here: exit code 0$/, ['hello']],
  [
    'a proof that multiplies wrong',
    'prove',
    exited(0, '', '{"tensorflow":"2.21.0","isUsingGpuDevice":false,"product":[19,22,43,51]}'),
    /: the add-on multiplies wrong: expected 19, 22, 43, 50, got 19, 22, 43, 51$/,
    [],
  ],
]

describe('a step that fails', () => {
  test.each(failures)('%s', async (_title, tool, result, line, quoted) => {
    const fake = createFakeInstall()
    fake.set(tool, () => result)
    const { exitCode, stdout, stderr } = await fake.run()
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(errorLines(stderr)).toEqual([expect.stringMatching(line)])
    const [, quotes = ''] = stderr.split(/^error .*\n/m)
    for (const part of quoted) expect(quotes).toContain(part)
    expect(quotes).not.toMatch(/^\s+(npm error +)?at /m)

    fake.set(tool, fake.usual(tool))
    expect((await fake.run()).exitCode).toBe(0)
  })
})

test('--verbose adds the stack', async () => {
  const fake = createFakeInstall()
  fake.set('compile', () => exited(1))
  expect((await fake.run({ verbose: true })).stderr).toMatch(/\n\s+at /)
  expect((await fake.run()).stderr).not.toMatch(/\n\s+at /)
})

test('a wheel with a wrong hash is refused with both hashes, and deleted', async () => {
  const fake = createFakeInstall()
  fake.set('pip', (command) => {
    writeFileSync(join(after(command, '--dest'), fake.wheel.fileName), 'forged')
    return exited(0)
  })
  const { exitCode, stderr } = await fake.run()
  expect(exitCode).toBe(1)
  expect(errorLines(stderr)).toHaveLength(1)
  expect(stderr).toMatch(
    new RegExp(`has the wrong hash: expected sha256 ${fake.wheel.sha256}, got [0-9a-f]{64}; the file was deleted`),
  )
  expect(existsSync(join(fake.home, 'download', fake.wheel.fileName))).toBe(false)
  expect(existsSync(join(fake.home, 'lib'))).toBe(false)
})

test('a package with a wrong hash is refused and never unpacked', async () => {
  const fake = createFakeInstall()
  fake.set('npm', async (command, options) => {
    const result = await fake.usual('npm')(command, options)
    writeFileSync(join(after(command, '--pack-destination'), 'tensorflow-tfjs-node-1.0.0.tgz'), 'forged')
    return result
  })
  const { exitCode, stderr } = await fake.run()
  expect({ exitCode, calls: fake.calls }).toEqual({ exitCode: 1, calls: ['pip', 'npm'] })
  expect(stderr).toMatch(
    /: @tensorflow\/tfjs-node 1\.0\.0 has the wrong hash: expected sha512-\S+, got sha512-\S+; the file was deleted/,
  )
})

test('a wheel given by path with a wrong hash is refused, and stays', async () => {
  const fake = createFakeInstall()
  const path = place(join(fake.cache, 'mine'), 'other.whl', 'another wheel')
  const { exitCode, stderr } = await fake.run({ wheelPaths: [path] })
  expect({ exitCode, calls: fake.calls }).toEqual({ exitCode: 1, calls: [] })
  expect(stderr).toMatch(
    /--wheel \S+other\.whl: tensorflow_cpu-\S+ has the wrong hash: expected sha256 \w+, got \w+\n$/,
  )
  expect(readFileSync(path, 'utf8')).toBe('another wheel')
})

test('a path without a wheel is wrong use', async () => {
  const fake = createFakeInstall()
  const { exitCode, thrown } = await fake.run({ wheelPaths: [join(fake.cache, 'none.whl')] })
  expect(exitCode).toBeUndefined()
  expect(isMLError(thrown) && thrown.code).toBe('INPUT_INVALID')
})

test('what the file system refuses in the middle is one line', async () => {
  const fake = createFakeInstall()
  fake.set('pip', (command, options) => {
    // where the libraries should go
    place(fake.home, 'lib', 'a file')
    return fake.usual('pip')(command, options)
  })
  const { exitCode, stderr } = await fake.run()
  expect(exitCode).toBe(1)
  expect(errorLines(stderr)).toEqual([expect.stringMatching(/: the file system refused: E\w+: /)])
})

function errorLines(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line.startsWith('error '))
}
