// This machine in; what runs here, whether it answers right, how fast, and what mends the rest, out.

import { Command } from 'commander'
import type { BackendOptions } from '../backend/backend-options.ts'
import type { CliContext } from './cli-context.ts'
import type { DoctorReport } from './doctor/doctor-report.ts'
import { exitCodes } from './exit-code.ts'
import { jsonText } from './json-text.ts'
import { createProgress } from './progress.ts'

const examples = `
Converts the churn model that ships with the package in memory and asks every backend for its held-out customers.
Backends that run in a process of their own are started for it and ended again; none has more than a minute.
Exit code: 0 when models can be served here, 1 when not.

Examples:
  tfjs-serving doctor
  tfjs-serving doctor --json
  tfjs-serving doctor --software
`

export function defineDoctorCommand(context: CliContext): Command {
  return new Command('doctor')
    .description('tell which backends and caches work on this machine')
    .option('--software', 'let WebGPU compute without a GPU where it finds none, to try the way')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(async ({ json, software }: { readonly json?: boolean; readonly software?: boolean }) => {
      const report = await examine(context, software === true ? { webgpu: { adapter: 'software' } } : {})
      const { doctorText } = await import('./doctor/doctor-text.ts')
      await context.stdout.write(json === true ? jsonText(report) : doctorText(report))
      context.finish(report.isFit ? exitCodes.done : exitCodes.checkFailed)
    })
}

async function examine({ stderr, signal }: CliContext, backendOptions: BackendOptions): Promise<DoctorReport> {
  const { convertModel } = await import('../../converters/index.ts')
  const { examineBackends, examineChoice } = await import('./doctor/examine-backends.ts')
  const { examineCaches, examineMachine } = await import('./doctor/examine-machine.ts')
  const { churnFile, churnName, readHeldOut } = await import('./demo/churn-example.ts')
  const { closeBackends } = await import('../runtime/process-candidates.ts')
  const progress = createProgress(stderr)
  try {
    const machine = examineMachine()
    progress.report(0, 'converting the demo model')
    const { files } = await convertModel(churnFile('model.joblib'), { name: churnName, signal })
    const asked = {
      files,
      heldOut: await readHeldOut(),
      backendOptions,
      signal,
      onBackend: (name: string) => progress.report(0.5, `asking ${name}`),
    }
    const backends = await examineBackends(asked)
    const choice = await examineChoice(asked)
    const isFit = machine.node.isSupported && choice.picked !== null
    return { ...machine, backends, ...choice, caches: examineCaches(), isFit }
  } finally {
    progress.stop()
    await closeBackends()
  }
}
