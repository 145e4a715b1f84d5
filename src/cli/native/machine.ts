// The port through which an install asks about this machine and runs its tools: tests put a machine of their own in.

export type RunOptions = {
  readonly signal?: AbortSignal
  /** Added to the environment of this process, which tools inherit: proxies and indexes are the user's own settings. */
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
}

/** The last part of what the tool wrote, as much as its reader can use. */
type Written = { readonly stdout: string; readonly stderr: string }

export type RunResult =
  | { readonly kind: 'missing' }
  | ({ readonly kind: 'exited'; readonly exitCode: number } & Written)
  | ({ readonly kind: 'killed'; readonly signalName: string } & Written)

/** A program and its first arguments, such as `python3 -m pip`. */
export type ToolCommand = readonly [program: string, ...args: string[]]

export type Machine = {
  /** As process.platform and process.arch say it. */
  readonly platform: string
  readonly arch: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** The node that runs now. */
  readonly nodePath: string
  /** Undefined where the C library is another one, such as musl. */
  glibcVersion(): string | undefined
  /** Undefined where the system does not tell. */
  processorFlags(): Promise<ReadonlySet<string> | undefined>
  /** Bytes that this user may still write where `path` lies, or will lie. */
  freeByteLength(path: string): Promise<number>
  /** When a process began, in the system's own words; undefined where no such process runs. */
  processStart(pid: number): Promise<string | undefined>
  /** Runs a program to its end, without a shell. @throws `signal.reason`, once the program and its children are gone */
  run(command: ToolCommand, options?: RunOptions): Promise<RunResult>
  /** @throws `signal.reason` */
  wait(delayMs: number, signal?: AbortSignal): Promise<void>
  nowMs(): number
}
