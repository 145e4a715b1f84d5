// What a model store needs of a disk and of the process table; paths are relative to the model's folder, with slashes.

export interface StoreFiles {
  /** The folder as errors show it. */
  readonly path: string
  /** Name of the folder, which is that of its model. */
  readonly model: string
  /** Names in a folder; undefined where there is none. */
  list(folder: string): Promise<readonly string[] | undefined>
  /** Undefined where there is no such file. */
  read(path: string): Promise<Uint8Array | undefined>
  /** Writes a file whose bytes are on the disk when this resolves; `like` names one whose mode and owner it takes. */
  write(path: string, bytes: Uint8Array, like?: string): Promise<void>
  /** Adds to a file, which it makes where there is none, by one write; on the disk when this resolves. */
  append(path: string, bytes: Uint8Array): Promise<void>
  makeFolder(path: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** Removes a file, or a folder with all in it; fine where there is none. */
  remove(path: string): Promise<void>
  /** What was made, renamed and removed in the folder is on the disk when this resolves; '' is the model's folder. */
  syncFolder(folder: string): Promise<void>
}

/** A process that may hold a lock. */
export type Holder = {
  readonly pid: number
  /** Tells processes apart that had the same pid one after the other; '' where the system does not say. */
  readonly start: string
  /** Machine and process namespace in which `pid` counts. */
  readonly host: string
}

export interface StoreProcess {
  readonly self: Holder
  /** `unknown` for a process of another machine or container. */
  look(holder: Holder): Promise<'alive' | 'dead' | 'unknown'>
  wait(durationMs: number): Promise<void>
  /** Eight hexadecimal digits that nobody else draws. */
  token(): string
}

/** What opens a store; `clock` is the time of day. */
export type StoreWorld = {
  readonly files: StoreFiles
  readonly process: StoreProcess
  readonly clock: () => Date
  /** Lowercase hex SHA-256. */
  readonly hash: (bytes: Uint8Array) => string
}
