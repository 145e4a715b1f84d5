// What commands need in, the parser of the command line with its help out.

import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import type { CliContext } from './cli-context.ts'
import { oneLine } from './error-text.ts'
import { defineConvertCommand } from './convert-command.ts'
import { defineDemoCommand } from './demo-command.ts'
import { defineDoctorCommand } from './doctor-command.ts'
import { defineEvaluateCommand } from './evaluate-command.ts'
import { defineHistoryCommand } from './history-command.ts'
import { defineInspectCommand } from './inspect-command.ts'
import { defineNativeCommand } from './native-command.ts'
import { packageFile } from './package-file.ts'
import { definePredictCommand } from './predict-command.ts'
import { definePromoteCommand } from './promote-command.ts'
import { defineRollbackCommand } from './rollback-command.ts'
import { defineSupportedCommand } from './supported-command.ts'
import { defineTrainCommand } from './train-command.ts'
import { defineTypesCommand } from './types-command.ts'

const commands = [
  defineConvertCommand,
  defineTrainCommand,
  defineEvaluateCommand,
  definePredictCommand,
  defineInspectCommand,
  defineTypesCommand,
  defineDoctorCommand,
  defineSupportedCommand,
  defineDemoCommand,
  definePromoteCommand,
  defineRollbackCommand,
  defineHistoryCommand,
  defineNativeCommand,
]

const examples = `
Exit code: 0 done, 1 a check failed, 2 wrong use or bad input. Answers go to stdout, all else to stderr.

Examples:
  tfjs-serving demo
  tfjs-serving convert model.joblib --out artifacts/churn --name churn
  tfjs-serving predict artifacts/churn --input rows.csv
  tfjs-serving help convert
`

export function createProgram(context: CliContext): Command {
  const program = new Command('tfjs-serving')
    .description('Convert trained models to TensorFlow.js without Python, and serve them inside Node.')
    .version(packageVersion(), '--version', 'print the version')
    // so that `convert --version 2.0.0` is the model's version
    .enablePositionalOptions()
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', examples)
  for (const define of commands) program.addCommand(define(context))
  configure(program, context)
  return program
}

/** Not inherited by commands that are added ready-made. */
function configure(command: Command, context: CliContext): void {
  const { stdout, stderr } = context
  command
    .option('--verbose', 'print causes and stacks of errors')
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: (text) => void stdout.stream.write(text),
      writeErr: (text) => void stderr.stream.write(text),
      getOutHelpWidth: () => stdout.columns,
      getErrHelpWidth: () => stderr.columns,
      outputError: (text, write) => write(`error INPUT_INVALID: ${oneLine(text.replace(/^error: /, ''))}\n`),
    })
  for (const part of command.commands) configure(part, context)
}

function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { readonly version: string }
  return manifest.version
}
