// The layout of ARCHITECTURE.md, held by reading every source file; and proof that each rule can fail.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { brokenRules, type Exemptions } from './helpers/import-rules.ts'

const exemptions: Exemptions = {
  rim: {
    'converters/convert/source-files.ts': 'reads source files and writes artifact folders',
    'src/backend/host/fork-host.ts': 'forks host processes',
    'src/backend/host/forked-backend.ts': 'hands out backends in forked processes',
    'src/backend/host/host-entry.ts': 'finds the file that a host begins with',
    'src/backend/host/host-main.ts': 'is the host process',
    'src/backend/host/thread-host.ts': 'starts host threads',
    'src/backend/host/thread-main.ts': 'is the host thread',
    'src/backend/host/threaded-backend.ts': 'hands out backends in threads',
    'src/backend/choice/installed-backend.ts': 'looks for packages and installs before a process is started for them',
    'src/backend/host/native-home.ts': 'finds the native add-on on disk',
    'src/backend/host/nvidia-smi.ts': 'asks the NVIDIA driver’s own tool for cards',
    'src/backend/tfjs/tensorflow-addon.ts': 'loads the native add-on',
    'src/backend/host/tuning-folder.ts': 'keeps what backends cost in the cache of the user',
    'src/backend/tfjs/saved-model-file.ts': 'writes SavedModels into the cache of the user',
    'src/cache/redis-keyv.ts': 'reads values of Redis as bytes',
    'src/cache/redis-refusal.ts': 'hears why a Redis ends a connection at once',
    'src/runtime/model-folder.ts': 'reads modelsDir and artifact folders from disk',
    'src/runtime/node-publish.ts': 'publishes on diagnostics channels',
    'src/training/index.ts': 'opens training, which is of files',
    'src/training/assert-runnable.ts': 'looks where a run would write',
    'src/training/train-model.ts': 'reads and writes the folder of a model',
    'src/training/evaluate-model.ts': 'reads data, and writes reports',
    'src/training/rebuild-artifact.ts': 'reads the folder of a model',
    'src/training/training-folder.ts': 'reads and writes the folder of a model',
    'src/training/write-run.ts': 'writes what a run leaves',
    'src/training/python/run-program.ts': 'starts Python',
    'src/training/python/virtual-environment.ts': 'makes environments in the cache of the user',
    'src/training/python/python-trainer.ts': 'hands jobs to Python by files',
    'src/training/table/parse-table.ts': 'reads CSV files, and hashes them with OpenSSL',
    'src/training/store/disk-files.ts': 'reads and writes the folder of a model, synced to the disk',
    'src/training/store/node-process.ts': 'knows which processes hold a lock',
    'src/runtime/node-hash.ts': 'hashes with OpenSSL, which is several times faster',
  },
  entry: {
    'src/backend/host/host-main.ts': 'is forked',
    'src/backend/host/thread-main.ts': 'is started as a thread',
  },
  detection: {
    'src/backend/tfjs/process-listeners.ts': 'takes crash handlers of a library off the process again',
    'src/backend/host/is-node.ts': 'asks whether this is Node',
  },
  long: {},
}

const none: Exemptions = { rim: {}, entry: {}, detection: {}, long: {} }
const packages = new Set(['zod', '@keyv/redis'])
const rootUrl = new URL('../', import.meta.url)

test('keeps every rule of the layout', () => {
  const sources = new Map<string, string>()
  for (const tree of ['src', 'converters'])
    for (const entry of readdirSync(new URL(tree, rootUrl), { recursive: true, encoding: 'utf8' }))
      if (entry.endsWith('.ts'))
        sources.set(`${tree}/${entry}`, readFileSync(new URL(`${tree}/${entry}`, rootUrl), 'utf8'))
  const manifest = JSON.parse(readFileSync(new URL('package.json', rootUrl), 'utf8')) as Record<string, object>
  const names = [...Object.keys(manifest['dependencies'] ?? {}), ...Object.keys(manifest['peerDependencies'] ?? {})]
  expect(sources.has('src/errors.ts')).toBe(true)
  expect(brokenRules(sources, exemptions, new Set(names))).toEqual([])
})

const badFiles: readonly (readonly [rule: string, files: Record<string, string>, broken: string])[] = [
  ['a higher layer', { 'src/rows/a.ts': "import '../cli/b.ts'", 'src/cli/b.ts': '' }, 'imports the higher layer cli'],
  ['a higher layer’s type', { 'src/rows/a.ts': "import type { B } from '../runtime/b.ts'" }, 'higher layer runtime'],
  ['a higher layer, late', { 'src/cache/a.ts': "const b = () => import('../runtime/b.ts')" }, 'higher layer runtime'],
  ['a higher layer by re-export', { 'src/rows/a.ts': "export * from '../runtime/b.ts'" }, 'higher layer runtime'],
  ['a higher layer by typeof', { 'src/rows/a.ts': "type B = typeof import('../crm/b.ts')" }, 'higher layer crm'],
  ['a sibling', { 'src/cache/a.ts': "import { b } from '../resilience/b.ts'" }, 'sibling layer resilience'],
  ['a folder that is no layer', { 'src/tools/a.ts': "import { b } from '../errors.ts'" }, 'tools, which is no layer'],
  [
    'converters from the runtime',
    { 'src/runtime/a.ts': "import('../../converters/index.ts')" },
    'only cli and training',
  ],
  [
    'converters at once',
    { 'src/cli/a.ts': "import { c } from '../../converters/index.ts'" },
    'without a dynamic import',
  ],
  ['too much of src', { 'converters/fold/a.ts': "import { b } from '../../src/runtime/b.ts'" }, 'converters may not'],
  ['a backend', { 'converters/check/a.ts': "import { b } from '../../src/backend/b.ts'" }, 'converters may not'],
  ['a cycle', { 'src/rows/a.ts': "import './b.ts'", 'src/rows/b.ts': "export * from './a.ts'" }, 'is in the cycle'],
  ['node:', { 'src/rows/a.ts': "import { readFileSync } from 'node:fs'" }, 'imports node:fs away from the rim'],
  ['node: late', { 'src/rows/a.ts': "const fs = await import('node:fs')" }, 'imports node:fs away from the rim'],
  ['Buffer', { 'src/rows/a.ts': 'export const a = Buffer.from([1])' }, 'uses Buffer away from the rim'],
  ['process', { 'src/rows/a.ts': "if (typeof process !== 'undefined') throw 1" }, 'uses process away from the rim'],
  ['process of globalThis', { 'src/rows/a.ts': 'export const a = globalThis.process?.pid' }, 'uses globalThis.process'],
  ['process taken out', { 'src/rows/a.ts': 'const { process: p } = globalThis as A' }, 'uses globalThis.process'],
  ['bare setImmediate', { 'src/rows/a.ts': 'export const a = () => setImmediate(b)' }, 'uses setImmediate away'],
  ['require', { 'src/rows/a.ts': "const a = { b: require('b') }" }, 'uses require away from the rim'],
  ['a computed import', { 'src/rows/a.ts': 'export const a = (b: string) => import(b)' }, 'a computed path'],
  ['rim at once', { 'src/rows/a.ts': "import { b } from '../cli/b.ts'", 'src/cli/b.ts': '' }, 'which is rim'],
  ['a package of the rim', { 'src/cache/a.ts': "import r from '@keyv/redis'" }, 'which needs Node'],
  ['a package that is not declared', { 'src/cache/a.ts': "import l from 'lodash/fp'" }, 'not a dependency'],
  ['no extension', { 'src/rows/a.ts': "import { b } from './b.js'" }, 'without .ts'],
  ['a missing file', { 'src/rows/a.ts': "import { b } from './b.ts'" }, 'which is not there'],
  ['a registration', { 'src/rows/a.ts': "import { register } from './b.ts'\nregister(1)" }, 'something on import'],
  ['a filled table of others', { 'src/rows/a.ts': "import { t } from './b.ts'\nt.set(1, 2)" }, 'something on import'],
  ['a changed global', { 'src/rows/a.ts': 'for (const a of [1]) globalThis.a = a' }, 'something on import'],
  ['a bare import', { 'src/rows/a.ts': "import '../errors.ts'" }, 'does something on import'],
  ['301 lines', { 'src/rows/a.ts': 'export {}\n'.repeat(300) }, 'has 301 lines'],
  ['a vague name', { 'src/rows/row-utils.ts': '' }, 'row-utils names no idea'],
  ['a vague folder', { 'src/rows/common/a.ts': '' }, 'common names no idea'],
  ['camel case', { 'src/rows/rowReader.ts': '' }, 'rowReader is not kebab-case'],
]

test.each(badFiles)('finds %s', (_rule, files, broken) => {
  const sources = new Map(Object.entries(files).map(([path, text]) => [path, `// In, out.\n${text}`]))
  expect(brokenRules(sources, none, packages).join('\n')).toContain(broken)
})

test('finds an import of a file with which a process begins', () => {
  const sources = new Map([
    ['src/backend/child.ts', '// In, out.\nserve()'],
    ['src/backend/parent.ts', "// In, out.\nexport const a = () => import('./child.ts')"],
  ])
  const entry = { 'src/backend/child.ts': 'is forked' }
  expect(brokenRules(sources, { ...none, entry }, packages)).toEqual([
    'src/backend/parent.ts: imports src/backend/child.ts, with which a process begins',
  ])
})

test('finds a file without a first sentence', () => {
  expect(brokenRules(new Map([['src/rows/a.ts', 'export const a = 1']]), none, packages)).toHaveLength(1)
})

test('finds exemptions that are not needed', () => {
  const sources = new Map([['src/rows/a.ts', '// In, out.\n']])
  const entry = { 'src/rows/a.ts': '' }
  expect(brokenRules(sources, { rim: entry, entry, detection: entry, long: entry }, packages)).toHaveLength(4)
})

test('lets pass what the layout allows', () => {
  const sources = new Map([
    ['src/errors.ts', '// In, out.\nexport type A = { process: number }\nexport const b = (a: A) => a.process'],
    ['src/backend/port.ts', "// In, out.\nimport { z } from 'zod'\nimport { b } from '../errors.ts'"],
    ['src/backend/graph.ts', "// In, out.\nimport type { P } from './port.ts'\nconst t = new Map()\nt.set(1, 2)"],
    [
      'src/runtime/platform.ts',
      '// In, out.\nconst { process } = globalThis as A\nexport const a = [process?.pid, globalThis.setImmediate]',
    ],
    ['src/runtime/files.ts', "// In, out.\nimport { open } from 'node:fs/promises'"],
    ['src/backend/child.ts', "// In, out.\nimport process from 'node:process'\nprocess.on('message', serve)"],
    ['src/runtime/load.ts', "// In, out.\nexport const f = () => import('./files.ts')"],
    [
      'src/cli/main.ts',
      "#!/usr/bin/env node\n// In, out.\nimport { pid } from 'node:process'\nvoid import('../../converters/index.ts')",
    ],
    ['converters/fold/fold.ts', "// In, out.\nimport type { P } from '../../src/backend/port.ts'"],
    ['converters/index.ts', "// In, out.\nimport { g } from '../src/backend/graph.ts'\nexport * from './fold/fold.ts'"],
  ])
  const rim = { 'src/runtime/files.ts': 'reads files', 'src/backend/child.ts': 'is a process' }
  const entry = { 'src/backend/child.ts': 'is forked' }
  const detection = { 'src/runtime/platform.ts': 'asks for process' }
  expect(brokenRules(sources, { rim, entry, detection, long: {} }, packages)).toEqual([])
})
