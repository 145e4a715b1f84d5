// What a user wants of the native add-on in; it installed, planned, listed or removed, with words or JSON about it, out.

import { Argument, Command } from 'commander'
import type { NativeFlavour } from '../backend/host/native-home.ts'
import type { CliContext } from './cli-context.ts'
import type { InstallCall } from './native/run-install.ts'

const examples = `
Examples:
  tfjs-serving native install
  tfjs-serving native status
  tfjs-serving help native
`

const installExamples = `
Fetches TensorFlow's own wheel by pip and the add-on's sources by npm, checks their hashes, compiles the add-on and proves
it in a process of its own. A second call does nothing; an interrupted one goes on where it was. Needs pip (or the wheel
itself), a C++17 compiler, npm and tar, and says so before it fetches anything. Everything goes into the user's cache
folder; TFJS_SERVING_CACHE names another.
Exit code: 0 installed, 1 something is missing or failed, 2 wrong use.

Examples:
  tfjs-serving native install
  tfjs-serving native install --dry-run
  tfjs-serving native install --wheel downloads/tensorflow_cpu.whl
  tfjs-serving native install --gpu
`

export function defineNativeCommand(context: CliContext): Command {
  const command = new Command('native')
    .description('install, list or remove the native TensorFlow add-on')
    .helpCommand(false)
    .addHelpText('after', examples)
  command.addCommand(defineInstall(context))
  command.addCommand(defineStatus(context))
  command.addCommand(defineRemove(context))
  command.addCommand(defineProve(context), { hidden: true })
  return command
}

type InstallFlags = Omit<InstallCall, 'flavour' | 'wheelPaths'> & {
  readonly gpu?: boolean
  readonly wheel?: readonly string[]
}

function defineInstall(context: CliContext): Command {
  return new Command('install')
    .description('build the native backend for this machine')
    .option('--gpu', 'with CUDA: needs an NVIDIA driver and nothing else of CUDA')
    .option('--dry-run', 'print what would be fetched and what is missing, and change nothing')
    .option(
      '--wheel <path>',
      'a wheel that is on disk already, in place of pip; may be repeated',
      (path: string, paths: readonly string[] = []) => [...paths, path],
    )
    .option('--force', 'install again, even where it is installed')
    .option('--json', 'print JSON')
    .addHelpText('after', installExamples)
    .action(async ({ gpu = false, wheel = [], ...flags }: InstallFlags) => {
      const { runInstall } = await import('./native/run-install.ts')
      await runInstall(context, { ...flags, wheelPaths: wheel, flavour: gpu ? 'gpu' : 'cpu' })
    })
}

function defineStatus(context: CliContext): Command {
  return new Command('status')
    .description('list what is installed, where, and how large it is')
    .option('--json', 'print JSON')
    .action(async ({ json = false }: { readonly json?: boolean }) => {
      const { runStatus } = await import('./native/run-status.ts')
      await runStatus(context, json)
    })
}

function defineRemove(context: CliContext): Command {
  return new Command('remove')
    .description('delete what is installed, and what other versions of this package left')
    .action(async () => {
      const { runRemove } = await import('./native/run-status.ts')
      await runRemove(context)
    })
}

/** Run by an install in a process of its own. */
function defineProve({ stdout }: CliContext): Command {
  return new Command('prove')
    .addArgument(new Argument('<flavour>').choices(['cpu', 'gpu']))
    .action(async (flavour: NativeFlavour) => {
      const { runProof } = await import('./native/run-proof.ts')
      await stdout.write(`${JSON.stringify(await runProof(flavour))}\n`)
    })
}
