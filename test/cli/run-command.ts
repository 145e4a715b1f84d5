// Arguments and what stdin says in; what the command line writes and its exit code out, all within this process.
import { Readable, Writable } from 'node:stream'
import { runCli } from '../../src/cli/run-cli.ts'

export type CommandResult = { readonly exitCode: number; readonly stdout: string; readonly stderr: string }

export type RunCommandOptions = {
  readonly stdin?: string | Readable
  readonly signal?: AbortSignal
  /** Called with each text that goes to stdout. */
  readonly onStdout?: (text: string) => void
}

export async function runCommand(args: readonly string[], options: RunCommandOptions = {}): Promise<CommandResult> {
  const { stdin = '', signal, onStdout } = options
  const stdout = createTextSink(onStdout)
  const stderr = createTextSink()
  const exitCode = await runCli(args, {
    stdin: typeof stdin === 'string' ? Readable.from([Buffer.from(stdin)]) : stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    ...(signal === undefined ? {} : { signal }),
  })
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() }
}

function createTextSink(onText: (text: string) => void = () => {}) {
  const texts: string[] = []
  const stream = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      texts.push(text)
      onText(text)
      done()
    },
  })
  return { stream, text: () => texts.join('') }
}
