// A call of `native install` in; words or JSON about what became of it, and its exit code, out.

import type { CliContext } from '../cli-context.ts'
import { errorDetails, errorLine, oneLine } from '../error-text.ts'
import { exitCodes } from '../exit-code.ts'
import { jsonText } from '../json-text.ts'
import { createProgress } from '../progress.ts'
import { carryOutInstall, type InstallOutcome, type InstallPorts, type InstallRequest } from './carry-out-install.ts'
import { describeFlavour } from './flavour-needs.ts'
import { installFailure, quotedLines } from './install-failure.ts'
import { outcomeJson, outcomeText, requirementsText, unmetLines } from './install-text.ts'
import { nodeMachine } from './node-machine.ts'

export type InstallCall = InstallRequest & { readonly json?: boolean; readonly verbose?: boolean }

const realPorts: InstallPorts = { machine: nodeMachine, describe: describeFlavour }

export async function runInstall(context: CliContext, call: InstallCall, ports = realPorts): Promise<void> {
  const { stdout, stderr, signal } = context
  const progress = createProgress(stderr)
  let outcome: InstallOutcome
  try {
    outcome = await carryOutInstall(call, ports, {
      signal,
      progress,
      onRequirements: (requirements) => stderr.write(`${requirementsText(requirements)}\n`),
      onWait: (pid) => progress.report(0, `waiting for process ${pid}, which installs the same`),
    })
  } catch (error) {
    progress.stop()
    if (signal.aborted) await stderr.write('interrupted; the same command goes on where this one was\n')
    const quoted = quotedLines(error)
    if (signal.aborted || quoted === undefined) throw error
    await stderr.write(`${errorLine(error)}${quoted.map((line) => `  ${oneLine(line)}\n`).join('')}`)
    if (call.verbose === true) await stderr.write(errorDetails(error))
    return context.finish(exitCodes.checkFailed)
  }
  progress.stop()
  await stdout.write(call.json === true ? jsonText(outcomeJson(outcome)) : outcomeText(outcome))
  const isFit = outcome.kind !== 'planned' || outcome.requirements.every(({ isMet }) => isMet)
  if (outcome.kind === 'refused')
    for (const line of unmetLines(outcome.requirements))
      await stderr.write(errorLine(installFailure('requirements', `cannot install the native add-on: ${line}`)))
  context.finish(outcome.kind !== 'refused' && isFit ? exitCodes.done : exitCodes.checkFailed)
}
