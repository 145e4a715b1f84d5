// A home for an install and a machine that only pretends to have pip, npm, a compiler and TensorFlow; its files are real.
import { zipSync } from 'fflate'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { Writable } from 'node:stream'
import { gunzipSync, gzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'
import { nativeHome } from '../../../src/backend/host/native-home.ts'
import type { CliContext } from '../../../src/cli/cli-context.ts'
import type { InstallPorts } from '../../../src/cli/native/carry-out-install.ts'
import { createInstallPlan } from '../../../src/cli/native/install-plan.ts'
import type { Machine, RunOptions, RunResult, ToolCommand } from '../../../src/cli/native/machine.ts'
import type { PinnedTarball, PinnedWheel } from '../../../src/cli/native/pinned.ts'
import { type InstallCall, runInstall } from '../../../src/cli/native/run-install.ts'
import { createTextWriter } from '../../../src/cli/text-writer.ts'

/** What the tools are asked for; `probe` is any question whether a tool is there. */
export type ToolName =
  | 'probe pip'
  | 'probe compiler'
  | 'probe npm'
  | 'probe tar'
  | 'pip'
  | 'npm'
  | 'tar'
  | 'compile'
  | 'prove'

type Act = (command: ToolCommand, options: RunOptions) => Promise<RunResult> | RunResult

export type FakeInstall = {
  readonly cache: string
  readonly home: string
  readonly wheel: PinnedWheel
  readonly wheelBytes: Uint8Array
  readonly ports: InstallPorts
  /** Names of the tools in the order in which they were run, probes left out. */
  readonly calls: string[]
  /** What a tool does from now on. */
  set(tool: ToolName, act: Act): void
  /** What a tool does by itself. */
  usual(tool: ToolName): Act
  run(call?: Partial<InstallCall>, signal?: AbortSignal): Promise<InstallResult>
}

export type InstallResult = {
  /** Undefined where the call threw. */
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
  readonly thrown: unknown
}

export const missing: RunResult = { kind: 'missing' }

export function exited(exitCode: number, stderr = '', stdout = ''): RunResult {
  return { kind: 'exited', exitCode, stdout, stderr }
}

export function createFakeInstall(machineFacts: Partial<Machine> = {}): FakeInstall {
  const cache = mkdtempSync(join(tmpdir(), 'tfjs-serving-native-'))
  onTestFinished(() => rmSync(cache, { recursive: true, force: true }))
  const env = { TFJS_SERVING_CACHE: cache }
  const home = nativeHome('cpu', env)
  const wheelBytes = zipSync({
    'tensorflow/include/tensorflow/c/c_api.h': new Uint8Array(30).fill(1),
    'tensorflow/libtensorflow_cc.so.2': new Uint8Array(200_000).map((_, i) => i % 251),
    'tensorflow/libtensorflow_framework.so.2': new Uint8Array(1_000).fill(3),
    'tensorflow/python/left_out.py': new Uint8Array(10),
  })
  const wheel: PinnedWheel = {
    project: 'tensorflow-cpu',
    version: '2.21.0',
    fileName: 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
    sha256: createHash('sha256').update(wheelBytes).digest('hex'),
    byteLength: wheelBytes.length,
    unpackedByteLength: 201_030,
    pipPlatform: 'manylinux_2_27_x86_64',
    keep: [
      'tensorflow/include/tensorflow/c/',
      'tensorflow/libtensorflow_cc.so.2',
      'tensorflow/libtensorflow_framework.so.2',
    ],
  }
  const archives = new Map([
    ['@tensorflow/tfjs-node', tarball({ 'package/binding/tfjs_backend.cc': 'a', 'package/dist/index.js': 'b' })],
    ['node-api-headers', tarball({ 'package/include/node_api.h': 'c' })],
  ])
  const tarballs = [...archives].map(([name, bytes]): PinnedTarball => {
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`
    return { package: name, version: '1.0.0', integrity }
  })
  const usual: Record<ToolName, Act> = {
    'probe pip': () => exited(0, '', 'pip 23.2.1 from somewhere (python 3.11)\n'),
    'probe compiler': (command) => exited(0, '', command.includes('--version') ? 'g++ 12.2.0\nmore\n' : ''),
    'probe npm': () => exited(0, '', '10.8.2\n'),
    'probe tar': () => exited(0, '', 'tar 1.34\n'),
    pip(command) {
      writeFileSync(join(after(command, '--dest'), wheel.fileName), wheelBytes)
      return exited(0)
    },
    npm(command) {
      const folder = after(command, '--pack-destination')
      for (const [name, bytes] of archives)
        if (command.includes(`${name}@1.0.0`))
          writeFileSync(join(folder, `${name.replace('@', '').replace('/', '-')}-1.0.0.tgz`), bytes)
      return exited(0)
    },
    tar(command) {
      unpack(after(command, '-xzf'), after(command, '-C'))
      return exited(0)
    },
    compile(command) {
      writeFileSync(after(command, '-o'), 'a library')
      return exited(0)
    },
    prove: () =>
      exited(0, '', JSON.stringify({ tensorflow: '2.21.0', isUsingGpuDevice: false, product: [19, 22, 43, 50] })),
  }
  const acts = { ...usual }
  const calls: string[] = []
  const machine: Machine = {
    platform: 'linux',
    arch: 'x64',
    env,
    nodePath: 'node',
    glibcVersion: () => '2.36',
    processorFlags: () => Promise.resolve(new Set(['sse4_2', 'avx'])),
    freeByteLength: () => Promise.resolve(1e12),
    processStart: () => Promise.resolve('1'),
    async run(command, options = {}) {
      options.signal?.throwIfAborted()
      const tool = toolOf(command)
      if (!tool.startsWith('probe')) calls.push(tool)
      const result = await acts[tool](command, options)
      options.signal?.throwIfAborted()
      return result
    },
    wait: () => Promise.resolve(),
    nowMs: () => 0,
    ...machineFacts,
  }
  const platform = { name: 'platform', isMet: true, found: 'linux x64' }
  const plan = createInstallPlan('cpu', home, [wheel], tarballs)
  const further = () => Promise.resolve([])
  const ports: InstallPorts = { machine, describe: () => Promise.resolve({ platform, plan, further }) }
  return {
    ...{ cache, home, wheel, wheelBytes, ports, calls },
    set: (tool, act) => void (acts[tool] = act),
    usual: (tool) => usual[tool],
    run: (call = {}, signal = new AbortController().signal) => callInstall(ports, call, signal),
  }
}

async function callInstall(
  ports: InstallPorts,
  call: Partial<InstallCall>,
  signal: AbortSignal,
): Promise<InstallResult> {
  const [stdout, stdoutText] = createSink()
  const [stderr, stderrText] = createSink()
  let exitCode: number | undefined
  let thrown: unknown
  const context = { stdout, stderr, signal, finish: (code: number) => void (exitCode = code) } as CliContext
  try {
    await runInstall(context, { flavour: 'cpu', wheelPaths: [], ...call }, ports)
  } catch (error) {
    thrown = error
  }
  return { exitCode, stdout: stdoutText(), stderr: stderrText(), thrown }
}

function createSink() {
  let text = ''
  const stream = new Writable({
    decodeStrings: false,
    write: (part: string, _encoding, done) => ((text += part), done()),
  })
  return [createTextWriter(stream), () => text] as const
}

function toolOf(command: ToolCommand): ToolName {
  const words = command.join(' ')
  if (/pip.* --version$/.test(words)) return 'probe pip'
  if (/ download /.test(words)) return 'pip'
  if (/^npm --version$/.test(words)) return 'probe npm'
  if (/^npm pack /.test(words)) return 'npm'
  if (/^tar --version$/.test(words)) return 'probe tar'
  if (/^tar /.test(words)) return 'tar'
  if (/ native prove /.test(words)) return 'prove'
  if (/--version$|-fsyntax-only/.test(words)) return 'probe compiler'
  return 'compile'
}

/** The argument that follows `option`. */
export function after(command: ToolCommand, option: string): string {
  return command[command.indexOf(option) + 1] ?? ''
}

function tarball(files: Record<string, string>): Uint8Array {
  const blocks = Object.entries(files).flatMap(([name, text]) => [tarHeader(name, text.length), text.padEnd(512, '\0')])
  return gzipSync(Buffer.from(`${blocks.join('')}${'\0'.repeat(1024)}`, 'latin1'))
}

/** What tar does with a tarball of these, on machines that have none. */
function unpack(file: string, folder: string): void {
  const bytes = gunzipSync(readFileSync(file)).toString('latin1')
  for (let at = 0; bytes[at] !== '\0'; at += 1024) {
    const path = bytes.slice(at, at + 100).replace(/\0.*/s, '')
    const byteLength = parseInt(bytes.slice(at + 124, at + 135), 8)
    const target = join(folder, ...path.split('/').slice(1))
    place(dirname(target), basename(target), bytes.slice(at + 512, at + 512 + byteLength))
  }
}

/** The ustar header of a plain file. */
function tarHeader(name: string, byteLength: number): string {
  const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`
  const numbers = [octal(0o644, 8), octal(0, 8), octal(0, 8), octal(byteLength, 12), octal(0, 12)].join('')
  const before = name.padEnd(100, '\0') + numbers
  const behind = `0${'\0'.repeat(100)}ustar\x0000`.padEnd(512 - 156, '\0')
  const sum = [...`${before}        ${behind}`].reduce((total, letter) => total + letter.charCodeAt(0), 0)
  return `${before}${octal(sum, 7)} ${behind}`
}

/** Makes a folder and writes a file into it. */
export function place(folder: string, name: string, bytes: string | Uint8Array): string {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), bytes)
  return join(folder, name)
}
