// `native install` on a machine that pretends: what it fetches and leaves, and that it goes on where an earlier call was ended.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findNative } from '../../../src/backend/host/native-home.ts'
import { after, createFakeInstall, exited, missing, place, type FakeInstall, type ToolName } from './fake-install.ts'

/** Everything under a home, without folders. */
function filesOf(home: string): string[] {
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(home.length + 1))
    .sort()
}

const wholeFiles = ({ wheel }: FakeInstall): string[] => [
  'addon/node_modules/@tensorflow/tfjs-core/index.js',
  'addon/node_modules/@tensorflow/tfjs-node/.integrity',
  'addon/node_modules/@tensorflow/tfjs-node/dist/index.js',
  'addon/node_modules/@tensorflow/tfjs/index.js',
  'addon/tfjs_binding.node',
  'installed.json',
  'lib/tensorflow/libtensorflow_cc.so.2',
  'lib/tensorflow/libtensorflow_framework.so.2',
  `lib/${wheel.fileName}.json`,
]

test('checks first, then fetches, unpacks, compiles and proves, and leaves only what the runtime needs', async () => {
  const fake = createFakeInstall()
  const { exitCode, stdout, stderr } = await fake.run()
  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout: `installed TensorFlow 2.21.0, which computes on the CPU, in 0.0 s: ${fake.home}\n`,
  })
  expect(stderr).toMatch(
    /^met +needed +found\nyes +platform.*\nyes +pip +pip 23\.2\.1\n.*\n\nfetching tensorflow-cpu 2\.21\.0\n/s,
  )
  expect(fake.calls).toEqual(['pip', 'npm', 'tar', 'tar', 'compile', 'prove'])
  expect(filesOf(fake.home)).toEqual(wholeFiles(fake))
  expect(readFileSync(join(fake.home, 'lib/tensorflow/libtensorflow_framework.so.2'))).toEqual(Buffer.alloc(1_000, 3))
})

test('what it installed is what the runtime finds', async () => {
  const fake = createFakeInstall()
  await fake.run()
  const found = await findNative('cpu', { TFJS_SERVING_CACHE: fake.cache })
  expect(found).toMatchObject({ home: fake.home, addon: 'addon', tensorflow: '2.21.0', tfjsNode: '4.22.0' })
})

test('a second call says where it is and runs nothing, not even a question', async () => {
  const fake = createFakeInstall()
  await fake.run()
  for (const tool of ['probe pip', 'probe compiler', 'probe npm', 'probe tar'] as const) fake.set(tool, () => missing)
  fake.calls.length = 0
  expect(await fake.run()).toMatchObject({ exitCode: 0, stdout: `installed already: ${fake.home}\n`, stderr: '' })
  expect(fake.calls).toEqual([])
})

test('--force installs again', async () => {
  const fake = createFakeInstall()
  await fake.run()
  fake.calls.length = 0
  expect((await fake.run({ force: true })).exitCode).toBe(0)
  expect(fake.calls).toEqual(['pip', 'npm', 'tar', 'tar', 'compile', 'prove'])
  expect(filesOf(fake.home)).toEqual(wholeFiles(fake))
})

test.each(['lib/tensorflow/libtensorflow_cc.so.2', 'addon/tfjs_binding.node', 'installed.json'])(
  'installs again where %s was deleted',
  async (path) => {
    const fake = createFakeInstall()
    await fake.run()
    rmSync(join(fake.home, path))
    expect(await fake.run()).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^installed TensorFlow/) })
    expect(filesOf(fake.home)).toEqual(wholeFiles(fake))
  },
)

test('what is installed again and fails counts as installed no more', async () => {
  const fake = createFakeInstall()
  await fake.run()
  rmSync(join(fake.home, 'lib/tensorflow/libtensorflow_cc.so.2'))
  fake.set('prove', () => exited(1))
  expect((await fake.run()).exitCode).toBe(1)
  expect(await findNative('cpu', { TFJS_SERVING_CACHE: fake.cache })).toBeUndefined()
})

/** The step that is interrupted, at its how-manieth run, and what the next call runs. */
const interruptions: readonly (readonly [tool: ToolName, run: number, next: readonly ToolName[]])[] = [
  ['pip', 1, ['pip', 'npm', 'tar', 'tar', 'compile', 'prove']],
  ['npm', 1, ['npm', 'tar', 'tar', 'compile', 'prove']],
  ['tar', 1, ['npm', 'tar', 'tar', 'compile', 'prove']],
  ['tar', 2, ['npm', 'tar', 'compile', 'prove']],
  ['compile', 1, ['compile', 'prove']],
  ['prove', 1, ['prove']],
]

test.each(interruptions)('interrupted in %s (run %i), the next call goes on there', async (tool, run, next) => {
  const fake = createFakeInstall()
  const interruption = new AbortController()
  let runs = 0
  fake.set(tool, (command, options) => {
    if (++runs === run) interruption.abort(new Error('stop'))
    return fake.usual(tool)(command, options)
  })
  const first = await fake.run({}, interruption.signal)
  expect(first.thrown).toEqual(new Error('stop'))
  expect(first.stderr).toMatch(/\ninterrupted; the same command goes on where this one was\n$/)
  expect(existsSync(join(fake.home, 'install.lock'))).toBe(false)
  expect(await findNative('cpu', { TFJS_SERVING_CACHE: fake.cache })).toBeUndefined()

  fake.calls.length = 0
  expect((await fake.run()).exitCode).toBe(0)
  expect(fake.calls).toEqual(next)
  expect(filesOf(fake.home)).toEqual(wholeFiles(fake))
})

test('uses the wheel that an earlier call fetched whole', async () => {
  const fake = createFakeInstall()
  place(join(fake.home, 'download'), fake.wheel.fileName, fake.wheelBytes)
  expect((await fake.run()).exitCode).toBe(0)
  expect(fake.calls).toEqual(['npm', 'tar', 'tar', 'compile', 'prove'])
})

test('half files of a process that was killed are in nobody’s way', async () => {
  const fake = createFakeInstall()
  const half = fake.wheelBytes.subarray(0, 1000)
  place(join(fake.home, 'download/arrival/pip-unpack-x'), fake.wheel.fileName, half)
  place(join(fake.home, 'download'), fake.wheel.fileName, half)
  place(join(fake.home, 'lib/tensorflow'), 'libtensorflow_cc.so.2.part', 'half')
  place(join(fake.home, 'lib/tensorflow'), 'libtensorflow_framework.so.2', 'too short')
  place(join(fake.home, 'addon/node_modules/@tensorflow/tfjs-node.part/dist'), 'index.js', 'half')
  place(join(fake.home, 'addon/node_modules/@tensorflow/tfjs-node'), 'package.json', '{}')
  place(join(fake.home, 'build'), 'tfjs_binding.node.part', 'half')
  place(fake.home, 'installed.json.part', '{"flav')
  place(fake.home, 'install.lock', '{"host":"')
  fake.set('pip', (command, options) => {
    // half a wheel more would need its room on the disk
    expect(readdirSync(after(command, '--dest'))).toEqual([])
    return fake.usual('pip')(command, options)
  })
  expect((await fake.run()).exitCode).toBe(0)
  expect(fake.calls).toEqual(['pip', 'npm', 'tar', 'tar', 'compile', 'prove'])
  expect(filesOf(fake.home)).toEqual(wholeFiles(fake))
})

test('deletes what a process left that was killed after its marker', async () => {
  const fake = createFakeInstall()
  await fake.run()
  place(join(fake.home, 'download'), 'some.whl', 'left')
  expect((await fake.run()).stdout).toMatch(/^installed already/)
  expect(filesOf(fake.home)).toEqual(wholeFiles(fake))
})

test('compiles again where sources are newer than the add-on of an earlier call', async () => {
  const fake = createFakeInstall()
  fake.set('prove', () => exited(1))
  await fake.run()
  rmSync(join(fake.home, 'addon/node_modules/@tensorflow/tfjs-node'), { recursive: true })
  fake.set('prove', fake.usual('prove'))
  fake.calls.length = 0
  expect((await fake.run()).exitCode).toBe(0)
  expect(fake.calls).toEqual(['npm', 'tar', 'compile', 'prove'])
})

test('takes a wheel by path, under any name, without pip; it stays where it was', async () => {
  const fake = createFakeInstall()
  fake.set('probe pip', () => missing)
  const path = place(join(fake.cache, 'mine'), 'renamed.whl', fake.wheelBytes)
  const { exitCode, stderr } = await fake.run({ wheelPaths: [path] })
  expect({ exitCode, hasPip: stderr.includes('pip') }).toEqual({ exitCode: 0, hasPip: false })
  expect(fake.calls).toEqual(['npm', 'tar', 'tar', 'compile', 'prove'])
  expect(existsSync(path)).toBe(true)
})

test('--dry-run prints the plan and what is here, and writes nothing', async () => {
  const fake = createFakeInstall()
  const { exitCode, stdout, stderr } = await fake.run({ dryRun: true })
  expect({ exitCode, stderr, calls: fake.calls, isThere: existsSync(fake.home) }).toEqual({
    ...{ exitCode: 0, stderr: '', calls: [], isThere: false },
  })
  for (const part of [`into      ${fake.home}`, 'download  1 MB', 'disk      68 MB', fake.wheel.fileName, '5. delete'])
    expect(stdout).toContain(part)
  expect(stdout).toMatch(/\nyes +disk +1000\.0 GB free, 68 MB needed\n$/)
})

test('--dry-run with something missing says what mends it, with exit code 1', async () => {
  const fake = createFakeInstall()
  fake.set('probe compiler', () => missing)
  const { exitCode, stdout } = await fake.run({ dryRun: true })
  expect(exitCode).toBe(1)
  expect(stdout).toMatch(/\nmissing:\n {2}C\+\+17 compiler: c\+\+, g\+\+, clang\+\+: not found; install g\+\+ .*\n$/)
})

test('--json prints the plan, the outcome, and the same once it is there', async () => {
  const fake = createFakeInstall()
  const [plan, first, second] = [{ dryRun: true }, {}, {}].map((call) => ({ ...call, json: true }))
  const parse = async (call?: object) => JSON.parse((await fake.run(call)).stdout) as Record<string, unknown>
  const facts = { home: fake.home, flavour: 'cpu' }
  expect(await parse(plan)).toMatchObject({
    ...facts,
    isInstalled: false,
    plan: { downloadByteLength: fake.wheel.byteLength },
  })
  expect(await parse(first)).toMatchObject({ ...facts, isInstalled: true, proof: { tensorflow: '2.21.0' } })
  expect(await parse(second)).toEqual({ ...facts, isInstalled: true })
})
