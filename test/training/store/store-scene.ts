// Versions whose answers differ, a store over a disk in memory, and what a registry would serve of it.
import { readHashedArtifact } from '../../../src/artifact/hashed-artifact.ts'
import { isMLError } from '../../../src/errors.ts'
import { nodeSha256 } from '../../../src/runtime/node-hash.ts'
import { readServiceEntry } from '../../../src/runtime/read-service-entry.ts'
import { resolveVersion } from '../../../src/runtime/service-entry.ts'
import { artifactChecksum } from '../../../src/training/store/artifact-checksum.ts'
import { openFolderStore } from '../../../src/training/store/folder-store.ts'
import type { Lineage, ModelStore, VersionEntry } from '../../../src/training/store/model-store.ts'
import type { StoreFiles, StoreProcess, StoreWorld } from '../../../src/training/store/store-files.ts'
import { tinyFiles } from '../../helpers/tiny-models.ts'
import { MemoryDisk } from './memory-disk.ts'

export const lineage: Lineage = {
  dataSha256: 'd'.repeat(64),
  sourceSha256: 'e'.repeat(64),
  codeCommit: null,
  parameters: { trees: 100 },
  framework: 'scikit-learn 1.9.1',
  seed: 42,
  trainedAt: '2026-01-02T03:04:05.000Z',
  metrics: { accuracy: 0.9 },
  gates: [{ name: 'accuracy', passed: true, measured: 0.9, bound: 0.8, text: 'accuracy 0.9 is at least 0.8' }],
}

/** What version `n.0.0` adds to the first feature. */
export function offsetOf(version: string): number {
  return 1000 * Number(version.split('.')[0])
}

const made = new Map<string, Record<string, Uint8Array>>()

export function filesOf(version: string, accuracy = 0.9): Record<string, Uint8Array> {
  const key = `${version} ${accuracy}`
  const files = made.get(key) ?? tinyFiles(version, { offset: offsetOf(version), accuracy })
  made.set(key, files)
  return files
}

export function versionEntry(version: string, state: VersionEntry['state'] = 'staging', accuracy = 0.9): VersionEntry {
  return { version, files: filesOf(version, accuracy), lineage, state }
}

export function checksumOf(version: string): string {
  return artifactChecksum(filesOf(version), nodeSha256)
}

/** Processes of a test by pid; those that were killed are dead, and waiting takes no time. */
export class ProcessTable {
  readonly #dead = new Set<number>()
  #nextToken = 1
  waitedMs = 0
  /** Called at each wait. */
  onWait: (durationMs: number) => void | Promise<void> = () => undefined

  kill(pid: number): void {
    this.#dead.add(pid)
  }

  process(pid: number): StoreProcess {
    return {
      self: { pid, start: 'boot.1', host: 'here' },
      look: ({ pid: theirs, host }) =>
        Promise.resolve(host !== 'here' ? 'unknown' : this.#dead.has(theirs) ? 'dead' : 'alive'),
      wait: async (durationMs) => {
        this.waitedMs += durationMs
        await this.onWait(durationMs)
      },
      token: () => (this.#nextToken++).toString(16).padStart(8, '0'),
    }
  }
}

export class StoreScene {
  readonly disk: MemoryDisk
  readonly processes = new ProcessTable()
  #nowMs = Date.UTC(2026, 0, 2, 3, 4, 5)
  #nextPid = 100

  constructor(disk = new MemoryDisk()) {
    this.disk = disk
  }

  get files(): StoreFiles {
    return this.disk.files('tiny')
  }

  /** A world for a process of its own, over `files` where they are given. */
  world(files: StoreFiles = this.files, pid = this.#nextPid++): StoreWorld {
    const clock = (): Date => new Date((this.#nowMs += 1000))
    return { files, process: this.processes.process(pid), clock, hash: nodeSha256 }
  }

  open(): Promise<ModelStore> {
    return openFolderStore(this.world(), { waitMs: 500 })
  }

  async service(content: unknown): Promise<void> {
    await this.files.write('service.json', new TextEncoder().encode(JSON.stringify(content)))
    await this.files.syncFolder('')
  }

  async text(path: string): Promise<string> {
    return new TextDecoder().decode(await this.files.read(path))
  }

  async addByHand(version: string): Promise<void> {
    const { files } = this
    await files.makeFolder('versions')
    await files.makeFolder(`versions/${version}`)
    for (const [name, bytes] of Object.entries(filesOf(version)))
      await files.write(`versions/${version}/${name}`, bytes)
    for (const folder of [`versions/${version}`, 'versions', '']) await files.syncFolder(folder)
  }

  /** The version that a registry answers by, read by the registry's own functions; or the code of why it does not. */
  async served(): Promise<string> {
    const { files } = this
    const versions = (await files.list('versions')) ?? []
    const service = await files.read('service.json')
    const serviceConfig = service && new TextDecoder().decode(service)
    const entry = readServiceEntry({ name: 'tiny', path: 'tiny', versions, serviceConfig, rule: undefined })
    try {
      if (entry.error !== undefined) throw entry.error
      const version = resolveVersion(entry, undefined)
      const found: Record<string, Uint8Array> = {}
      for (const name of (await files.list(`versions/${version}`)) ?? [])
        if (name !== 'lineage.json') found[name] = (await files.read(`versions/${version}/${name}`)) ?? new Uint8Array()
      readHashedArtifact(found, nodeSha256)
      return version
    } catch (error) {
      if (isMLError(error)) return error.code
      throw error
    }
  }
}
