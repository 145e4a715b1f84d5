// This machine in; what runs here, whether it answers right, how fast, and what mends the rest, out.

import { Command } from 'commander'
import type { CliContext } from './cli-context.ts'
import type { DoctorReport } from './doctor/doctor-report.ts'
import { exitCodes } from './exit-code.ts'
import { createProgress } from './progress.ts'

const examples = `
Converts the churn model that ships with the package in memory and asks every backend for its held-out customers.
Exit code: 0 when models can be served here, 1 when not.

Examples:
  tfjs-serving doctor
  tfjs-serving doctor --json
`

export function defineDoctorCommand(context: CliContext): Command {
  return new Command('doctor')
    .description('tell which backends and caches work on this machine')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(async ({ json }: { readonly json?: boolean }) => {
      const report = await examine(context)
      const { doctorText } = await import('./doctor/doctor-text.ts')
      await context.stdout.write(json === true ? `${JSON.stringify(report, null, 2)}\n` : doctorText(report))
      context.finish(report.isFit ? exitCodes.done : exitCodes.checkFailed)
    })
}

async function examine({ stderr, signal }: CliContext): Promise<DoctorReport> {
  const { convertModel } = await import('../../converters/index.ts')
  const { examineBackends } = await import('./doctor/examine-backends.ts')
  const { examineCaches, examineMachine } = await import('./doctor/examine-machine.ts')
  const { churnFile, churnName, readHeldOut } = await import('./demo/churn-example.ts')
  const progress = createProgress(stderr)
  try {
    const machine = examineMachine()
    progress.report(0, 'converting the demo model')
    const { files } = await convertModel(churnFile('model.joblib'), { name: churnName, signal })
    const backends = await examineBackends({
      files,
      heldOut: await readHeldOut(),
      processor: machine.platform.processor,
      signal,
      onBackend: (name) => progress.report(0.5, `asking ${name}`),
    })
    const picked = backends.find(({ isRight }) => isRight === true)?.name ?? null
    const isFit = machine.node.isSupported && picked !== null
    return { ...machine, backends, picked, caches: examineCaches(), isFit }
  } finally {
    progress.stop()
  }
}
