// Keys and timings in; one small file each in the user's cache folder, and the timings of this very machine out.

import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import type { Tuning, TuningStore } from '../choice/tuning.ts'
import { parseTuning } from '../choice/tuning-shape.ts'
import { cacheRoot, markerName, nativeHome } from './native-home.ts'

export type TuningFolderOptions = {
  readonly env?: NodeJS.ProcessEnv
  /** Milliseconds since 1970. @default Date.now */
  readonly wallClock?: () => number
  /** What an entry holds for besides its key. @default processor, memory, Node, and which backends are installed */
  readonly machine?: () => string
}

const dayMs = 24 * 60 * 60 * 1000

/** An entry that no load has asked for in this time is deleted by the next one that is written. */
const keptMs = 30 * dayMs

/** A driver or a library that was missing may be installed meanwhile, of which the key knows nothing. */
const absenceKeptMs = dayMs

/** Five backends of some twenty sizes each have a tenth of this; a larger file is none of ours. */
const mostBytes = 65_536

/** Reads and writes only where a graph could be faster than a kernel, and never rejects: a cache that fails is none. */
export function createTuningFolder(options: TuningFolderOptions = {}): TuningStore {
  const { env = process.env, wallClock = Date.now, machine = () => describeMachine(env) } = options
  const root = join(cacheRoot(env), 'tunings')
  const fileOf = (key: string): string =>
    join(root, `${createHash('sha256').update(`${machine()}\n${key}`).digest('hex')}.json`)

  async function readFresh(key: string): Promise<Tuning | undefined> {
    const file = fileOf(key)
    const nowMs = wallClock()
    const found = parseEntry(await readText(file))
    if (found === undefined || found.writtenAtMs > nowMs) return undefined
    const isComplete = found.tuning.graphs.every(({ timings }) => timings !== undefined)
    if (!isComplete && nowMs - found.writtenAtMs > absenceKeptMs) return undefined
    // tells when it was asked for last; a cache that can only be read serves as well
    await utimes(file, nowMs / 1000, nowMs / 1000).catch(() => undefined)
    return found.tuning
  }

  async function keep(key: string, tuning: Tuning): Promise<void> {
    await mkdir(root, { recursive: true, mode: 0o700 })
    const file = fileOf(key)
    const part = `${file}.${randomUUID()}`
    const nowMs = wallClock()
    try {
      await writeFile(part, JSON.stringify({ writtenAtMs: nowMs, tuning }), { mode: 0o600, flag: 'wx' })
      await utimes(part, nowMs / 1000, nowMs / 1000)
      // many processes may write at once: the file appears whole
      await rename(part, file)
    } catch (error) {
      await rm(part, { force: true }).catch(() => undefined)
      throw error
    }
    await dropOld(root, nowMs - keptMs)
  }

  return {
    read: (key) => readFresh(key).catch(() => undefined),
    write: (key, tuning) => keep(key, tuning).catch(() => undefined),
  }
}

/** A pipe or a device in the file's place is not waited for. */
async function readText(file: string): Promise<string> {
  const { isFile, size } = await stat(file).then((found) => ({ isFile: found.isFile(), size: found.size }))
  if (!isFile || size > mostBytes) return ''
  const handle = await open(file, 'r')
  try {
    const { bytesRead, buffer } = await handle.read(new Uint8Array(mostBytes), 0, mostBytes, 0)
    return new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, bytesRead))
  } finally {
    await handle.close()
  }
}

function parseEntry(text: string): { readonly writtenAtMs: number; readonly tuning: Tuning } | undefined {
  const { writtenAtMs, tuning: stored } = (JSON.parse(text) ?? {}) as { writtenAtMs?: unknown; tuning?: unknown }
  const tuning = parseTuning(stored)
  return typeof writtenAtMs === 'number' && tuning !== undefined ? { writtenAtMs, tuning } : undefined
}

/** Whatever goes wrong here, the next write does it again. */
async function dropOld(root: string, oldestMs: number): Promise<void> {
  for (const name of await readdir(root).catch(() => [])) {
    const path = join(root, name)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }))
    if (mtimeMs < oldestMs) await rm(path, { force: true }).catch(() => undefined)
  }
}

const packages = ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-backend-webgpu', 'webgpu']

/** All that may change which backends there are and how fast: hardware, Node's engine, installs, and cards that are hidden. */
function describeMachine(env: NodeJS.ProcessEnv): string {
  const require = createRequire(import.meta.url)
  const isInstalled = (name: string): boolean =>
    (require.resolve.paths(name) ?? []).some((folder) => existsSync(join(folder, name, 'package.json')))
  const { arch, platform, versions } = process
  return JSON.stringify([
    [platform, arch, versions.node, versions.v8, process.execArgv],
    [cpus()[0]?.model, availableParallelism(), totalmem()],
    packages.map(isInstalled),
    (['cpu', 'gpu'] as const).map((flavour) => existsSync(join(nativeHome(flavour, env), markerName))),
    [env['CUDA_VISIBLE_DEVICES'], env['NODE_OPTIONS'], existsSync('/dev/nvidiactl'), existsSync('/dev/dri')],
  ])
}
