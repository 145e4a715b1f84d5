// The gates of a conversion as the command line spells them in, what convertModel takes as `gates` out.

import { Option } from 'commander'
import type { Gates } from '../../converters/index.ts'
import { usageError } from './usage-error.ts'

export type GateOptions = { readonly [Name in keyof Gates]: Name extends 'maxSize' ? string : number }

export const gateHelp = `\
Gates bound what a conversion may cost; the report says what each measured, and beyond one of them nothing is written:
  --max-size             300KiB, 2MB: of all files together; 30%: of the weights, against their plain form
  --min-accuracy         of the converted model on the evaluation rows; --min-r2 for models that give values
  --max-accuracy-loss    against the source on the evaluation rows; 0.001 is a tenth of a percent point
  --max-flips            labels other than the source's, on each set of rows that is given; ties do not count
  --max-difference       of any probability or value from the source's, on each set of rows that is given
`

/** Fresh ones: a command keeps what it is given. */
export function createGateOptions(): Option[] {
  return [
    new Option('--max-size <size>', 'gate: bytes of all files, or share of plain weights'),
    numberOption('--min-accuracy', '<share>', 'gate: accuracy on evaluation rows'),
    numberOption('--max-accuracy-loss', '<share>', 'gate: accuracy lost by converting'),
    numberOption('--min-r2', '<number>', 'gate: R² on evaluation rows'),
    numberOption('--max-flips', '<count>', 'gate: labels that converting changed'),
    numberOption('--max-difference', '<number>', 'gate: how far any answer moved'),
  ]
}

/** Options apart from the gates among them; bounds are checked where the other options are. */
export function takeGates<Options extends GateOptions>(options: Options) {
  const { maxSize, minAccuracy, maxAccuracyLoss, minR2, maxFlips, maxDifference, ...others } = options
  const gates: Gates = { maxSize, minAccuracy, maxAccuracyLoss, minR2, maxFlips, maxDifference }
  return { gates, others }
}

function numberOption(name: string, value: string, description: string): Option {
  return new Option(`${name} ${value}`, description).argParser((text) => {
    const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN
    if (!Number.isFinite(number)) throw usageError(`${name}: expected a number such as 0.01, got '${text}'`)
    return number
  })
}
