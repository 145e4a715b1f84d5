// What the model store of one model folder offers: the lineage, the states and the history of versions, and the commands on them.

/** How a version came to be: what it was trained on, by which code, and what it measured. */
export type Lineage = {
  /** Lowercase hex SHA-256 of the training data file. */
  readonly dataSha256: string
  /** Lowercase hex SHA-256 of the source model that was converted. */
  readonly sourceSha256: string
  /** Git commit of the training code; null outside a repository. */
  readonly codeCommit: string | null
  readonly parameters: unknown
  /** Name and release of the training framework, for example "scikit-learn 1.9.1". */
  readonly framework: string
  readonly seed: number
  /** ISO 8601 instant, from the injected clock. */
  readonly trainedAt: string
  readonly metrics: unknown
  /** One a gate of the pipeline, passed or not. */
  readonly gates: readonly {
    readonly name: string
    readonly passed: boolean
    readonly measured: number
    readonly bound: number
    readonly text: string
  }[]
}

/** development: a gate failed; staging: may be promoted; production: serves; deprecated: has served and may again. */
export type ModelState = 'development' | 'staging' | 'production' | 'deprecated'

/** One line of history.jsonl. */
export type HistoryEntry = {
  /** 1 for the first entry, then one more an entry. */
  readonly seq: number
  /** ISO 8601 instant of the command, from the injected clock. */
  readonly at: string
  readonly action: 'register' | 'stage' | 'promote' | 'rollback' | 'deprecate' | 'recover'
  /** Of a `recover`: the version in production by service.json, '' where there is none. */
  readonly version: string
  /** The version that served before, or that was staged before. */
  readonly previous?: string
  /** Lowercase hex SHA-256 of the artifact, see artifactChecksum. */
  readonly checksum?: string
  readonly reason?: string
}

/** One version in the folder. */
export type StoredVersion = {
  readonly version: string
  readonly state: ModelState
  /** Lowercase hex SHA-256 over the names and contents of its files, lineage.json apart. */
  readonly checksum: string
  /** Undefined where the folder has no readable lineage.json: a version that was put there by hand. */
  readonly lineage: Lineage | undefined
}

/** A version to take in. */
export type VersionEntry = {
  readonly version: string
  /** model.json and its shards by file name; without lineage.json. */
  readonly files: Readonly<Record<string, Uint8Array>>
  readonly lineage: Lineage
  /** staging where every gate passed, else development. */
  readonly state: 'development' | 'staging'
}

/** The versions, states and history of one model folder; every command is whole or has not happened. */
export interface ModelStore {
  /** Puts versions/<version>/ there by one rename; the same bytes again change nothing. */
  register(entry: VersionEntry): Promise<void>
  /** Makes a version in staging, or a deprecated one, the production version. */
  promote(version: string, options?: { readonly reason?: string }): Promise<void>
  /** Makes the previous production version serve again; returns its name. */
  rollback(options?: { readonly reason?: string }): Promise<string>
  /** The versions in the folder, the lowest first. */
  versions(): Promise<readonly StoredVersion[]>
  history(): Promise<readonly HistoryEntry[]>
  /** The version that service.json names as production; undefined before the first promotion. */
  production(): Promise<string | undefined>
}

/** Settings of openModelStore. */
export type ModelStoreOptions = {
  /** The time of day, for the history. @default () => new Date() */
  readonly clock?: () => Date
}

/**
 * Opens the store of a model's folder (`models/<name>`), in Node. What a killed command left there is mended, unless
 * another process works on it or it cannot be written: then by the next command.
 * @throws MODEL_NOT_FOUND where there is no such folder; VALIDATION_FAILED where its service.json or history is none
 * @example
 * const store = await openModelStore('models/lead_scorer_v2')
 * await store.promote('2.1.0', { reason: 'passed every gate' })
 */
export async function openModelStore(modelDir: string, options: ModelStoreOptions = {}): Promise<ModelStore> {
  const { clock = () => new Date() } = options
  const { createDiskFiles } = await import('./disk-files.ts')
  const { createNodeProcess } = await import('./node-process.ts')
  const { nodeSha256 } = await import('../../runtime/node-hash.ts')
  const { openFolderStore } = await import('./folder-store.ts')
  const files = createDiskFiles(modelDir)
  return openFolderStore({ files, process: await createNodeProcess(), clock, hash: nodeSha256 })
}
